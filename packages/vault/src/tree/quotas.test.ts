import { randomUUID } from 'node:crypto'
import { onEveryDatabase, statement } from '@keyferry/db/testing'
import { DEFAULT_LIMITS, type Quotas } from '@keyferry/kernel'
import { testContext, type TestContext } from '@keyferry/kernel/testing'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { deleteFolder } from '../folders/folders.ts'
import { listTrash, purgeTrash, restoreTrash } from '../folders/trash.ts'
import { listSecretVersions } from '../secrets/read/versions.ts'
import { createTestProject, vault, type Vault } from '../testing.ts'
import { TRASH_DAYS } from '../trash/trash-writes.ts'
import { createTag } from './tags.ts'

onEveryDatabase('quotas of a project', (open) => {
  let t: TestContext
  let projectId: string
  let v: Vault
  beforeAll(async () => {
    t = await testContext(open)
  })
  beforeEach(async () => {
    allow({})
    projectId = (await createTestProject(t.ctx, t.actor)).id
    v = vault(t, projectId)
  })
  afterAll(() => t.close())

  const allow = (quotas: Partial<Quotas>): void => {
    t.ctx.limits.project = { ...DEFAULT_LIMITS.project, ...quotas }
  }
  const keys = (length: number, value = 'x') => Object.fromEntries(Array.from({ length }, (_, n) => [`K${n}`, value]))
  const known = () =>
    t.ctx.db.selectFrom('projectUse').where('projectId', '=', projectId).selectAll().executeTakeFirstOrThrow()
  const dropFolder = (name: string) =>
    deleteFolder(t.ctx, t.actor, { projectId, environment: 'dev', path: '/', folderIdOrName: name, syncs: 'refuse' })

  it('refuse a secret too many by name, number and remedy, and count what is deleted and restored', async () => {
    allow({ secrets: 5 })
    await v.put('dev:/', keys(3))
    await v.put('dev:/api', keys(2))
    await expect(v.put('dev:/', { MORE: 'x' })).rejects.toMatchObject({
      status: 400,
      code: 'QuotaExceeded',
      message: expect.stringMatching(/5 secrets \(KEYFERRY_MAX_PROJECT_SECRETS\)\. It has 5, .* add 1\. Delete/),
      details: { limit: 5, present: 5, adding: 1 },
    })
    await v.put('dev:/', { K0: 'another value' })
    await v.drop('dev:/', 'K1')
    await dropFolder('api')
    await v.put('dev:/', { A: '1', B: '2' })
    const [folder] = (await listTrash(t.ctx, t.actor, { projectId })).filter(({ kind }) => kind === 'folder')
    const restore = () => restoreTrash(t.ctx, t.actor, { projectId, environment: 'dev', trashId: folder?.id ?? '' })
    await expect(restore()).rejects.toThrow('It has 4, and this would add 2')
    await v.drop('dev:/', 'A')
    await restore()
    expect(await known()).toMatchObject({ secrets: 5 })
  })

  it('let only as many through as there is room for when many are written at once', async () => {
    allow({ secrets: 8 })
    for (const place of ['dev:/a', 'dev:/b', 'dev:/c', 'dev:/d']) await v.folder(place)
    const writes = await Promise.allSettled(
      ['a', 'b', 'c', 'd'].flatMap((name) => [0, 1, 2].map((n) => v.put(`dev:/${name}`, { [`K${n}`]: 'x' }))),
    )
    expect(writes.filter(({ status }) => status === 'fulfilled')).toHaveLength(8)
    expect(await known()).toMatchObject({ secrets: 8 })
  })

  it('count bytes with old versions and the trash, until that is thrown away', async () => {
    allow({ bytes: 300_000 })
    await v.put('dev:/api', keys(3, 'x'.repeat(50_000)))
    await expect(v.put('dev:/', keys(2, 'y'.repeat(60_000)))).rejects.toThrow(/KEYFERRY_MAX_PROJECT_BYTES.*trash/)
    await dropFolder('api')
    await expect(v.put('dev:/', keys(2, 'y'.repeat(60_000)))).rejects.toThrow('trash included')
    t.clock.advance((TRASH_DAYS + 1) * 24 * 60 * 60_000)
    await purgeTrash(t.ctx)
    await v.put('dev:/', keys(2, 'y'.repeat(60_000)))
    expect(Number((await known()).bytes)).toBeLessThan(200_000)
  })

  it('let a secret come back from the trash, which takes no more room than it had there', async () => {
    allow({ bytes: 200_000 })
    await v.put('dev:/', keys(1, 'x'.repeat(60_000)))
    await v.drop('dev:/', 'K0')
    const [item] = await listTrash(t.ctx, t.actor, { projectId })
    await restoreTrash(t.ctx, t.actor, { projectId, environment: 'dev', trashId: item?.id ?? '' })
    // What it was, and what it is.
    expect(Number((await known()).bytes)).toBeLessThan(2 * 81_000)
  })

  it('keep the newest versions of a secret, and those that a kept run is restored from', async () => {
    allow({ versions: 3 })
    const folderId = await v.folder('dev:/')
    const syncId = await v.sync('dev:/')
    await v.put('dev:/', { A: '1' })
    const content = JSON.stringify({ folderId, entries: [{ sourceKey: 'A', version: 2 }], absent: [] })
    await t.ctx.db.insertInto('snapshots').values({ id: randomUUID(), syncId, hash: '', content }).execute()
    for (const value of ['2', '3', '4', '5', '6']) await v.put('dev:/', { A: value })
    const at = { projectId, environment: 'dev', secretPath: '/', key: 'A' }
    const versions = await listSecretVersions(t.ctx, t.actor, at)
    expect(versions.map(({ version }) => version)).toEqual([6, 5, 4, 2])
    expect(await v.resolve('dev:/')).toEqual({ A: '6' })
    // A newer version of Keyferry may need what this one takes for old.
    await statement(t.ctx.db, `insert into kysely_migration (name, timestamp) values ('9999-later', '2027')`)
    for (const value of ['7', '8']) await v.put('dev:/', { A: value })
    await statement(t.ctx.db, `delete from kysely_migration where name = '9999-later'`)
    const kept = await listSecretVersions(t.ctx, t.actor, at)
    expect(kept.map(({ version }) => version)).toEqual([8, 7, 6, 5, 4, 2])
  })

  it('refuse folders, imports and tags beyond theirs', async () => {
    // Three environments have a root folder each.
    allow({ folders: 5, imports: 1, tags: 1 })
    await v.import('dev:/', 'dev:/a')
    await v.folder('dev:/b')
    await expect(v.folder('dev:/c')).rejects.toThrow('5 folders (KEYFERRY_MAX_PROJECT_FOLDERS)')
    await expect(v.import('dev:/', 'dev:/b')).rejects.toThrow('1 imports (KEYFERRY_MAX_PROJECT_IMPORTS)')
    await createTag(t.ctx, t.actor, { projectId, slug: 'one', color: '' })
    await expect(createTag(t.ctx, t.actor, { projectId, slug: 'two', color: '' })).rejects.toMatchObject({
      code: 'QuotaExceeded',
    })
  })
})
