import { onEveryDatabase } from '@keyferry/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

onEveryDatabase('the tree over REST', (open) => {
  let api: TestApi
  let projectId: string
  beforeAll(async () => {
    api = await readyApi(open)
    projectId = (await newProject(api)).id
  })
  afterAll(() => api.close())
  const put = async (key: string, secretValue: string, more = {}) =>
    (await api.send('POST', `/api/v4/secrets/${key}`, { projectId, environment: 'dev', secretValue, ...more })).body
      .secret
  const get = (path: string, query: Record<string, string> = {}) =>
    api.send('GET', `${path}?${new URLSearchParams({ projectId, environment: 'dev', ...query }).toString()}`)

  it('moves secrets, shows what a value is made of and who refers to it, as Infisical does', async () => {
    const host = await put('HOST', 'h')
    await put('URL', 'http://${HOST}/')
    const moved = await api.send('POST', '/api/v4/secrets/move', {
      projectId,
      sourceEnvironment: 'dev',
      sourceSecretPath: '/',
      destinationEnvironment: 'prod',
      destinationSecretPath: '/',
      secretIds: [host.id],
    })
    expect(moved).toMatchObject({ status: 200, body: { isSourceUpdated: true, isDestinationUpdated: true } })
    const tree = await get('/api/v4/secrets/URL/secret-reference-tree')
    expect(tree.body).toMatchObject({
      value: 'http://h/',
      tree: { key: 'URL', children: [{ key: 'HOST', environment: 'prod', value: 'h', children: [] }] },
    })
    const references = await get('/api/v4/secrets/HOST/secret-references', { environment: 'prod' })
    expect(references.body).toMatchObject({ references: [{ secretKey: 'URL', environment: 'dev' }], totalCount: 1 })
    const uses = (await get('/api/v1/secret-uses', { environment: 'prod', secretName: 'HOST' })).body
    expect(uses.references).toHaveLength(1)
    const readers = await get('/api/v1/folder-readers', { environment: 'prod', secretPath: '/' })
    expect(readers).toMatchObject({ status: 200, body: { readers: [] } })
  })

  it('tags, searches, compares, warns', async () => {
    const { body } = await api.send('POST', `/api/v1/workspace/${projectId}/tags`, { slug: 'core', color: '#fff' })
    const made = await put('TAGGED', '${NOWHERE}', { tagIds: [body.workspaceTag.id] })
    expect(made).toMatchObject({ tags: [{ slug: 'core' }], warnings: [expect.stringContaining('does not exist')] })
    expect((await get('/api/v3/secrets/raw', { tagSlugs: 'core' })).body.secrets).toHaveLength(1)
    expect(
      (await api.send('GET', `/api/v1/projects/${projectId}/secret-search?query=tagg`)).body.secrets,
    ).toMatchObject([{ secretKey: 'TAGGED' }])
    const { environments, rows } = (await api.send('GET', `/api/v1/projects/${projectId}/environment-matrix`)).body
    const tagged = rows.find(({ key }: { key: string }) => key === 'TAGGED')
    expect(tagged.groups).toEqual(environments.map((slug: string) => (slug === 'dev' ? 0 : null)))
  })

  it('keeps values byte for byte, as no client trims them', async () => {
    for (const value of [' a ', 'line\n', '\n\n\n', '\t', 'a\r\nb\r\n', '']) {
      const key = `BYTES_${Buffer.from(value).toString('hex')}`
      for (const base of ['/api/v3/secrets/raw', '/api/v4/secrets']) {
        await api.send('POST', `${base}/${key}`, {
          projectId,
          workspaceId: projectId,
          environment: 'dev',
          secretValue: value,
        })
        expect((await get(`${base}/${key}`)).body.secret.secretValue).toBe(value)
      }
    }
  })

  it('has a trash, a history and a file to take along', async () => {
    await put('OLD', 'one')
    await api.send('DELETE', '/api/v4/secrets/OLD', { projectId, environment: 'dev' })
    const [item] = (await get('/api/v1/trash')).body.trash
    expect(item).toMatchObject({ name: 'OLD', kind: 'secret' })
    const restored = await api.send('POST', `/api/v1/trash/${item.id}/restore`, { projectId, environment: 'dev' })
    expect(restored.body.restored).toMatchObject({ name: 'OLD', leftOut: [] })
    expect((await get('/api/v1/folder-history', { limit: '2' })).body.versions[0]).toMatchObject({
      key: 'OLD',
      version: 3,
    })
    const preview = await api.send('POST', '/api/v1/folder-history/restore', {
      projectId,
      environment: 'dev',
      at: '2020-01-01T00:00:00Z',
      dryRun: true,
    })
    expect(preview.body.changes).toContainEqual({ key: 'OLD', action: 'delete', version: null })
    const file = await api.send('POST', `/api/v1/projects/${projectId}/export`, { passphrase: 'correct horse battery' })
    const taken = await api.send('POST', '/api/v1/projects/import', {
      file: file.body.file,
      passphrase: 'correct horse battery',
      projectName: 'Copy',
      slug: 'copied',
    })
    expect(taken.body.project).toMatchObject({ name: 'Copy', slug: 'copied' })
    expect((await api.send('POST', '/api/v1/projects/import', { file: file.body.file, passphrase: 'x' })).status).toBe(
      400,
    )
    expect((await api.send('POST', `/api/v1/projects/${projectId}/rotate-data-key`, {})).status).toBe(200)
    expect((await api.send('GET', '/api/v1/data-key-rotations')).body.rotations).toHaveLength(1)
    expect((await get('/api/v4/secrets/OLD')).body.secret.secretValue).toBe('one')
  })

  it('brings back what was deleted at once, but nothing whose key is taken again', async () => {
    const { body } = await api.send('POST', `/api/v1/workspace/${projectId}/tags`, { slug: 'many', color: '#fff' })
    const at = { projectId, environment: 'staging', secretPath: '/' }
    const keys = Array.from({ length: 30 }, (_, n) => `MANY_${n + 10}`)
    const secrets = keys.map((secretKey, n) => ({
      secretKey,
      secretValue: n === 0 ? 'first' : '${MANY_10}',
      ...(n === 1 ? { tagIds: [body.workspaceTag.id] } : {}),
    }))
    await api.send('POST', '/api/v4/secrets/batch', { ...at, secrets })
    const remove = (some: string[]) =>
      api.send('DELETE', '/api/v4/secrets/batch', { ...at, secrets: some.map((secretKey) => ({ secretKey })) })
    await api.send('PATCH', '/api/v4/secrets/MANY_39', { ...at, secretValue: 'older' })
    await remove(['MANY_39'])
    api.clock.advance(1000)
    await api.send('POST', '/api/v4/secrets/MANY_39', { ...at, secretValue: 'newer' })
    await remove(keys)
    await api.send('POST', '/api/v4/secrets/MANY_20', { ...at, secretValue: 'of somebody else' })

    const restore = (keys: string[]) => api.send('POST', '/api/v1/trash/restore-secrets', { ...at, keys })
    const unknown = await restore([...keys, 'NEVER'])
    expect(unknown.status).toBe(404)
    expect(unknown.body.message).toContain('named NEVER')
    expect((await restore(keys)).body).toEqual({
      restored: keys.filter((key) => key !== 'MANY_20'),
      taken: ['MANY_20'],
    })
    const read = await api.send(
      'GET',
      `/api/v4/secrets?${new URLSearchParams({ ...at, expandSecretReferences: 'true' }).toString()}`,
    )
    const values = new Map<string, string>(
      read.body.secrets.map(({ secretKey, secretValue }: Record<string, string>) => [secretKey, secretValue]),
    )
    expect(keys.map((key) => values.get(key))).toEqual(
      keys.map((key) => (key === 'MANY_20' ? 'of somebody else' : key === 'MANY_39' ? 'newer' : 'first')),
    )
    expect((await get('/api/v3/secrets/raw', { environment: 'staging', tagSlugs: 'many' })).body.secrets).toHaveLength(
      1,
    )
    const trash = (await get('/api/v1/trash', { environment: 'staging' })).body.trash
    expect(trash.map(({ name }: { name: string }) => name).toSorted()).toEqual(['MANY_20', 'MANY_39'])
    expect((await restore(keys)).body).toEqual({ restored: [], taken: keys })
  })

  it('refuses a folder with a path that no request could name, whatever would lead to it', async () => {
    const at = { projectId, environment: 'dev' }
    const folder = (path: string, name: string) => api.send('POST', '/api/v1/folders', { ...at, path, name })
    const named = 'x'.repeat(255)
    const [long, other] = [`/long/${named}/${named}/${named}`, `/other/${named}`]
    expect((await folder(long, 'end')).status).toBe(200)
    expect((await folder(other, 'end')).status).toBe(200)
    const { folders } = (await get('/api/v1/folders', { path: '/' })).body
    const { id } = folders.find(({ name }: { name: string }) => name === 'long')
    const refused = await Promise.all([
      folder(long, named),
      api.send('PATCH', `/api/v1/folders/${id}`, { ...at, path: '/', name: named }),
      api.send('POST', `/api/v2/folders/${id}/move`, { ...at, destinationPath: `${other}/end` }),
    ])
    for (const { status, body, text } of refused)
      expect([status, body.message], text).toEqual([400, expect.stringContaining('at most 1024')])
    expect((await get('/api/v4/secrets', { secretPath: `${long}/end` })).status).toBe(200)
  })
})
