import { randomBytes } from 'node:crypto'
import { perform } from '@keyferry/access'
import { signInKeyVerbs } from '@keyferry/access/verbs'
import { onEveryDatabase, statement } from '@keyferry/db/testing'
import { keyring, rotateRootKey, verifyAudit, type Context } from '@keyferry/kernel'
import { getSecret } from '@keyferry/vault'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { pruneHistory } from '../history/prune.ts'
import { takeLease } from '../lease/lease.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { listKeys } from '../verbs/keys.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { storeVerbs } from './admin.verbs.ts'
import { pruneAudit } from './prune-audit.ts'
import { continueRotations, listRotations, rotateDataKey } from './rotate-data-key.ts'

const [destination = ''] = (await representatives()).keys()
const never = new AbortController().signal

/** A context whose store fails at its `n`th transaction from now on, before it commits, and at every later one. */
function failingAt(ctx: Context, n: number): Context {
  let left = n
  const db = Object.create(ctx.db, {
    transaction: {
      value: () => ({
        execute: (work: Parameters<ReturnType<Context['db']['transaction']>['execute']>[0]) =>
          ctx.db.transaction().execute(async (tx) => {
            const result = await work(tx)
            if (--left <= 0) throw new Error('crashed')
            return result
          }),
      }),
    },
  })
  return { ...ctx, db }
}

