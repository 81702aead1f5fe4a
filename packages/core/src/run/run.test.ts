/** The pipeline against every kind of vendor, on every database: what design section 3 promises. */
import { describe, expect, it } from 'vitest'
import { acceptSecrets } from '../admin/accept-secrets.ts'
import { updateConnection } from '../connections/connections.ts'
import { listConnections } from '../connections/list-connections.ts'
import { getRun, listRuns } from '../history/runs.ts'
import { dueSyncs } from '../sync/due.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { withRepresentatives } from '../testing/with-representatives.ts'
import { approvePlan } from '../verbs/approve-plan.ts'
import { listKeys } from '../verbs/keys.ts'
import { planSync, previewSync } from '../verbs/preview.ts'
import { deleteSync, removeSecrets } from '../verbs/remove.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'

const numbered = (n: number, value = 'value') =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`KEY_${i}`, `${value}-${i}`]))

await withRepresentatives('pipeline to', (open, destination) => {
  const fixture = async (work: (fixture: SyncFixture) => Promise<void>) => {
    const started = await startSyncFixture(open, destination)
    try {
      await work(started)
    } finally {
      await started.close()
    }
  }

  it('makes the target equal to the folder, then writes nothing, then only what changed', () =>
    fixture(async ({ ctx, actor, set, unset, create, run, contents }) => {
      await set(numbered(12))
      const sync = await create()
      const first = await run(sync)
      expect(first.row).toMatchObject({ state: 'succeeded', inSync: true, message: null, blocked: null })
      expect(contents()).toEqual(numbered(12))

      await triggerSync(ctx, actor, { destination, syncId: sync.id })
      const second = await run(sync)
      expect(second.calls).toEqual({ GET: 1 })
      expect(second.row.lastRun?.counts).toMatchObject({ create: 0, update: 0, delete: 0, keep: 12 })

      await set({ KEY_3: 'changed' })
      const third = await run(sync)
      expect(third.row.lastRun?.counts).toMatchObject({ update: 1, keep: 11 })
      expect(contents()).toEqual({ ...numbered(12), KEY_3: 'changed' })

      await unset('KEY_4')
      await run(sync)
      expect(Object.keys(contents()).sort()).toEqual(
        Object.keys(numbered(12))
          .filter((key) => key !== 'KEY_4')
          .sort(),
      )
    }))

  it('is not due without a change, and due after one, whatever the queue forgets', () =>
    fixture(async ({ ctx, set, create, run }) => {
      await set({ A: '1' })
      const sync = await create()
      expect(await dueSyncs(ctx)).toEqual([sync.id])
      await run(sync)
      expect(await dueSyncs(ctx)).toEqual([])
      await set({ A: '2' })
      expect(await dueSyncs(ctx)).toEqual([sync.id])
    }))

  it('waits for a person when auto-sync is off', () =>
    fixture(async ({ ctx, actor, set, create, run, contents }) => {
      await set({ A: '1', B: '1' })
      const sync = await create({ autoSync: false })
      expect(await dueSyncs(ctx)).toEqual([])
      await run(sync)
      expect(contents()).toEqual({})
      await triggerSync(ctx, actor, { destination, syncId: sync.id })
      expect((await run(sync)).row).toMatchObject({ state: 'succeeded', autoSync: false, inSync: true })
      await set({ A: '2' })
      expect(await dueSyncs(ctx)).toEqual([])
      expect((await run(sync)).row.inSync).toBe(false)
    }))

  describe('the source', () => {
    it('sends nothing while a reference does not resolve, names the key, and continues once it does', () =>
      fixture(async ({ emulator, set, create, run, contents }) => {
        await set({ GOOD: '1', BAD: 'x-${NOWHERE}' })
        const sync = await create()
        const { row, calls } = await run(sync)
        expect(calls).toEqual({})
        expect(emulator.contents().size).toBe(0)
        expect(row.state).toBe('blocked')
        expect(row.blocked).toMatchObject({ kind: 'source', keys: [{ key: 'BAD' }] })
        expect(row.message).toContain('BAD')
        await set({ NOWHERE: 'found' })
        expect((await run(sync)).row.state).toBe('succeeded')
        expect(contents()).toEqual({ GOOD: '1', BAD: 'x-found', NOWHERE: 'found' })
      }))

    it('sends nothing when a row does not decrypt', () =>
      fixture(async ({ ctx, actor, place, set, create, run, contents }) => {
        await set({ A: '1', B: '2' })
        const sync = await create()
        await run(sync)
        const rows = await ctx.db.selectFrom('secrets').selectAll().execute()
        const [a, b] = ['A', 'B'].map((key) => rows.find((row) => row.key === key))
        // Swapped between two rows: each is intact, but not at its place.
        await ctx.db
          .updateTable('secrets')
          .set({ value: b?.value ?? '' })
          .where('id', '=', a?.id ?? '')
          .execute()
        await acceptSecrets(ctx, actor, place)
        await set({ C: '3' })
        const { row, calls } = await run(sync)
        expect(calls).toEqual({})
        expect(row.blocked?.keys.map(({ key }) => key)).toEqual(['A'])
        expect(contents()).toEqual({ A: '1', B: '2' })
      }))
  })

  describe('deleting', () => {
    it('mirror: the first run overwrites as agreed, foreign keys outside the schema stay', () =>
      fixture(async ({ emulator, set, create, run, contents }) => {
        emulator.put('APP_STRAY', 'theirs')
        emulator.put('OTHER', 'theirs')
        await set({ A: '1' })
        const sync = await create({
          options: { keySchema: 'APP_{{secretKey}}' },
        })
        await run(sync)
        expect(contents()).toEqual({ APP_A: '1', OTHER: 'theirs' })
      }))

    it('what was agreed at creation does not cover keys that the sync wrote, when its first run could not end', () =>
      fixture(async ({ emulator, set, unset, create, run, contents }) => {
        for (const key of Object.keys(numbered(5))) emulator.put(`THEIRS_${key}`, 'theirs')
        const body = { error: 'no' }
        for (let n = 1; n <= 40; n++)
          emulator.fail(n, { kind: 'status', status: 422, body }, (method) => method === 'DELETE')
        await set(numbered(12))
        const sync = await create()
        expect((await run(sync)).row.inSync).toBe(false)
        await unset(...Object.keys(numbered(11)))
        expect((await run(sync)).row.blocked).toMatchObject({ kind: 'fuse' })
        expect(contents()).toMatchObject(numbered(12))
      }))

    it('owned: only what this sync wrote', () =>
      fixture(async ({ emulator, set, unset, create, run, contents }) => {
        emulator.put('THEIRS', 'x')
        await set({ A: '1', B: '2' })
        const sync = await create({
          options: { deletionPolicy: 'owned' },
        })
        await run(sync)
        await unset('A')
        await run(sync)
        expect(contents()).toEqual({ THEIRS: 'x', B: '2' })
      }))

    it.each([403, 422])('owned: not what others wrote by a name that was refused with %d', (status) =>
      fixture(async ({ emulator, set, unset, create, run, contents }) => {
        await set({ A: '1' })
        const sync = await create({ options: { deletionPolicy: 'owned' } })
        await run(sync)
        await set({ B: '2' })
        emulator.fail(1, { kind: 'status', status }, (method) => method !== 'GET')
        expect((await run(sync)).row.inSync).toBe(false)
        emulator.put('B', 'theirs')
        await unset('B')
        await run(sync)
        expect(contents()).toEqual({ A: '1', B: 'theirs' })
      }),
    )

    it('none: nothing, and what stays is shown as left behind', () =>
      fixture(async ({ ctx, actor, set, unset, create, run, contents }) => {
        await set({ A: '1', B: '2' })
        const sync = await create({
          options: { deletionPolicy: 'none' as const },
        })
        await run(sync)
        await unset('A')
        expect((await run(sync)).row.state).toBe('succeeded')
        expect(contents()).toEqual({ A: '1', B: '2' })
        expect(await listKeys(ctx, actor, { destination, syncId: sync.id })).toMatchObject([
          { key: 'A', state: 'left-behind' },
          { key: 'B', state: 'in-sync' },
        ])
      }))

    it('a fuse blocks a run that would empty the target, until this very plan is approved', () =>
      fixture(async ({ ctx, actor, emulator, set, unset, create, run, contents }) => {
        await set(numbered(12))
        const sync = await create()
        const at = { destination, syncId: sync.id }
        await run(sync)
        await unset(...Object.keys(numbered(6)))
        const { row, calls } = await run(sync)
        expect(calls).toEqual({ GET: 1 })
        expect(row.blocked).toMatchObject({ kind: 'fuse' })
        expect(row.blocked?.keys).toHaveLength(6)
        expect(Object.keys(contents())).toHaveLength(12)
        expect(await dueSyncs(ctx)).toEqual([])
        expect((await listKeys(ctx, actor, at))[0]).toMatchObject({
          key: 'KEY_0',
          state: 'pending',
          reason: expect.stringContaining('approval'),
        })

        const stale = row.blocked?.planHash ?? ''
        await unset('KEY_6')
        await run(sync)
        await expect(approvePlan(ctx, actor, { ...at, planHash: stale })).rejects.toThrow(/plan has changed/)
        expect(Object.keys(contents())).toHaveLength(12)

        const { hash, summary, fuse } = await planSync(ctx, actor, at)
        expect(summary.delete).toBe(7)
        expect(fuse).toContain('7 of 12')
        // An edit ends an approval that is under way, as it ends one that was given.
        const release = emulator.hold()
        const asked = emulator.log.length
        const approving = approvePlan(ctx, actor, { ...at, planHash: hash })
        await expect.poll(() => emulator.log.length).toBeGreaterThan(asked)
        await updateSync(ctx, actor, { ...at, options: { driftCheck: 'off' } })
        release()
        await expect(approving).rejects.toThrow(/was edited meanwhile/)
        expect((await run(sync)).row.state).toBe('blocked')

        await approvePlan(ctx, actor, { ...at, planHash: hash })
        expect((await run(sync)).row.state).toBe('succeeded')
        expect(Object.keys(contents())).toHaveLength(5)
      }))

    it('a reviewed plan approves the first run, another plan does not', () =>
      fixture(async ({ ctx, actor, emulator, set, create, run, contents, place, connectionId }) => {
        for (const [key, value] of Object.entries(numbered(12, 'theirs'))) emulator.put(key, value)
        await set({ A: '1' })
        const body = {
          ...place,
          destination,
          connectionId,
          autoSync: true,
          options: {},
          target: emulator.target,
        }
        const reviewed = await previewSync(ctx, actor, body)
        expect(reviewed.summary).toMatchObject({ create: 1, delete: 12 })
        emulator.put('LATE', 'theirs')
        const sync = await create({ planHash: reviewed.hash })
        expect((await run(sync)).row.blocked).toMatchObject({ kind: 'fuse' })
        expect(Object.keys(contents())).toHaveLength(13)
        emulator.remove('LATE')
        await triggerSync(ctx, actor, { destination, syncId: sync.id })
        expect((await run(sync)).row.state).toBe('succeeded')
        expect(contents()).toEqual({ A: '1' })
      }))

    it('remove secrets deletes what was written and nothing else; a later change fills it again', () =>
      fixture(async ({ ctx, actor, emulator, set, create, run, contents }) => {
        await set({ A: '1', B: '2' })
        const sync = await create({
          options: { deletionPolicy: 'none' },
        })
        await run(sync)
        emulator.put('THEIRS', 'x')
        expect((await removeSecrets(ctx, actor, { destination, syncId: sync.id })).removeState).toBe('pending')
        expect((await run(sync)).row).toMatchObject({ removeState: 'succeeded', inSync: false })
        expect(contents()).toEqual({ THEIRS: 'x' })
        await set({ A: '3' })
        await run(sync)
        expect(contents()).toEqual({ THEIRS: 'x', A: '3', B: '2' })
      }))

    it('delete with removeSecrets ends the sync after its keys are gone, and not before', () =>
      fixture(async ({ ctx, actor, emulator, clock, set, create, run, contents }) => {
        await set({ A: '1' })
        const sync = await create()
        await run(sync)
        await deleteSync(ctx, actor, { destination, syncId: sync.id, removeSecrets: true })
        emulator.fail(1, { kind: 'status', status: 401 })
        expect((await run(sync)).row).toMatchObject({ removeState: 'failed' })
        expect(contents()).toEqual({ A: '1' })
        clock.advance(1000)
        await deleteSync(ctx, actor, { destination, syncId: sync.id, removeSecrets: true })
        await expect(run(sync)).rejects.toThrow(/no secret sync/)
        expect(contents()).toEqual({})
      }))
  })

  describe('trouble', () => {
    it('one key that cannot be stored does not stop the others; what was written of it earlier is deleted', () =>
      fixture(async ({ ctx, actor, clock, set, create, run, contents }) => {
        await set({ A: '1', B: '2', C: '3' })
        const sync = await create()
        await run(sync)
        // Runs of one moment have no order.
        clock.advance(1000)
        await set({ A: '', B: '4' })
        const { row } = await run(sync)
        expect(row.state).toBe('partial')
        expect(row.message).toContain('A (')
        expect(contents()).toEqual({ B: '4', C: '3' })
        const [latest] = await listRuns(ctx, actor, { destination, syncId: sync.id })
        const { outcomes } = await getRun(ctx, actor, { destination, syncId: sync.id, runId: latest?.id ?? '' })
        expect(outcomes.map(({ key, action, state }) => [key, action, state])).toEqual([
          ['A', 'delete', 'done'],
          ['A', 'reject', 'rejected'],
          ['B', 'update', 'done'],
        ])
        expect(await listKeys(ctx, actor, { destination, syncId: sync.id })).toMatchObject([
          { key: 'A', state: 'rejected' },
          { key: 'B', state: 'in-sync' },
          { key: 'C', state: 'in-sync' },
        ])
      }))

    it('a wrong credential stops at once, is not tried again, and shows at the connection', () =>
      fixture(async ({ ctx, actor, emulator, set, create, run }) => {
        await set({ A: '1' })
        const sync = await create()
        emulator.fail(1, { kind: 'status', status: 401 })
        const { row } = await run(sync)
        expect(row).toMatchObject({ state: 'failed', retryAt: null, inSync: false })
        expect(await dueSyncs(ctx)).toEqual([])
        const [connection] = await listConnections(ctx, actor, {})
        expect(connection?.problem).toBe(row.message)
      }))

    it('a token that ends in the middle of a run stops it; a new one continues with what is left', () =>
      fixture(async ({ ctx, actor, emulator, connectionId, set, create, run, contents }) => {
        await set(numbered(30, 'old'))
        const sync = await create()
        await run(sync)
        await set(numbered(30, 'new'))
        for (let i = 15; i <= 100; i++) emulator.fail(i, { kind: 'status', status: 401 })
        const { row, calls } = await run(sync)
        emulator.heal()
        if (row.state !== 'succeeded') {
          expect(await dueSyncs(ctx)).toEqual([])
          expect(Object.values(calls).reduce((sum, count) => sum + count)).toBeLessThan(30)
        }
        const { credentials } = emulator
        await updateConnection(ctx, actor, { destination, connectionId, credentials })
        expect((await run(sync)).row).toMatchObject({ state: 'succeeded', inSync: true })
        expect(contents()).toEqual(numbered(30, 'new'))
      }))

    it('a vendor that is down is tried again later, and a change does not wait for that', () =>
      fixture(async ({ ctx, emulator, clock, set, create, run, contents }) => {
        await set({ A: '1' })
        const sync = await create()
        for (let i = 1; i <= 10; i++) emulator.fail(i, { kind: 'status', status: 503 })
        const { row } = await run(sync)
        expect(row).toMatchObject({ state: 'failed', inSync: false })
        expect(row.retryAt).not.toBeNull()
        emulator.heal()
        expect(await dueSyncs(ctx)).toEqual([])
        clock.advance(20 * 60_000)
        expect(await dueSyncs(ctx)).toEqual([sync.id])
        await run(sync)
        expect(contents()).toEqual({ A: '1' })
      }))

    it('a new value that the vendor refuses does not cost the old one', () =>
      fixture(async ({ emulator, set, create, run, contents }) => {
        await set({ A: 'old', B: '2' })
        const sync = await create()
        await run(sync)
        await set({ A: 'new' })
        emulator.fail(1, { kind: 'status', status: 422, body: { detail: 'no' } }, (method) => method === 'POST')
        const { row } = await run(sync)
        expect(row.state).toBe('partial')
        expect(contents()).toEqual({ A: 'old', B: '2' })
      }))

    it('a key that is missing because of us comes back, though its run waits for an approval', () =>
      fixture(async ({ ctx, actor, emulator, set, unset, create, run, contents }) => {
        await set({ A: 'old', ...numbered(12) })
        const sync = await create()
        await run(sync)
        await set({ A: 'new' })
        for (let i = 1; i <= 10; i++) emulator.fail(i, { kind: 'reset' }, (method) => method === 'POST')
        await run(sync)
        emulator.heal()
        await unset(...Object.keys(numbered(6)))
        const isMissing = contents().A === undefined
        const { row } = await run(sync)
        expect(row.blocked).toMatchObject({ kind: 'fuse' })
        expect(contents()).toMatchObject({ A: expect.any(String), ...numbered(12) })
        const at = { destination, syncId: sync.id, runId: row.lastRun?.id ?? '' }
        expect(await getRun(ctx, actor, at)).toMatchObject({
          state: 'blocked',
          outcomes: isMissing ? [{ key: 'A', action: 'create', state: 'done' }] : [],
        })
      }))

    it('whatever request the process dies at, the next run converges and adds no copy', () =>
      fixture(async ({ emulator, clock, ctx, actor, set, create, run, contents }) => {
        await set({ A: '0', B: '0' })
        const sync = await create()
        await run(sync)
        for (let k = 1; k <= 6; k++) {
          await set({ A: `${k}` })
          for (let i = k; i <= 40; i++) emulator.fail(i, { kind: i === k ? 'reset-after' : 'reset' })
          await run(sync)
          emulator.heal()
          clock.advance(20 * 60_000)
          const { row } = await run(sync)
          expect(row.state).toBe('succeeded')
          expect(contents()).toEqual({ A: `${k}`, B: '0' })
        }
        const { summary } = await planSync(ctx, actor, { destination, syncId: sync.id })
        expect(summary).toMatchObject({ create: 0, update: 0, delete: 0, keep: 2, foreign: 0 })
      }))

    it('takes a key back that the vendor made and did not tell of, though it is not wanted any more', () =>
      fixture(async ({ emulator, clock, set, unset, create, run, contents }) => {
        emulator.put('THEIRS', 'theirs')
        await set({ A: '1' })
        const options = { deletionPolicy: 'owned' as const }
        const sync = await create({ options })
        await run(sync)
        await set({ B: '2' })
        // The listing is answered, the write is carried out; from then on the run is as blind as one whose process is
        // gone.
        for (let i = 2; i <= 40; i++) emulator.fail(i, { kind: i === 2 ? 'reset-after' : 'reset' })
        await run(sync)
        expect(contents()).toEqual({ A: '1', B: '2', THEIRS: 'theirs' })
        emulator.heal()
        await unset('B')
        clock.advance(20 * 60_000)
        await run(sync)
        expect(contents()).toEqual({ A: '1', THEIRS: 'theirs' })
      }))

    it('two syncs on one target may not meet', () =>
      fixture(async ({ ctx, set, create, run, contents }) => {
        await set({ A: '1' })
        const first = await create({ name: 'first' })
        await expect(create({ name: 'second' })).rejects.toThrow(/"first"/)
        const prefixed = { keySchema: 'X_{{secretKey}}' }
        await expect(create({ name: 'second', options: prefixed })).rejects.toThrow(/"first"/)
        await ctx.db.deleteFrom('syncs').where('id', '=', first.id).execute()
        const y = { ...prefixed, keySchema: 'Y_{{secretKey}}' }
        const [x, other] = [await create({ name: 'x', options: prefixed }), await create({ name: 'y', options: y })]
        await run(x)
        await run(other)
        expect(contents()).toEqual({ X_A: '1', Y_A: '1' })
      }))
  })

  it('keeps no value and no credential in clear', () =>
    fixture(async ({ emulator, set, create, run, everything }) => {
      const canary = 'canary-5f2e91c4'
      await set({ A: `${canary}-a`, B: `${canary}-b` })
      const sync = await create()
      emulator.fail(
        1,
        { kind: 'status', status: 422, body: { detail: [{ msg: 'bad', input: `${canary}-a` }] } },
        (method) => method === 'POST',
      )
      await run(sync)
      const stored = await everything()
      expect(stored).toContain(sync.id)
      expect(stored).not.toContain(canary)
      for (const secret of Object.entries(emulator.credentials))
        if (secret[0] === 'apiKey') expect(stored).not.toContain(secret[1])
    }))

  it('treats a key called __proto__, constructor or toString like any other', () =>
    fixture(async ({ ctx, actor, set, unset, create, run, emulator }) => {
      const odd = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
      await set(Object.fromEntries(odd.map((key) => [key, `v-${key}`])))
      const sync = await create()
      expect((await run(sync)).row.state).toBe('succeeded')
      expect([...emulator.contents().keys()].sort()).toEqual([...odd].sort())
      await unset('__proto__')
      await run(sync)
      expect(emulator.contents().has('__proto__')).toBe(false)
      expect((await listKeys(ctx, actor, { destination, syncId: sync.id })).map(({ key }) => key)).toEqual(
        odd.slice(1).sort(),
      )
    }))
})
