/** The metadata of a secret as tags of what is written, on every database. */
import { onEveryDatabase } from '@keyferry/db/testing'
import { updateSecret } from '@keyferry/vault'
import { expect, it, onTestFinished } from 'vitest'
import type { SecretsManagerEmulator } from '../destinations/aws-secrets-manager/emulator/index.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'

const DESTINATION = 'aws-secrets-manager'

onEveryDatabase('metadata as tags', (open) => {
  const begun = async () => {
    const fixture = await startSyncFixture(open, DESTINATION)
    onTestFinished(fixture.close)
    const { ctx, actor, place, emulator } = fixture
    const { secrets } = emulator as SecretsManagerEmulator
    const plain = { isEncrypted: false }
    return {
      ...fixture,
      describe: (key: string, metadata: Record<string, string>) =>
        updateSecret(ctx, actor, {
          ...place,
          key,
          metadata: Object.entries(metadata).map(([name, value]) => ({ key: name, value, ...plain })),
        }),
      tagsOf: (name: string) => Object.fromEntries(secrets().find((one) => one.name === name)?.tags ?? []),
    }
  }

  it('is set, changed and removed with the secret, and never what is encrypted', async () => {
    const { ctx, actor, place, emulator, set, create, run, describe, tagsOf, everything } = await begun()
    await set({ A: 'a', B: 'b' })
    const hidden = { key: 'card', value: 'never-to-be-seen', isEncrypted: true }
    await updateSecret(ctx, actor, {
      ...place,
      key: 'A',
      metadata: [{ key: 'owner', value: 'ada', isEncrypted: false }, hidden],
    })
    const tags = [{ key: 'team', value: 'core' }]
    const sync = await create({ options: { syncSecretMetadataAsTags: true, tags } })
    expect((await run(sync)).row.state).toBe('succeeded')
    expect([tagsOf('A'), tagsOf('B')]).toEqual([{ owner: 'ada', team: 'core' }, { team: 'core' }])
    expect(await everything()).not.toContain(hidden.value)

    await triggerSync(ctx, actor, { destination: DESTINATION, syncId: sync.id })
    const before = emulator.log.length
    await run(sync)
    expect(emulator.log.slice(before).map(({ path }) => path.split('.')[1])).toEqual(['ListSecrets'])

    await describe('A', { cost: '42', team: 'of the secret' })
    await run(sync)
    expect([tagsOf('A'), tagsOf('B')]).toEqual([{ cost: '42', team: 'core' }, { team: 'core' }])

    await updateSync(ctx, actor, {
      destination: DESTINATION,
      syncId: sync.id,
      options: { syncSecretMetadataAsTags: false },
    })
    await run(sync)
    expect([tagsOf('A'), tagsOf('B')]).toEqual([{ team: 'core' }, { team: 'core' }])
  })

  it('refuses the key whose metadata can’t be a tag, and no other', async () => {
    const { set, create, run, describe, contents } = await begun()
    await set({ A: 'a', B: 'b' })
    await describe('A', { note: 'one; two' })
    const sync = await create({ options: { syncSecretMetadataAsTags: true } })
    expect((await run(sync)).row.state).toBe('partial')
    expect(contents()).toEqual({ B: 'b' })
    await describe('A', { note: 'one and two' })
    expect((await run(sync)).row.state).toBe('succeeded')
    expect(contents()).toEqual({ A: 'a', B: 'b' })
  })
})