onEveryDatabase('rotation', (open) => {
  let t: SyncFixture
  beforeEach(async () => {
    t = await startSyncFixture(open, destination)
  })
  afterEach(() => t.close())
  const read = (ctx: Context, key: string, version?: number) =>
    getSecret(ctx, t.actor, {
      ...t.place,
      key,
      ...(version === undefined ? {} : { version }),
      expandReferences: false,
      includeImports: false,
      showValues: true,
    }).then((secret) => secret.value)
  const sealed = async () => {
    const secrets = await t.ctx.db.selectFrom('secrets').select(['value', 'comment']).execute()
    const versions = await t.ctx.db.selectFrom('secretVersions').select('value').execute()
    return [
      ...secrets.flatMap(({ value, comment }) => [value, ...(comment ? [comment] : [])]),
      ...versions.map(({ value }) => value),
    ]
  }

  describe('of the root key', () => {
    it('leaves a store that only the new one opens, and every value as it was', async () => {
      await t.set({ A: 'one' })
      const next = randomBytes(32)
      expect(await rotateRootKey(t.ctx, t.actor, next)).toBe(4)
      const ctx = { ...t.ctx, keyring: keyring(next) }
      expect(await read(ctx, 'A')).toBe('one')
      expect(await verifyAudit(ctx)).toMatchObject({ problem: null })
      await expect(read({ ...t.ctx, keyring: keyring(randomBytes(32)) }, 'A')).rejects.toThrow('cannot be decrypted')
      expect(await rotateRootKey(ctx, t.actor, next)).toBe(0)
    })

    it('changes nothing when it dies on the way, nor when a key does not open', async () => {
      await t.set({ A: 'one' })
      const next = randomBytes(32)
      await expect(rotateRootKey(failingAt(t.ctx, 1), t.actor, next)).rejects.toThrow('crashed')
      expect(await read(t.ctx, 'A')).toBe('one')
      await expect(rotateRootKey({ ...t.ctx, keyring: keyring(randomBytes(32)) }, t.actor, next)).rejects.toThrow(
        'decrypted',
      )
      expect(await read(t.ctx, 'A')).toBe('one')
    })

    it('is noticed by a process that serves: it finds the new key, and makes nothing under the old one', async () => {
      const [old, next] = [randomBytes(32), randomBytes(32)]
      await rotateRootKey(t.ctx, t.actor, old)
      let present = [old]
      const serving = { ...t.ctx, keyring: keyring(old, () => present) }
      await t.ctx.db.selectFrom('projects').select('id').execute()
      await rotateRootKey(serving, t.actor, next)
      await expect(read(serving, 'A')).rejects.toThrow('decrypted')
      const { createProject } = await import('@keyferry/vault')
      const make = () => createProject(serving, t.actor, { name: 'Other', withDefaultEnvironments: true })
      await expect(make()).rejects.toThrow('decrypted')
      present = [next]
      const { id } = await make()
      const { dataKey } = await t.ctx.db
        .selectFrom('projects')
        .where('id', '=', id)
        .select('dataKey')
        .executeTakeFirstOrThrow()
      expect(() => keyring(next).open(id, dataKey)).not.toThrow()
    })
  })

  describe('of a data key', () => {
    it('seals everything again while syncs see no change and nothing is written to a target', async () => {
      await t.set({ A: 'one', B: 'two', C: 'three' })
      await t.set({ A: 'newer' })
      const sync = await t.create()
      await t.run(sync)
      const before = await listKeys(t.ctx, t.actor, { destination, syncId: sync.id })
      const old = await sealed()

      await rotateDataKey(t.ctx, t.actor, { projectId: t.projectId })
      await expect(rotateDataKey(t.ctx, t.actor, { projectId: t.projectId })).rejects.toThrow('has been running since')
      // A run between beginning and end reads digests of both generations.
      await triggerSync(t.ctx, t.actor, { destination, syncId: sync.id })
      expect((await t.run(sync)).row.lastRun?.counts).toMatchObject({ create: 0, update: 0, delete: 0, keep: 3 })
      await t.set({ D: 'written meanwhile' })

      await continueRotations(t.ctx, never)
      expect(await listRotations(t.ctx)).toEqual([])
      const now = await sealed()
      expect(now.every((text) => text.startsWith('v1.2.'))).toBe(true)
      expect(now.filter((text) => old.includes(text))).toEqual([])
      const digests = await t.ctx.db.selectFrom('ledger').select('digest').execute()
      expect(digests.every(({ digest }) => digest.startsWith('2.'))).toBe(true)

      expect(await read(t.ctx, 'A')).toBe('newer')
      expect(await read(t.ctx, 'A', 1)).toBe('one')
      const keys = await listKeys(t.ctx, t.actor, { destination, syncId: sync.id })
      expect(keys.filter(({ key }) => key !== 'D')).toEqual(before)
      const { row, calls } = await t.run(sync)
      expect(row.lastRun?.counts).toMatchObject({ create: 1, update: 0, delete: 0, keep: 3 })
      await triggerSync(t.ctx, t.actor, { destination, syncId: sync.id })
      expect((await t.run(sync)).calls).toEqual({ GET: 1 })
      expect(calls.GET).toBeGreaterThan(0)

      const { dataKey } = await t.ctx.db.selectFrom('projects').select('dataKey').executeTakeFirstOrThrow()
      const key = t.ctx.keyring.open(t.projectId, dataKey)
      expect(() => key.open(old[0] ?? '', 'secret')).toThrow('cannot be decrypted')

      await rotateDataKey(t.ctx, t.actor, { projectId: t.projectId })
      await continueRotations(t.ctx, never)
      expect(await read(t.ctx, 'A', 1)).toBe('one')
      await triggerSync(t.ctx, t.actor, { destination, syncId: sync.id })
      expect((await t.run(sync)).calls).toEqual({ GET: 1 })
    })

    it('continues after a crash at any transaction', async () => {
      await t.set(Object.fromEntries(Array.from({ length: 450 }, (_, i) => [`K${i}`, `value ${i}`])))
      const sync = await t.create()
      await t.run(sync)
      await expect(rotateDataKey(failingAt(t.ctx, 1), t.actor, { projectId: t.projectId })).rejects.toThrow('crashed')
      expect(await listRotations(t.ctx)).toEqual([])
      await rotateDataKey(t.ctx, t.actor, { projectId: t.projectId })
      let crashes = 0
      for (let at = 1; at < 30 && (await listRotations(t.ctx)).length > 0; at++) {
        await continueRotations(failingAt(t.ctx, at === 1 ? 1 : 2), never).catch(() => crashes++)
        // The lease of a process that died runs out.
        t.clock.advance(60_000)
        expect(await read(t.ctx, 'K7')).toBe('value 7')
      }
      expect(crashes).toBeGreaterThan(4)
      for (let i = 0; i < 5; i++) {
        t.clock.advance(60_000)
        await continueRotations(t.ctx, never)
      }
      expect(await listRotations(t.ctx)).toEqual([])
      expect((await sealed()).every((text) => text.startsWith('v1.2.'))).toBe(true)
      await triggerSync(t.ctx, t.actor, { destination, syncId: sync.id })
      expect((await t.run(sync)).row.lastRun?.counts).toMatchObject({ create: 0, update: 0, delete: 0, keep: 450 })
    })

    it('keeps the old key, and names them, while texts remain that cannot be decrypted', async () => {
      await t.set({ A: 'one', B: 'two' })
      const row = () => t.ctx.db.updateTable('secretVersions').where('key', '=', 'B')
      await row().set({ version: 7 }).execute()
      await rotateDataKey(t.ctx, t.actor, { projectId: t.projectId })
      await continueRotations(t.ctx, never)
      const blocked = () => listRotations(t.ctx)
      expect(await blocked()).toMatchObject([{ unreadable: ['the value of B in dev:/, version 7'] }])
      await continueRotations(t.ctx, never)
      expect(await blocked()).toHaveLength(1)
      await row().set({ version: 1 }).execute()
      await rotateDataKey(t.ctx, t.actor, { projectId: t.projectId })
      await continueRotations(t.ctx, never)
      expect(await blocked()).toEqual([])
      expect(await read(t.ctx, 'B', 1)).toBe('two')

      await row().set({ version: 7 }).execute()
      await rotateDataKey(t.ctx, t.actor, { projectId: t.projectId })
      await continueRotations(t.ctx, never)
      await rotateDataKey(t.ctx, t.actor, { projectId: t.projectId, discard: true })
      await continueRotations(t.ctx, never)
      expect(await blocked()).toEqual([])
    })

    it('waits for a run that began with the older key', async () => {
      await t.set({ A: 'one' })
      const sync = await t.create()
      await t.run(sync)
      const { targetKey } = await t.ctx.db.selectFrom('syncs').select('targetKey').executeTakeFirstOrThrow()
      const lease = await takeLease(t.ctx, targetKey, 'a run')
      await rotateDataKey(t.ctx, t.actor, { projectId: t.projectId })
      await continueRotations(t.ctx, never)
      expect(await listRotations(t.ctx)).toHaveLength(1)
      await lease?.release()
      await continueRotations(t.ctx, never)
      expect(await listRotations(t.ctx)).toEqual([])
    })
  })

  it('and pruning and purging are refused, with nothing changed, once a newer version brought the store up to date', async () => {
    await t.set({ A: 'one', B: 'two' })
    await rotateDataKey(t.ctx, t.actor, { projectId: t.projectId })
    const before = await sealed()
    await statement(t.ctx.db, `insert into kysely_migration (name, timestamp) values ('9999-later', '2027')`)
    t.clock.advance(400 * 86_400_000)
    for (const work of [
      () => continueRotations(t.ctx, never),
      () => rotateRootKey(t.ctx, t.actor, randomBytes(32)),
      () => pruneAudit(t.ctx, t.actor, { days: 30 }),
      () => pruneHistory(t.ctx, 90),
      () => rotateDataKey(t.ctx, t.actor, { projectId: t.projectId }),
    ])
      await expect(work()).rejects.toThrow('9999-later')
    expect(await sealed()).toEqual(before)
    expect(await read(t.ctx, 'A')).toBe('one')
    await statement(t.ctx.db, `delete from kysely_migration where name = '9999-later'`)
    await continueRotations(t.ctx, never)
    expect(await listRotations(t.ctx)).toEqual([])
  })

  it('of any key is for those who run the instance', async () => {
    const call = { ctx: t.ctx, actor: { kind: 'user' as const, id: 'nobody', name: 'nobody' } }
    const before = await t.ctx.db.selectFrom('organizations').selectAll().execute()
    for (const work of [
      () => perform(storeVerbs.rotateDataKey, call, { projectId: t.projectId, discard: false }),
      () => perform(storeVerbs.rotateInstanceKey, call, { key: 'connections' }),
      () => perform(storeVerbs.rotateInstanceKey, call, { key: 'authority' }),
      () => perform(storeVerbs.rotateRootKey, call, { next: randomBytes(32) }),
      () => perform(storeVerbs.signDump, call, { file: '/nowhere' }),
      () => perform(signInKeyVerbs.rotate, call, undefined),
    ])
      await expect(work()).rejects.toMatchObject({ name: 'Forbidden' })
    expect(await t.ctx.db.selectFrom('organizations').selectAll().execute()).toEqual(before)
    expect(await listRotations(t.ctx)).toEqual([])
  })

  it('begins again when another version began it, which knew other sealed columns', async () => {
    await t.set({ A: 'one' })
    await rotateDataKey(t.ctx, t.actor, { projectId: t.projectId })
    await t.ctx.db.updateTable('dataKeyRotations').set({ phase: 'digests', columns: 'secrets.value' }).execute()
    await continueRotations(t.ctx, never)
    expect((await sealed()).every((text) => text.startsWith('v1.2.'))).toBe(true)
    expect(await read(t.ctx, 'A')).toBe('one')
  })
})
