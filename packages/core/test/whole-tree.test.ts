/** Moving, finding, comparing and bringing back: the tree in full. */
import { onEveryDatabase } from '@keyferry/db/testing'
import {
  createSecret,
  createSecrets,
  createTag,
  deleteTag,
  environmentMatrix,
  getSecret,
  listImports,
  listReferences,
  listSecretRows,
  listSecrets,
  listTags,
  listUses,
  moveFolder,
  moveSecrets,
  readReferenceTree,
  searchSecrets,
  updateEnvironment,
  updateFolder,
  updateSecret,
  updateTag,
} from '@keyferry/vault'
import { createTestProject, vault, type Vault } from '@keyferry/vault/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { testContext, type TestContext } from '../src/testing/test-context.ts'

onEveryDatabase('the tree', (open) => {
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
  const FLAGS = {
    expandReferences: false,
    includeImports: false,
    showValues: true,
  }
  const read = async (place: string, key: string, more = {}) =>
    (await getSecret(t.ctx, t.actor, { ...at(place), ...FLAGS, key, ...more })).value
  const idOf = async (place: string, key: string) =>
    (await getSecret(t.ctx, t.actor, { ...at(place), ...FLAGS, key })).id
  const rename = (place: string, key: string, newKey: string) =>
    updateSecret(t.ctx, t.actor, { ...at(place), key, newKey })
  const move = async (from: string, to: string, keys: string[], shouldOverwrite = false) => {
    const [source, destination] = [at(from), at(to)]
    const secretIds = await Promise.all(keys.map((key) => idOf(from, key)))
    return moveSecrets(t.ctx, t.actor, {
      projectId,
      sourceEnvironment: source.environment,
      sourceSecretPath: source.secretPath,
      destinationEnvironment: destination.environment,
      destinationSecretPath: destination.secretPath,
      secretIds,
      shouldOverwrite,
    })
  }

  describe('references follow', () => {
    it('a secret that is renamed, through imports too, and no value changes', async () => {
      await v.put('dev:/lib', { HOST: 'db.local', URL: 'pg://${HOST}/a', __proto__x: '${HOST}' })
      await v.put('prod:/', { FAR: 'x-${dev.lib.HOST}-$${NOT' })
      await v.put('dev:/app', { OWN: '${HOST}', THROUGH: '${dev.app.HOST}' }).catch(() => {})
      await v.import('dev:/app', 'dev:/lib')
      const sync = await v.sync('prod:/')
      const before = await Promise.all(['dev:/lib', 'prod:/', 'dev:/app'].map((place) => v.resolve(place)))
      const { wanted } = await v.wanted(sync)
      await rename('dev:/lib', 'HOST', 'DB_HOST')
      expect(await read('dev:/lib', 'URL')).toBe('pg://${DB_HOST}/a')
      expect(await read('prod:/', 'FAR')).toBe('x-${dev.lib.DB_HOST}-$${NOT')
      expect(await read('dev:/app', 'OWN')).toBe('${DB_HOST}')
      expect(await read('dev:/app', 'THROUGH')).toBe('${dev.app.DB_HOST}')
      const after = await Promise.all(['dev:/lib', 'prod:/', 'dev:/app'].map((place) => v.resolve(place)))
      expect(after.map(({ HOST: _, DB_HOST: __, ...rest }) => rest)).toEqual(before.map(({ HOST: _, ...rest }) => rest))
      expect((await v.wanted(sync)).wanted).toBeGreaterThan(wanted)
    })

    it('a secret that is renamed and changed at once', async () => {
      await v.put('dev:/', { KEY: 'one', USER: '${KEY}!' })
      await updateSecret(t.ctx, t.actor, {
        ...at('dev:/'),
        key: 'KEY',
        newKey: 'NEW',
        value: 'two',
      })
      expect(await v.resolve('dev:/')).toEqual({ NEW: 'two', USER: 'two!' })
    })

    it('a secret that is moved, in both directions, with its tags and comment', async () => {
      await v.put('dev:/a', { NAME: 'n', KEY: '${NAME}-${PART}', PART: 'p', USER: '${KEY}' })
      await v.put('prod:/', { FAR: '${dev.a.KEY}' })
      await v.folder('staging:/b')
      const tag = await createTag(t.ctx, t.actor, { projectId, slug: 'core', color: '' })
      await updateSecret(t.ctx, t.actor, {
        ...at('dev:/a'),
        key: 'KEY',
        comment: 'why',
        tagIds: [tag.id],
      })
      expect(await move('dev:/a', 'staging:/b', ['KEY', 'PART'])).toEqual({
        isSourceUpdated: true,
        isDestinationUpdated: true,
      })
      expect(await read('staging:/b', 'KEY')).toBe('${dev.a.NAME}-${PART}')
      expect(await read('dev:/a', 'USER')).toBe('${staging.b.KEY}')
      expect(await read('prod:/', 'FAR')).toBe('${staging.b.KEY}')
      expect(await v.resolve('dev:/a')).toEqual({ NAME: 'n', USER: 'n-p' })
      const { secrets } = await listSecrets(t.ctx, t.actor, {
        ...at('staging:/b'),
        ...FLAGS,
        recursive: false,
        tags: ['other', 'core'],
      })
      expect(secrets).toMatchObject([{ key: 'KEY', comment: 'why', tags: [{ slug: 'core' }] }])
      await expect(read('dev:/a', 'KEY')).rejects.toThrow('not found')
    })

    it('a folder that is renamed or moved, and an environment, with imports and syncs', async () => {
      await v.put('dev:/a/b', { KEY: 'value', ALSO: '${dev.a.b.KEY}' })
      await v.put('prod:/', { FAR: '${dev.a.b.KEY}!' })
      await v.import('prod:/', 'dev:/a/b')
      await v.folder('staging:/new')
      const sync = await v.sync('dev:/a/b')
      const folderId = await v.folder('dev:/a')
      await updateFolder(t.ctx, t.actor, { projectId, environment: 'dev', folderId, name: 'alpha', path: '/' })
      expect(await read('prod:/', 'FAR')).toBe('${dev.alpha.b.KEY}!')
      const moved = await moveFolder(t.ctx, t.actor, {
        projectId,
        environment: 'dev',
        folderId,
        destinationEnvironment: 'staging',
        destinationPath: '/new',
      })
      expect(moved).toMatchObject({ path: '/new/alpha', name: 'alpha' })
      expect(await read('prod:/', 'FAR')).toBe('${staging.new.alpha.b.KEY}!')
      expect(await read('staging:/new/alpha/b', 'ALSO')).toBe('${staging.new.alpha.b.KEY}')
      const { environments } = await (await import('@keyferry/vault')).getProject(t.ctx, t.actor, { projectId })
      const environmentId = environments.find(({ slug }) => slug === 'staging')?.id ?? ''
      await updateEnvironment(t.ctx, t.actor, { projectId, environmentId, slug: 'stage' })
      expect(await read('prod:/', 'FAR')).toBe('${stage.new.alpha.b.KEY}!')
      expect(await v.resolve('prod:/')).toEqual({ FAR: 'value!', KEY: 'value', ALSO: 'value' })
      expect(await listImports(t.ctx, t.actor, { projectId, environment: 'prod', path: '/' })).toMatchObject([
        { path: '/new/alpha/b', environment: { slug: 'stage' } },
      ])
      expect(
        (await t.ctx.db.selectFrom('syncs').where('id', '=', sync).select('folderId').executeTakeFirstOrThrow())
          .folderId,
      ).toBe(await v.folder('stage:/new/alpha/b'))
      await expect(
        moveFolder(t.ctx, t.actor, { projectId, environment: 'stage', folderId, destinationPath: '/new/alpha/b' }),
      ).rejects.toThrow('into itself')
    })

    it('or the change is refused by name, and no part of it happens', async () => {
      await v.put('dev:/', { KEY: 'one', USER: '${KEY}' })
      await v.put('dev:/lib', { SHARED: 's' })
      await v.put('dev:/app', { OWN: 'own' })
      await v.import('dev:/app', 'dev:/lib')
      await v.put('dev:/app', { READS: '${SHARED}' })
      await expect(rename('dev:/', 'KEY', 'HAS.DOT')).rejects.toThrow('dev:/ USER refers to it as ${KEY}')
      // In dev:/app the new name would be its own key.
      await expect(rename('dev:/lib', 'SHARED', 'OWN')).rejects.toThrow('would get another value: dev:/app READS')
      await v.put('prod:/', { KEY: 'taken' })
      await expect(move('dev:/', 'prod:/', ['KEY'])).rejects.toThrow('Secret already exists at the destination: KEY')
      await expect(move('dev:/', 'dev:/', ['KEY'])).rejects.toThrow('already in this folder')
      expect(await v.resolve('dev:/')).toEqual({ KEY: 'one', USER: 'one' })
      expect(await v.resolve('dev:/app')).toEqual({ OWN: 'own', SHARED: 's', READS: 's' })
      await move('dev:/', 'prod:/', ['KEY'], true)
      expect(await read('prod:/', 'KEY')).toBe('one')
    })
  })

  describe('references that cannot be', () => {
    it('are refused when they close a cycle, by its chain, and reported when they lead nowhere', async () => {
      const create = (key: string, value: string) =>
        createSecret(t.ctx, t.actor, { ...at('dev:/'), key, value, comment: '' })
      expect((await create('ONE', '${TWO}')).warnings).toEqual(['ONE references ${TWO}, which does not exist'])
      await expect(create('TWO', '${dev.ONE}')).rejects.toThrow('Cyclic reference not allowed: TWO → ONE → TWO')
      await expect(create('SELF', '${SELF}')).rejects.toThrow('Cyclic reference not allowed: SELF → SELF')
      await expect(read('dev:/', 'TWO')).rejects.toThrow('not found')
      expect((await create('TWO', 'fine')).warnings).toBeUndefined()
    })
  })

  it('keeps tags by project, on secrets by id', async () => {
    const tag = await createTag(t.ctx, t.actor, { projectId, slug: 'core', name: 'Core', color: '#fff' })
    await expect(createTag(t.ctx, t.actor, { projectId, slug: 'core', color: '' })).rejects.toThrow('already exists')
    const secrets = [
      { key: 'A', value: 'a', comment: '', tagIds: [tag.id] },
      { key: 'B', value: 'b', comment: '' },
    ]
    const made = await createSecrets(t.ctx, t.actor, { ...at('dev:/'), secrets })
    expect(made.map(({ tags }) => tags.map(({ slug }) => slug))).toEqual([['core'], []])
    const { rows } = await listSecretRows(t.ctx, t.actor, at('dev:/'))
    expect(rows.find(({ tags }) => tags.length > 0)).toMatchObject({
      id: expect.any(String),
      tags: [{ id: tag.id, slug: 'core', name: 'Core', color: '#fff' }],
    })
    await updateTag(t.ctx, t.actor, { projectId, tagId: tag.id, slug: 'hot' })
    await expect(updateSecret(t.ctx, t.actor, { ...at('dev:/'), key: 'B', tagIds: [projectId] })).rejects.toThrow(
      'Tags not found',
    )
    const asked = await listSecrets(t.ctx, t.actor, { ...at('dev:/'), ...FLAGS, recursive: false, tags: ['hot'] })
    expect(asked.secrets.map(({ key }) => key)).toEqual(['A'])
    await deleteTag(t.ctx, t.actor, { projectId, tagId: tag.id })
    expect(await listTags(t.ctx, t.actor, { projectId })).toEqual([])
    expect((await getSecret(t.ctx, t.actor, { ...at('dev:/'), ...FLAGS, key: 'A' })).tags).toEqual([])
  })

  it('is searched by key and comment, never by value', async () => {
    await v.put('dev:/a', { DB_URL: 'needle', OTHER: 'x', __proto__2: 'y' })
    await updateSecret(t.ctx, t.actor, {
      ...at('dev:/a'),
      key: 'OTHER',
      comment: 'Used by the DB_url loader, 100%',
    })
    await v.put('prod:/', { DB_URL: 'p' })
    const search = (query: string, more = {}) =>
      searchSecrets(t.ctx, t.actor, { projectId, query, limit: 100, ...more })
    const found = await search('db_url')
    const names = found.secrets.map(
      ({ environment, secretPath, key, matched }) => `${environment}:${secretPath} ${key} ${matched}`,
    )
    expect(names.sort()).toEqual(['dev:/a DB_URL key', 'dev:/a OTHER comment', 'prod:/ DB_URL key'])
    expect((await search('needle')).secrets).toEqual([])
    expect((await search('100%', { environment: 'dev' })).secrets).toHaveLength(1)
    expect(await search('db_url', { limit: 1 })).toMatchObject({ secrets: [{}], more: true })
    const narrowed = await searchSecrets(
      t.ctx,
      t.actor,
      { projectId, query: 'db', limit: 10 },
      ({ environment }) => environment === 'prod',
    )
    expect(narrowed.secrets).toHaveLength(1)
  })

  it('compares environments without a value', async () => {
    await v.put('dev:/', { SAME: 'canary-1', DIFF: 'canary-2', MINE: 'm' })
    await v.put('prod:/', { SAME: 'canary-1', DIFF: 'canary-3', THEIRS: 't' })
    await v.put('prod:/deep', { X: 'x' })
    const matrix = (secretPath: string, hidden = '') =>
      environmentMatrix(t.ctx, t.actor, { projectId, secretPath }, (environment) => environment !== hidden)
    const compared = await matrix('/')
    const [dev, prod] = ['dev', 'prod'].map((slug) => compared.environments.indexOf(slug))
    const shown = (rows: typeof compared.rows) =>
      rows.map(({ secretPath, key, groups }) => [secretPath, key, groups[dev ?? -1], groups[prod ?? -1]])
    expect(shown(compared.rows)).toEqual([
      ['/', 'DIFF', 0, 1],
      ['/', 'MINE', 0, null],
      ['/', 'SAME', 0, 0],
      ['/', 'THEIRS', null, 0],
      ['/deep', 'X', null, 0],
    ])
    expect(JSON.stringify(compared)).not.toContain('canary')
    expect(shown((await matrix('/deep')).rows)).toEqual([['/deep', 'X', null, 0]])
    expect((await matrix('/none')).rows).toEqual([])
    const narrowed = await matrix('/', 'prod')
    expect(JSON.stringify(narrowed)).not.toMatch(/"prod"|THEIRS|\/deep/)
  })

  it('knows who uses what', async () => {
    await v.put('dev:/lib', { HOST: 'h', PORT: '1' })
    await v.put('dev:/app', { LOCAL: 'x' })
    await v.import('dev:/app', 'dev:/lib')
    await v.put('dev:/app', { URL: '${HOST}:${dev.lib.PORT}' })
    await v.put('prod:/', { FAR: '${dev.app.URL}' })
    const sync = await v.sync('prod:/')
    const uses = await listUses(t.ctx, t.actor, { ...at('dev:/lib'), key: 'HOST' })
    expect(uses.references).toEqual([{ key: 'URL', environment: 'dev', secretPath: '/app', to: '${HOST}' }])
    expect(uses.imports).toEqual([{ environment: 'dev', secretPath: '/app' }])
    expect(uses.syncs.map(({ id }) => id)).toEqual([sync])
    expect((await listUses(t.ctx, t.actor, at('dev:/app'))).references).toMatchObject([{ key: 'FAR' }])
    expect(await listReferences(t.ctx, t.actor, { ...at('dev:/lib'), key: 'HOST' })).toMatchObject({
      references: [{ key: 'URL', referenceType: 'imported' }],
      totalCount: 1,
    })
    const { tree, value } = await readReferenceTree(t.ctx, t.actor, { ...at('prod:/'), key: 'FAR' })
    expect(value).toBe('h:1')
    expect(tree).toMatchObject({
      key: 'FAR',
      environment: 'prod',
      children: [
        {
          key: 'URL',
          secretPath: '/app',
          children: [
            { key: 'HOST', value: 'h' },
            { key: 'PORT', value: '1' },
          ],
        },
      ],
    })
    await expect(listReferences(t.ctx, t.actor, { ...at('dev:/lib'), key: 'NONE' })).rejects.toThrow('not found')
  })
})
