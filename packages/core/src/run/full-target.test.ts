/** A target that holds as many keys as it can: what leaves makes room for what comes. */
import { openSqliteStore } from '@keyferry/db/testing'
import { describe, expect, it, onTestFinished } from 'vitest'
import { destinations } from '../destinations/registry.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'

describe('a full target', () => {
  it.for(destinations().filter(({ limits }) => limits.maxKeys))(
    'at $name takes a key in the place of another, and new names once one fits',
    async (definition) => {
      const destination = definition.name
      const fixture = await startSyncFixture(openSqliteStore, destination)
      onTestFinished(fixture.close)
      const { ctx, actor, emulator, set, unset, create, run, contents } = fixture
      const most = definition.limits.maxKeys?.(definition.target.parse(emulator.target)) ?? Infinity
      const left = emulator.contents().size
      for (let i = left; i < most - 2; i++) emulator.put(`THEIRS_${i}`, 'x')
      await set({ A: '1', B: '2' })
      const sync = await create({ options: { deletionPolicy: 'owned' } })
      expect((await run(sync)).row.message).toBeNull()

      await unset('B')
      await set({ C: '3' })
      expect((await run(sync)).row.message).toBeNull()
      expect(contents()).toMatchObject({ A: '1', C: '3' })
      expect(contents()).not.toHaveProperty('B')

      // No new name fits beside the old ones.
      await updateSync(ctx, actor, { destination, syncId: sync.id, options: { keySchema: 'NEW_{{secretKey}}' } })
      expect((await run(sync)).row.message).toContain(`NEW_A (the destination stores at most ${most} keys)`)
      expect(contents()).toMatchObject({ A: '1', C: '3' })

      emulator.remove('THEIRS_50')
      await triggerSync(ctx, actor, { destination, syncId: sync.id })
      expect((await run(sync)).row.message).toBeNull()
      const ours = Object.fromEntries(Object.entries(contents()).filter(([key]) => !key.startsWith('THEIRS')))
      expect(ours).toEqual({ NEW_A: '1', NEW_C: '3' })
    },
  )
})
