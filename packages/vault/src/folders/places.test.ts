/** Environments, folders and imports: the rules of the tree. */
import { randomUUID } from 'node:crypto'
import { onEveryDatabase } from '@keyferry/db/testing'
import { testContext, type TestContext } from '@keyferry/kernel/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestProject, vault, type Vault } from '../testing.ts'
import { createEnvironment, deleteEnvironment, updateEnvironment } from './environments.ts'
import { createFolder, deleteFolder, getFolder, listFolders, updateFolder } from './folders.ts'
import { createImport, deleteImport, listImports, updateImport } from './imports.ts'
import { deleteProject, getProject } from './projects.ts'

onEveryDatabase('places', (open) => {
  let t: TestContext
  let v: Vault
  let projectId: string
  beforeEach(async () => {
    t = await testContext(open)
    projectId = (await createTestProject(t.ctx, t.actor)).id
    v = vault(t, projectId)
  })
  afterEach(() => t.close())

  const dev = () => ({ projectId, environment: 'dev' })

  describe('environments', () => {
    const order = async () =>
      (await getProject(t.ctx, t.actor, { projectId })).environments.map(({ slug, position }) => `${position} ${slug}`)

    it('have an order that stays without gaps', async () => {
      const qa = await createEnvironment(t.ctx, t.actor, { projectId, name: 'QA', slug: 'qa', position: 2 })
      expect(qa).toMatchObject({ projectId, name: 'QA', slug: 'qa', position: 2 })
      expect(await order()).toEqual(['1 dev', '2 qa', '3 staging', '4 prod'])
      expect(await updateEnvironment(t.ctx, t.actor, { projectId, environmentId: qa.id, position: 99 })).toMatchObject({
        position: 4,
      })
      expect(await order()).toEqual(['1 dev', '2 staging', '3 prod', '4 qa'])
      expect(
        await updateEnvironment(t.ctx, t.actor, { projectId, environmentId: qa.id, name: 'Quality' }),
      ).toMatchObject({ position: 4 })
      await updateEnvironment(t.ctx, t.actor, { projectId, environmentId: qa.id, position: 1 })
      await deleteEnvironment(t.ctx, t.actor, { projectId, environmentId: qa.id })
      expect(await order()).toEqual(['1 dev', '2 staging', '3 prod'])
    })

    it('have a slug of their own and a root folder from the start', async () => {
      await expect(createEnvironment(t.ctx, t.actor, { projectId, name: 'Again', slug: 'dev' })).rejects.toThrow(
        'Environment slug "dev" is already taken by environment "Development"',
      )
      await createEnvironment(t.ctx, t.actor, { projectId, name: 'QA', slug: 'qa' })
      await v.put('qa:/', { A: '1' })
      expect(await v.resolve('qa:/')).toEqual({ A: '1' })
    })

    it('of another project are not found', async () => {
      const other = await createTestProject(t.ctx, t.actor, 'Other')
      const environmentId = other.environments[0]?.id ?? ''
      await expect(deleteEnvironment(t.ctx, t.actor, { projectId, environmentId })).rejects.toMatchObject({
        status: 404,
      })
    })
  })

  describe('folders', () => {
    it('are listed one level or all, with the path from there', async () => {
      await v.folder('dev:/a/b/c')
      await v.folder('dev:/a_b')
      const list = async (path: string, recursive: boolean) => {
        const folders = await listFolders(t.ctx, t.actor, { ...dev(), path, recursive })
        return folders.map(({ path, relativePath }) => [path, relativePath])
      }
      expect(await list('/', false)).toEqual([
        ['/a', undefined],
        ['/a_b', undefined],
      ])
      expect(await list('/a', true)).toEqual([
        ['/a/b', '/b'],
        ['/a/b/c', '/b/c'],
      ])
      expect(await list('/', true)).toEqual([
        ['/a', '/a'],
        ['/a/b', '/a/b'],
        ['/a/b/c', '/a/b/c'],
        ['/a_b', '/a_b'],
      ])
      expect(await list('/nowhere', true)).toEqual([])
      await expect(
        listFolders(t.ctx, t.actor, { projectId, environment: 'qa', path: '/', recursive: false }),
      ).rejects.toMatchObject({ status: 404 })
    })

    it('answer in the documented shape, the root folder by its name', async () => {
      const made = await createFolder(t.ctx, t.actor, { ...dev(), path: '/', name: 'api', description: 'Of the API' })
      const shown = await getFolder(t.ctx, t.actor, { folderId: made.id })
      const root = await getFolder(t.ctx, t.actor, { folderId: made.parentId ?? '' })
      expect(shown).toMatchObject({ ...made, projectId, environment: { slug: 'dev', name: 'Development' } })
      expect(made).toMatchObject({
        name: 'api',
        path: '/api',
        version: 1,
        description: 'Of the API',
      })
      expect(root).toMatchObject({ name: 'root', path: '/', parentId: null })
    })

    it('are created with what is missing on the way, and once however often', async () => {
      const wanted = { ...dev(), path: '/a/b', name: 'c', description: 'Of the API' }
      const made = await createFolder(t.ctx, t.actor, wanted)
      expect(await createFolder(t.ctx, t.actor, { ...wanted, description: null })).toEqual(made)
      const all = await listFolders(t.ctx, t.actor, { ...dev(), path: '/', recursive: true })
      expect(all).toMatchObject([
        { path: '/a', name: 'a', description: null },
        { path: '/a/b', name: 'b', description: null, parentId: all[0]?.id },
        { path: '/a/b/c', name: 'c', description: 'Of the API', parentId: all[1]?.id },
      ])
    })

    it('take everything below along when renamed, and nothing beside', async () => {
      const a = await v.folder('dev:/a')
      await v.put('dev:/a/b', { K: '1' })
      await v.folder('dev:/ab')
      const rename = (folderId: string, name: string) =>
        updateFolder(t.ctx, t.actor, { ...dev(), folderId, name, path: '/' })
      expect(await rename(a, 'z')).toMatchObject({ name: 'z', path: '/z' })
      const paths = (await listFolders(t.ctx, t.actor, { ...dev(), path: '/', recursive: true })).map(
        ({ path }) => path,
      )
      expect(paths).toEqual(['/ab', '/z', '/z/b'])
      expect(await v.resolve('dev:/z/b')).toEqual({ K: '1' })
      await expect(rename(a, 'ab')).rejects.toThrow('already exists')
      await expect(rename(randomUUID(), 'q')).rejects.toMatchObject({ status: 404 })
      await expect(rename((await getFolder(t.ctx, t.actor, { folderId: a })).parentId ?? '', 'q')).rejects.toThrow(
        'root folder cannot be renamed',
      )
    })

    it('are deleted by id or by name, with all they hold', async () => {
      await v.put('dev:/a/b', { K: '1' })
      const byName = (folderIdOrName: string, path = '/') =>
        deleteFolder(t.ctx, t.actor, { ...dev(), folderIdOrName, path })
      await expect(byName('b')).rejects.toThrow('Folder with path "/b" not found in environment "dev"')
      expect(await byName('b', '/a')).toMatchObject({ path: '/a/b' })
      expect(await t.ctx.db.selectFrom('secrets').selectAll().execute()).toEqual([])
      expect(await byName(await v.folder('dev:/a'))).toMatchObject({ path: '/a' })
      await expect(byName(await v.folder('dev:/'))).rejects.toThrow('root folder cannot be deleted')
    })
  })

  describe('what is in use', () => {
    it('cannot be deleted, and the answer names the users and the way out', async () => {
      const sync = await v.sync('dev:/a/b')
      const { name } = await t.ctx.db
        .selectFrom('syncs')
        .where('id', '=', sync)
        .select('name')
        .executeTakeFirstOrThrow()
      const importId = await v.import('staging:/s', 'dev:/a')
      const folder = () => deleteFolder(t.ctx, t.actor, { ...dev(), folderIdOrName: 'a', path: '/' })
      await expect(folder()).rejects.toThrow(
        `Folder "/a" in environment "dev" cannot be deleted: sync "${name}" reads it, folder staging:/s imports it. First delete or re-point the sync and remove the import. Or say with \`syncs\` what shall become of what was written: "keep-secrets" or "remove-secrets".`,
      )
      const { id } = await t.ctx.db
        .selectFrom('environments')
        .where('slug', '=', 'dev')
        .select('id')
        .executeTakeFirstOrThrow()
      const environment = () => deleteEnvironment(t.ctx, t.actor, { projectId, environmentId: id })
      await expect(environment()).rejects.toThrow(`Environment "dev" cannot be deleted: sync "${name}" reads it`)
      await expect(deleteProject(t.ctx, t.actor, { projectId })).rejects.toThrow(
        `Project "Shop" cannot be deleted: sync "${name}" reads it`,
      )

      await t.ctx.db.deleteFrom('syncs').execute()
      await expect(folder()).rejects.toThrow('folder staging:/s imports it. First remove the import.')
      await deleteImport(t.ctx, t.actor, { projectId, environment: 'staging', path: '/s', importId })
      await folder()
      await environment()
      await deleteProject(t.ctx, t.actor, { projectId })
    })

    it('imports among the folders that go do not hold them', async () => {
      await v.import('dev:/a/x', 'dev:/a/y')
      await deleteFolder(t.ctx, t.actor, { ...dev(), folderIdOrName: 'a', path: '/' })
      expect(await listFolders(t.ctx, t.actor, { ...dev(), path: '/', recursive: true })).toEqual([])
    })
  })

  describe('imports', () => {
    const make = (path: string, from: string, environment = 'dev') =>
      createImport(t.ctx, t.actor, { ...dev(), path, import: { environment, path: from } })
    const order = async (path = '/') =>
      (await listImports(t.ctx, t.actor, { ...dev(), path })).map((one) => `${one.position} ${one.path}`)

    it('have an order that stays without gaps', async () => {
      for (const name of ['a', 'b', 'c']) await v.folder(`dev:/${name}`)
      const a = await make('/', '/a')
      expect(a).toMatchObject({
        position: 1,
        path: '/a',
        environment: { slug: 'dev', name: 'Development' },
      })
      const b = await make('/', '/b')
      await make('/', '/c')
      const update = (importId: string, change: { position?: number; path?: string }) =>
        updateImport(t.ctx, t.actor, { ...dev(), path: '/', importId, import: change })
      expect(await update(a.id, { position: 3 })).toMatchObject({ position: 3 })
      expect(await order()).toEqual(['1 /b', '2 /c', '3 /a'])
      await update(a.id, { position: 1 })
      expect(await order()).toEqual(['1 /a', '2 /b', '3 /c'])
      await deleteImport(t.ctx, t.actor, { ...dev(), path: '/', importId: b.id })
      expect(await order()).toEqual(['1 /a', '2 /c'])
      await expect(update(b.id, { position: 1 })).rejects.toMatchObject({ status: 404 })
      await expect(update(a.id, { path: '/c' })).rejects.toThrow('dev:/c is already imported by this folder')
    })

    it('refuse what is missing, what is there, and every cycle by its chain', async () => {
      for (const name of ['a', 'b', 'c', 'd']) await v.folder(`dev:/${name}`)
      await expect(make('/', '/nowhere')).rejects.toThrow('Folder with path "/nowhere" not found in environment "dev"')
      await expect(make('/', '/a', 'qa')).rejects.toThrow('Environment with slug "qa" not found')
      await expect(make('/a', '/a')).rejects.toThrow('Cyclic import not allowed: dev:/a → dev:/a')
      await make('/a', '/b')
      await expect(make('/a', '/b')).rejects.toThrow('dev:/b is already imported by this folder')
      await make('/b', '/c')
      await expect(make('/b', '/a')).rejects.toThrow('Cyclic import not allowed: dev:/b → dev:/a → dev:/b')
      await expect(make('/c', '/a')).rejects.toThrow('Cyclic import not allowed: dev:/c → dev:/a → dev:/b → dev:/c')
      const free = await make('/c', '/d')
      const repoint = updateImport(t.ctx, t.actor, { ...dev(), path: '/c', importId: free.id, import: { path: '/a' } })
      await expect(repoint).rejects.toThrow('Cyclic import not allowed')
      expect(await order('/c')).toEqual(['1 /d'])
    })
  })
})
