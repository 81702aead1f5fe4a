/** A change reaches every sync that can see it, and no other. */
import { randomUUID } from 'node:crypto'
import type { Db } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { moveHead } from '@keyferry/kernel/authority'
import {
  withVaultTransaction,
  createImport,
  deleteEnvironment,
  deleteFolder,
  deleteImport,
  lockProject,
  openForPlainValues,
  dependentsOf,
  listReaders,
  listUses,
  updateEnvironment,
  updateFolder,
  updateImport,
  updateSecrets,
} from '@keyferry/vault'
import { createTestProject, vault, type Vault } from '@keyferry/vault/testing'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testContext, type TestContext } from '../testing/test-context.ts'

onEveryDatabase('fan-out', (open, dialect) => {
  let t: TestContext
  let v: Vault
  let projectId: string
  beforeEach(async () => {
    t = await testContext(open)
    projectId = (await createTestProject(t.ctx, t.actor)).id
    v = vault(t, projectId)
  })
  afterEach(() => t.close())

  /** Which of the syncs `work` moved, by how much. */
  async function moved(syncs: readonly string[], work: () => Promise<unknown>): Promise<number[]> {
    const before = await Promise.all(syncs.map((sync) => v.wanted(sync)))
    t.woken.length = 0
    await work()
    const after = await Promise.all(syncs.map((sync) => v.wanted(sync)))
    const steps = after.map(({ wanted }, index) => wanted - (before[index]?.wanted ?? 0))
    const expected = syncs.filter((_, index) => steps[index] !== 0).sort()
    expect(t.woken.flat().sort()).toEqual(expected)
    return steps
  }

  it('follows imports and references, transitively', async () => {
    // dev:/a imports dev:/b, whose secret references dev:/c, which imports prod:/d.
    await v.put('prod:/d', { K: '1' })
    await v.import('dev:/c', 'prod:/d')
    await v.put('dev:/b', { R: '${dev.c.K}' })
    await v.import('dev:/a', 'dev:/b')
    await v.put('dev:/other', { K: '1' })
    const ids = await Promise.all(
      ['prod:/d', 'dev:/c', 'dev:/b', 'dev:/a', 'dev:/other'].map((place) => v.folder(place)),
    )
    const [d = '', c = '', b = '', a = ''] = ids
    const readers = (id: string) => t.ctx.db.transaction().execute(async (tx) => (await dependentsOf(tx, [id])).sort())
    expect(await readers(d)).toEqual([d, c, b, a].sort())
    expect(await readers(b)).toEqual([b, a].sort())

    const syncs = [await v.sync('dev:/a'), await v.sync('prod:/d'), await v.sync('dev:/other')]
    const place = { projectId, environment: 'prod', secretPath: '/d' }
    const named = await listReaders(t.ctx, t.actor, place)
    expect(new Map(named.map(({ id, direct }) => [id, direct]))).toEqual(
      new Map([
        [syncs[0], false],
        [syncs[1], true],
      ]),
    )
    const { syncs: users } = await listUses(t.ctx, t.actor, { ...place, key: 'K' })
    expect(users.map(({ id }) => id)).toEqual(named.map(({ id }) => id))
    expect(await moved(syncs, () => v.put('prod:/d', { K: '2' }))).toEqual([1, 1, 0])
    expect(await moved(syncs, () => v.put('dev:/b', { NEW: '2' }))).toEqual([1, 0, 0])
    expect(await moved(syncs, () => v.put('dev:/a', { OWN: '2' }))).toEqual([1, 0, 0])
    expect(await moved(syncs, () => v.put('dev:/other', { OWN: '2' }))).toEqual([0, 0, 1])
    expect(await moved(syncs, () => v.drop('prod:/d', 'K'))).toEqual([1, 1, 0])
  })

  it('moves a batch once, and a write that changes nothing not at all', async () => {
    const syncs = [await v.sync('dev:/')]
    expect(await moved(syncs, () => v.put('dev:/', { A: '1', B: '2', C: '3' }))).toEqual([1])
    expect(await moved(syncs, () => v.put('dev:/', { A: '1', B: '2', C: '3' }))).toEqual([0])
  })

  it('counts for a sync without auto-sync, but makes no run due', async () => {
    const manual = await v.sync('dev:/', false)
    await v.put('dev:/', { A: '1' })
    expect(await v.wanted(manual)).toEqual({ wanted: 1, due: 0 })
    expect(t.woken.flat()).toEqual([])
    const auto = await v.sync('dev:/')
    await v.put('dev:/', { A: '2' })
    expect(await v.wanted(auto)).toEqual({ wanted: 1, due: 1 })
  })

  it('wakes the reader of a reference whose target appears later, and forgets an edge with its value', async () => {
    await v.put('dev:/', { A: '${staging.api.K}' })
    const syncs = [await v.sync('dev:/')]
    await v.folder('staging:/api')
    expect(await moved(syncs, () => v.put('staging:/api', { K: '1' }))).toEqual([1])
    await v.put('dev:/', { A: 'plain' })
    expect(await moved(syncs, () => v.put('staging:/api', { K: '2' }))).toEqual([0])
  })

  describe('imports', () => {
    it('tell of being made, moved, re-pointed and removed', async () => {
      const where = { projectId, environment: 'dev', path: '/' }
      await v.put('dev:/x', { K: 'x' })
      await v.put('dev:/y', { K: 'y' })
      await v.put('dev:/z', { K: 'z' })
      const syncs = [await v.sync('dev:/')]
      const x = await v.import('dev:/', 'dev:/x')
      const makeY = () => createImport(t.ctx, t.actor, { ...where, import: { environment: 'dev', path: '/y' } })
      expect(await moved(syncs, makeY)).toEqual([1])
      expect(await v.resolve('dev:/')).toEqual({ K: 'y' })
      expect(
        await moved(syncs, () => updateImport(t.ctx, t.actor, { ...where, importId: x, import: { position: 2 } })),
      ).toEqual([1])
      expect(await v.resolve('dev:/')).toEqual({ K: 'x' })
      expect(
        await moved(syncs, () => updateImport(t.ctx, t.actor, { ...where, importId: x, import: { path: '/z' } })),
      ).toEqual([1])
      expect(await v.resolve('dev:/')).toEqual({ K: 'z' })
      expect(await moved(syncs, () => v.put('dev:/x', { K: 'unseen' }))).toEqual([0])
      expect(await moved(syncs, () => deleteImport(t.ctx, t.actor, { ...where, importId: x }))).toEqual([1])
      expect(await v.resolve('dev:/')).toEqual({ K: 'y' })
    })
  })

  describe('places that change their name', () => {
    it('take those who referenced the old one along, and tell those who reference the new one', async () => {
      const api = await v.folder('dev:/api')
      await v.put('dev:/api/v1', { K: '1' })
      await v.put('staging:/', { OLD: '${dev.api.v1.K}' })
      await v.put('prod:/', { NEW: '${dev.rest.v1.K}' })
      const syncs = [
        await v.sync('staging:/'),
        await v.sync('prod:/'),
        await v.sync('dev:/api/v1'),
        await v.sync('dev:/'),
      ]
      const rename = () =>
        updateFolder(t.ctx, t.actor, { projectId, environment: 'dev', folderId: api, name: 'rest', path: '/' })
      expect(await moved(syncs, rename)).toEqual([1, 1, 1, 0])
      expect(await v.resolve('prod:/')).toEqual({ NEW: '1' })
      expect(await v.resolve('staging:/')).toEqual({ OLD: '1' })
    })

    it('an environment with a new slug likewise', async () => {
      await v.put('dev:/api', { K: '1' })
      await v.put('staging:/', { OLD: '${dev.api.K}' })
      await v.put('prod:/', { NEW: '${qa.api.K}' })
      const syncs = [await v.sync('staging:/'), await v.sync('prod:/')]
      const { id } = await t.ctx.db
        .selectFrom('environments')
        .where('slug', '=', 'dev')
        .select('id')
        .executeTakeFirstOrThrow()
      const change = (more: { slug?: string; name?: string }) =>
        updateEnvironment(t.ctx, t.actor, { projectId, environmentId: id, ...more })
      expect(await moved(syncs, () => change({ name: 'Testing' }))).toEqual([0, 0])
      expect(await moved(syncs, () => change({ slug: 'qa' }))).toEqual([1, 1])
      expect(await v.resolve('prod:/')).toEqual({ NEW: '1' })
    })
  })

  it('informs those who referenced what is deleted', async () => {
    await v.put('dev:/api/v1', { K: '1' })
    await v.put('staging:/s', { S: '1' })
    await v.put('prod:/', { A: '${dev.api.v1.K}' })
    await v.put('prod:/two', { B: '${staging.s.S}' })
    const syncs = [await v.sync('prod:/'), await v.sync('prod:/two')]
    expect(
      await moved(syncs, () =>
        deleteFolder(t.ctx, t.actor, { projectId, environment: 'dev', folderIdOrName: 'api', path: '/' }),
      ),
    ).toEqual([1, 0])
    const { id } = await t.ctx.db
      .selectFrom('environments')
      .where('slug', '=', 'staging')
      .select('id')
      .executeTakeFirstOrThrow()
    expect(await moved(syncs, () => deleteEnvironment(t.ctx, t.actor, { projectId, environmentId: id }))).toEqual([
      0, 1,
    ])
  })

  it('misses no reader that another writer is adding at the same time', async () => {
    // dev:/top is about to import dev:/mid, which imports dev:/low, while a secret of dev:/low changes.
    await v.import('dev:/mid', 'dev:/low')
    const sync = await v.sync('dev:/top')
    const inside = Promise.withResolvers<void>()
    const commit = Promise.withResolvers<void>()
    const importing = withVaultTransaction(t.ctx, t.actor, async (tx, markChanged) => {
      const key = await lockProject(t.ctx, tx, projectId)
      const top = await tx.selectFrom('folders').where('path', '=', '/top').select('id').executeTakeFirstOrThrow()
      const mid = await tx.selectFrom('folders').where('path', '=', '/mid').select('id').executeTakeFirstOrThrow()
      const at = t.ctx.now().toISOString()
      await tx
        .insertInto('imports')
        .values({
          id: randomUUID(),
          folderId: top.id,
          sourceFolderId: mid.id,
          position: 1,
          counted: 1,
          createdAt: at,
          updatedAt: at,
        })
        .execute()
      await moveHead(tx, { key, projectId, folder: top }, {}, { imports: [mid.id] })
      markChanged(top.id)
      inside.resolve()
      await commit.promise
    })
    await inside.promise
    let written = false
    const writing = updateSecrets(t.ctx, t.actor, {
      projectId,
      environment: 'dev',
      secretPath: '/low',
      mode: 'upsert',
      secrets: [{ key: 'K', value: 'v' }],
    }).then(() => (written = true))
    if (dialect === 'postgres') await expect.poll(async () => written || (await waiting(t.ctx.db)) > 0).toBe(true)
    commit.resolve()
    await Promise.all([importing, writing])
    // Once for the import, and once for the write, which came second and has to see it.
    expect(await v.wanted(sync)).toMatchObject({ wanted: 2 })
    expect(await v.resolve('dev:/top')).toEqual({ K: 'v' })
  })

  if (dialect === 'postgres')
    it('lets folders be filled at once, and one folder by one after the other', async () => {
      await v.folder('dev:/low')
      await v.folder('dev:/mid')
      const write = (secretPath: string, value: string) =>
        updateSecrets(t.ctx, t.actor, {
          projectId,
          environment: 'dev',
          secretPath,
          mode: 'upsert',
          secrets: [{ key: 'K', value }],
        })
      const inside = Promise.withResolvers<void>()
      const commit = Promise.withResolvers<void>()
      // A writer of plain values in the middle of its work.
      const slow = t.ctx.db.transaction().execute(async (tx) => {
        await openForPlainValues(t.ctx, tx, { projectId, environment: 'dev', secretPath: '/low' })
        inside.resolve()
        await commit.promise
      })
      await inside.promise
      await write('/mid', 'beside it')
      let done = ''
      const same = write('/low', 'after it').then(() => (done += 'same folder '))
      await expect.poll(() => waiting(t.ctx.db)).toBe(1)
      const referring = write('/mid', '${dev.low.K}').then(() => (done += 'reference '))
      await expect.poll(() => waiting(t.ctx.db)).toBe(2)
      expect(done).toBe('')
      commit.resolve()
      await Promise.all([slow, same, referring])
      expect(await v.resolve('dev:/mid')).toEqual({ K: 'after it' })
    })
})

/** How many transactions of this Postgres database wait for another. */
async function waiting(db: Db): Promise<number> {
  const query = sql`select distinct pid from pg_locks join pg_stat_activity using (pid) where not granted and datname = current_database()`
  return (await query.execute(db)).rows.length
}
