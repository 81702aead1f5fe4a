/** What was: the history of a folder and its secrets, the trash, and a project as a file. */
import { onEveryDatabase } from '@keyferry/db/testing'
import {
  createEnvironment,
  createSecret,
  createTag,
  deleteFolder,
  exportProject,
  getSecret,
  importProject,
  listFolderHistory,
  listSecrets,
  listSecretVersions,
  listTrash,
  purgeTrash,
  restoreFolder,
  restoreTrash,
  restoreVersion,
  TRASH_DAYS,
  updateSecret,
} from '@keyferry/vault'
import { createTestProject, vault, type Vault } from '@keyferry/vault/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { continueRotations, rotateDataKey } from '../src/admin/rotate-data-key.ts'
import { testContext, type TestContext } from '../src/testing/test-context.ts'

onEveryDatabase('the tree as it was', (open) => {
  let t: TestContext
  let projectId: string
  let v: Vault
  beforeAll(async () => {
    t = await testContext(open)
  })
  beforeEach(async () => {
    projectId = (await createTestProject(t.ctx, t.actor)).id
    v = vault(t, projectId)
  })
  afterAll(() => t.close())

  const at = (place: string) => v.at(place)
  const FLAGS = { expandReferences: false, includeImports: false, showValues: true }
  const read = async (place: string, key: string, more = {}) =>
    (await getSecret(t.ctx, t.actor, { ...at(place), ...FLAGS, key, ...more })).value
  const rename = (place: string, key: string, newKey: string) =>
    updateSecret(t.ctx, t.actor, { ...at(place), key, newKey })

  describe('has a history', () => {
    it('of a folder, paged, and of a secret, whose versions come back', async () => {
      for (const value of ['one', 'two', 'three']) {
        t.clock.advance(1000)
        await v.put('dev:/', { A: value, B: value })
      }
      await v.drop('dev:/', 'B')
      const seen = []
      for (let cursor: string | undefined; ;) {
        const page = await listFolderHistory(t.ctx, t.actor, {
          ...at('dev:/'),
          limit: 3,
          ...(cursor === undefined ? {} : { cursor }),
        })
        seen.push(...page.versions)
        if (page.nextCursor === null) break
        cursor = page.nextCursor
      }
      expect(seen).toHaveLength(7)
      expect(seen.filter(({ deleted }) => deleted)).toMatchObject([{ key: 'B', version: 4 }])
      const restore = (key: string, version: number) => restoreVersion(t.ctx, t.actor, { ...at('dev:/'), key, version })
      expect(await restore('A', 1)).toEqual({ key: 'A', version: 4, warnings: [] })
      expect(await restore('B', 2)).toEqual({ key: 'B', version: 5, warnings: [] })
      expect(await v.resolve('dev:/')).toEqual({ A: 'one', B: 'two' })
      await expect(restore('A', 99)).rejects.toThrow('Version 99')
      await expect(restore('B', 4)).rejects.toThrow('Version 4')
    })

    it('of a secret with another name now, whose earlier versions come back under the present one', async () => {
      await v.put('dev:/', { NEW: 'of a NEW that is gone', OLD: 'one', OTHER: 'not mine' })
      await v.drop('dev:/', 'NEW')
      await rename('dev:/', 'OLD', 'NEW')
      const restore = (versionKey: string) =>
        restoreVersion(t.ctx, t.actor, { ...at('dev:/'), key: 'NEW', version: 1, versionKey })
      await v.put('dev:/', { NEW: 'two' })
      expect(await restore('OLD')).toMatchObject({ key: 'NEW' })
      expect(await v.resolve('dev:/')).toEqual({ NEW: 'one', OTHER: 'not mine' })
      await expect(restore('OTHER')).rejects.toThrow('Version 1 of secret "OTHER" not found')
    })

    it('that a folder is restored to, previewed first', async () => {
      await v.put('dev:/', { KEPT: 'k', CHANGED: 'old', RENAMED: 'r', GONE: 'g' })
      const then = t.ctx.now().toISOString()
      t.clock.advance(60_000)
      await v.put('dev:/', { CHANGED: 'new', ADDED: 'a' })
      await rename('dev:/', 'RENAMED', 'OTHER')
      await v.drop('dev:/', 'GONE')
      const restore = (more: { dryRun: boolean; expected?: string }) =>
        restoreFolder(t.ctx, t.actor, { ...at('dev:/'), at: then, ...more })
      const now = await v.resolve('dev:/')
      const preview = await restore({ dryRun: true })
      expect(preview).toMatchObject({
        changes: [
          { key: 'ADDED', action: 'delete', version: null },
          { key: 'CHANGED', action: 'update', version: 1 },
          { key: 'GONE', action: 'create', version: 1 },
          { key: 'OTHER', action: 'delete', version: null },
          { key: 'RENAMED', action: 'create', version: 1 },
        ],
        unchanged: 1,
      })
      expect(await v.resolve('dev:/')).toEqual(now)
      await v.put('dev:/', { CHANGED: 'newer' })
      await expect(restore({ dryRun: false, expected: preview.hash })).rejects.toThrow('has changed since')
      const { hash } = await restore({ dryRun: true })
      await restore({ dryRun: false, expected: hash })
      expect(await v.resolve('dev:/')).toEqual({ KEPT: 'k', CHANGED: 'old', RENAMED: 'r', GONE: 'g' })
      expect((await listTrash(t.ctx, t.actor, { projectId })).map(({ name }) => name).sort()).toEqual([
        'ADDED',
        'GONE',
        'OTHER',
      ])
    })
  })

  describe('keeps what was deleted for a while', () => {
    const trash = () => listTrash(t.ctx, t.actor, { projectId })
    const restore = async (name: string, environment = 'dev') => {
      const trashId = (await trash()).find((item) => item.name === name)?.id ?? ''
      return restoreTrash(t.ctx, t.actor, { projectId, environment, trashId })
    }

    it('a secret, with comment and tags, unless its name was taken', async () => {
      const tag = await createTag(t.ctx, t.actor, { projectId, slug: 'core', color: '' })
      const sync = await v.sync('dev:/')
      await createSecret(t.ctx, t.actor, {
        ...at('dev:/'),
        key: '__proto__',
        value: ' v\n',
        comment: 'c',
        tagIds: [tag.id],
      })
      await v.drop('dev:/', '__proto__')
      expect(await trash()).toMatchObject([
        { kind: 'secret', environment: 'dev', secretPath: '/', name: '__proto__', deletedBy: t.actor.name },
      ])
      const { wanted } = await v.wanted(sync)
      await restore('__proto__')
      expect((await v.wanted(sync)).wanted).toBeGreaterThan(wanted)
      expect(await getSecret(t.ctx, t.actor, { ...at('dev:/'), ...FLAGS, key: '__proto__' })).toMatchObject({
        value: ' v\n',
        comment: 'c',
        version: 3,
        tags: [{ slug: 'core' }],
      })
      expect(await trash()).toEqual([])
      await v.drop('dev:/', '__proto__')
      await createSecret(t.ctx, t.actor, {
        ...at('dev:/'),
        key: '__proto__',
        value: 'other',
        comment: '',
      })
      await expect(restore('__proto__')).rejects.toThrow('already exists')
    })

    it('a folder with everything in it, also when the data key was rotated meanwhile', async () => {
      await v.put('dev:/lib', { L: 'lib' })
      await v.put('dev:/a/b', { KEY: 'first', USER: '${KEY}' })
      await v.put('dev:/a/b', { KEY: 'second' })
      await v.import('dev:/a/b', 'dev:/lib')
      await v.put('prod:/', { FAR: '${dev.a.b.KEY}' })
      const sync = await v.sync('prod:/')
      const id = await v.folder('dev:/a/b')
      const before = await v.resolve('dev:/a/b')
      await deleteFolder(t.ctx, t.actor, { projectId, environment: 'dev', path: '/', folderIdOrName: 'a' })
      expect(await trash()).toMatchObject([{ kind: 'folder', name: 'a', secretPath: '/', secrets: 2 }])
      await rotateDataKey(t.ctx, t.actor, { projectId })
      await continueRotations(t.ctx, new AbortController().signal)
      const { wanted } = await v.wanted(sync)
      await restore('a')
      expect(await v.folder('dev:/a/b')).toBe(id)
      expect(await v.resolve('dev:/a/b')).toEqual(before)
      expect(await read('dev:/a/b', 'KEY', { version: 1 })).toBe('first')
      expect(await v.resolve('prod:/')).toEqual({ FAR: 'second' })
      expect((await v.wanted(sync)).wanted).toBeGreaterThan(wanted)
    })

    it('in its place only', async () => {
      await v.put('dev:/a/b', { KEY: 'k', OTHER: 'o' })
      await v.drop('dev:/a/b', 'KEY')
      await deleteFolder(t.ctx, t.actor, { projectId, environment: 'dev', path: '/a', folderIdOrName: 'b' })
      await deleteFolder(t.ctx, t.actor, { projectId, environment: 'dev', path: '/', folderIdOrName: 'a' })
      await expect(restore('KEY')).rejects.toThrow('is deleted too')
      await expect(restore('b')).rejects.toThrow('is deleted too')
      await expect(restore('a', 'prod')).rejects.toThrow('nothing deleted')
      await v.folder('dev:/a')
      await expect(restore('a')).rejects.toThrow('already exists')
    })

    it('and throws it away permanently afterwards', async () => {
      await v.put('dev:/', { KEY: 'k' })
      await v.drop('dev:/', 'KEY')
      await purgeTrash(t.ctx)
      expect(await trash()).toHaveLength(1)
      t.clock.advance(TRASH_DAYS * 24 * 60 * 60_000)
      expect(await trash()).toEqual([])
      await purgeTrash(t.ctx)
      expect(await t.ctx.db.selectFrom('trashRows').selectAll().execute()).toEqual([])
      expect(await listSecretVersions(t.ctx, t.actor, { ...at('dev:/'), key: 'KEY' })).toMatchObject([
        { version: 2, deleted: true },
      ])
      await v.put('dev:/', { KEY: 'again' })
      expect(await listSecretVersions(t.ctx, t.actor, { ...at('dev:/'), key: 'KEY' })).toMatchObject([
        { version: 3 },
        { version: 2 },
      ])
    })
  })

  describe('travels as a file', () => {
    const passphrase = 'correct horse battery'

    it('and is the same project elsewhere, byte for byte', async () => {
      await createEnvironment(t.ctx, t.actor, { projectId, name: 'Extra', slug: 'extra' })
      const tag = await createTag(t.ctx, t.actor, { projectId, slug: 'core', color: '#123' })
      await v.put('dev:/lib', { L: 'lib' })
      await v.put('dev:/lib2', { L: 'lib2' })
      await v.put('dev:/a/b', { __proto__: 'canary-91\n', TRAILING: ' x \n\n', USER: '${TRAILING}', EMPTY: '' })
      await v.put('dev:/a/b', { 'with space': '🔑' })
      await v.import('dev:/a/b', 'dev:/lib')
      await v.import('dev:/a/b', 'dev:/lib2')
      await updateSecret(t.ctx, t.actor, {
        ...at('dev:/a/b'),
        key: 'USER',
        comment: 'c',
        tagIds: [tag.id],
      })
      const { file, secrets } = await exportProject(t.ctx, t.actor, { projectId, passphrase })
      expect(secrets).toBe(6)
      // A space is in no base64; a short name would be, in one file of a hundred.
      expect(file).not.toMatch(/canary-91|TRAILING|with space/)
      await expect(importProject(t.ctx, t.actor, { file, passphrase })).rejects.toThrow('already exists')
      const copy = await importProject(t.ctx, t.actor, { file, passphrase, projectName: 'Copy', slug: 'the-copy' })
      expect(copy.environments.map(({ slug }) => slug)).toEqual(['dev', 'staging', 'prod', 'extra'])
      const there = vault(t, copy.id)
      expect(await there.resolve('dev:/a/b')).toEqual(await v.resolve('dev:/a/b'))
      expect((await there.resolve('dev:/a/b')).L).toBe('lib2')
      const flags = { ...FLAGS, recursive: false }
      const found = await listSecrets(t.ctx, t.actor, {
        projectId: copy.id,
        environment: 'dev',
        secretPath: '/a/b',
        ...flags,
        tags: ['core'],
      })
      expect(found.secrets).toMatchObject([
        { key: 'USER', comment: 'c', value: '${TRAILING}', tags: [{ color: '#123' }] },
      ])
    })

    it('and nothing comes of a wrong passphrase, an altered file or another one', async () => {
      const { file } = await exportProject(t.ctx, t.actor, { projectId, passphrase })
      const take = (text: string, given = passphrase) =>
        importProject(t.ctx, t.actor, { file: text, passphrase: given, projectName: 'None', slug: 'no-copy' })
      const parsed = JSON.parse(file)
      await expect(take(file, 'wrong horse')).rejects.toThrow('passphrase is wrong')
      await expect(take(JSON.stringify({ ...parsed, content: `AAAA${parsed.content.slice(4)}` }))).rejects.toThrow(
        'altered',
      )
      await expect(take(JSON.stringify({ ...parsed, version: 2 }))).rejects.toThrow('newer Keyferry')
      await expect(take(JSON.stringify({ ...parsed, kdf: { ...parsed.kdf, N: 2 ** 30 } }))).rejects.toThrow(
        'not a file',
      )
      for (const none of ['', 'not json', '[]', '{}', file.slice(0, 200)])
        await expect(take(none)).rejects.toThrow('not a file')
      expect(await t.ctx.db.selectFrom('projects').select('slug').where('slug', '=', 'no-copy').execute()).toEqual([])
    })
  })
})
