import { onEveryDatabase } from '@keyferry/db/testing'
import { HIDDEN_VALUE } from '@keyferry/schemas'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newProject, readyApi, type TestApi } from '../src/testing.ts'

onEveryDatabase('projects, folders and secrets over REST', (open) => {
  let api: TestApi
  let projectId: string
  beforeAll(async () => {
    api = await readyApi(open)
  })
  beforeEach(async () => {
    projectId = (await newProject(api)).id
  })
  afterAll(() => api.close())

  const ok = async (...request: Parameters<TestApi['send']>) => {
    const answer = await api.send(...request)
    expect(answer.status, answer.text).toBe(200)
    return answer.body
  }

  it('projects', async () => {
    const { project } = await ok('POST', '/api/v2/workspace', {
      projectName: 'Second',
      type: 'secret-manager',
      slug: 'second-one',
    })
    expect(project).toMatchObject({ _id: project.id, name: 'Second', slug: 'second-one', type: 'secret-manager' })
    expect(project.environments.map((environment: { slug: string }) => environment.slug)).toEqual([
      'dev',
      'staging',
      'prod',
    ])

    expect((await ok('GET', '/api/v1/projects')).projects).toContainEqual(project)
    expect((await ok('GET', '/api/v1/workspace')).workspaces).toContainEqual(project)
    expect((await ok('GET', `/api/v1/projects/${project.id}`)).project).toEqual(project)
    expect((await ok('GET', `/api/v1/workspace/${project.id}`)).workspace).toEqual(project)
    expect(await ok('GET', '/api/v1/projects/slug/second-one')).toEqual(project)

    const { project: renamed } = await ok('PATCH', `/api/v1/projects/${project.id}`, { name: 'Third', unknown: 1 })
    expect(renamed.name).toBe('Third')
    expect((await ok('DELETE', `/api/v1/projects/${project.id}`)).project.id).toBe(project.id)
    expect((await api.send('GET', `/api/v1/projects/${project.id}`)).status).toBe(404)
  })

  it.each(['projects', 'workspace'])('environments below %s', async (family) => {
    const base = `/api/v1/${family}/${projectId}/environments`
    const created = await ok('POST', base, { name: 'Quality', slug: 'qa', projectId })
    expect(created).toMatchObject({
      message: expect.any(String),
      workspace: projectId,
      environment: { name: 'Quality', slug: 'qa', id: expect.any(String) },
    })
    const { environment } = await ok('PATCH', `${base}/${created.environment.id}`, { slug: 'quality' })
    expect(environment.slug).toBe('quality')
    expect((await ok('DELETE', `${base}/${environment.id}`)).environment.id).toBe(environment.id)
  })

  it.each([
    ['v1', 'workspaceId'],
    ['v2', 'projectId'],
  ])('folders and imports %s', async (version, name) => {
    const at = { [name]: projectId, environment: 'dev' }
    const query = `${name}=${projectId}&environment=dev`
    const { folder } = await ok('POST', `/api/${version}/folders`, { ...at, name: 'api', directory: '/' })
    expect(folder).toMatchObject({ id: expect.any(String), name: 'api', path: '/api' })
    await ok('POST', `/api/${version}/folders`, { ...at, name: 'inner', path: '/api' })
    expect((await ok('GET', `/api/${version}/folders?${query}`)).folders).toHaveLength(1)
    expect((await ok('GET', `/api/${version}/folders?${query}&recursive=true`)).folders).toHaveLength(2)
    expect((await ok('GET', `/api/${version}/folders?${query}&recursive=false`)).folders).toHaveLength(1)
    expect((await ok('GET', `/api/${version}/folders?${query}&path=/nowhere`)).folders).toEqual([])
    expect((await ok('GET', `/api/${version}/folders/${folder.id}`)).folder).toMatchObject({
      id: folder.id,
      path: '/api',
    })
    expect(
      (await ok('PATCH', `/api/${version}/folders/${folder.id}`, { ...at, name: 'web', path: '/' })).folder.path,
    ).toBe('/web')

    const made = await ok('POST', `/api/${version}/secret-imports`, {
      ...at,
      path: '/',
      import: { environment: 'prod', path: '/' },
    })
    expect(made).toMatchObject({
      message: expect.any(String),
      secretImport: { importPath: '/', importEnv: { slug: 'prod' }, position: 1 },
    })
    expect((await ok('GET', `/api/${version}/secret-imports?${query}`)).secretImports).toHaveLength(1)
    const { id } = made.secretImport
    await ok('PATCH', `/api/${version}/secret-imports/${id}`, { ...at, import: { environment: 'staging' } })
    expect(
      (await ok('DELETE', `/api/${version}/secret-imports/${id}`, { ...at, path: '/' })).secretImport.importEnv.slug,
    ).toBe('staging')
    expect((await ok('DELETE', `/api/${version}/folders/web`, { ...at, path: '/' })).folder.name).toBe('web')
  })

  describe.each([
    ['/api/v3/secrets/raw', '/api/v3/secrets/batch/raw', 'workspaceId'],
    ['/api/v4/secrets', '/api/v4/secrets/batch', 'projectId'],
  ])('%s', (base, batch, name) => {
    it('writes and reads one secret', async () => {
      const at = { [name]: projectId, environment: 'dev' }
      const query = `${name}=${projectId}&environment=dev`
      const { secret } = await ok('POST', `${base}/DATABASE_URL`, {
        ...at,
        secretValue: 'postgres://a',
        secretComment: 'main',
        type: 'shared',
      })
      expect(secret).toMatchObject({
        _id: secret.id,
        workspace: projectId,
        environment: 'dev',
        secretKey: 'DATABASE_URL',
        secretValue: 'postgres://a',
        version: 1,
        secretPath: '/',
      })
      expect((await ok('GET', `${base}/DATABASE_URL?${query}&secretName=DATABASE_URL`)).secret.secretValue).toBe(
        'postgres://a',
      )
      const hidden = await ok('GET', `${base}/DATABASE_URL?${query}&viewSecretValue=false`)
      expect(hidden.secret).toMatchObject({ secretValue: HIDDEN_VALUE, secretValueHidden: true })
      expect((await api.send('POST', `${base}/DATABASE_URL`, { ...at, secretValue: 'again' })).status).toBe(400)

      const changed = await ok('PATCH', `${base}/DATABASE_URL`, {
        ...at,
        secretValue: 'postgres://b',
        newSecretName: 'DB',
      })
      expect(changed.secret).toMatchObject({ secretKey: 'DB', secretValue: 'postgres://b', version: 2 })
      expect((await ok('GET', `${base}?${query}`)).secrets).toHaveLength(1)
      expect((await ok('DELETE', `${base}/DB`, at)).secret.secretKey).toBe('DB')
      expect((await api.send('GET', `${base}/DB?${query}`)).status).toBe(404)
    })

    it('writes many, all or none', async () => {
      const at = { [name]: projectId, environment: 'dev', secretPath: '/' }
      const { secrets } = await ok('POST', batch, {
        ...at,
        secrets: [
          { secretKey: 'A', secretValue: '1' },
          { secretKey: 'B', secretValue: '2' },
        ],
      })
      expect(secrets).toHaveLength(2)
      const refused = await api.send('POST', batch, {
        ...at,
        secrets: [
          { secretKey: 'C', secretValue: '3' },
          { secretKey: 'A', secretValue: '1' },
        ],
      })
      expect(refused.status).toBe(400)
      const missing = await api.send('PATCH', batch, {
        ...at,
        secrets: [
          { secretKey: 'A', secretValue: '9' },
          { secretKey: 'Z', secretValue: '9' },
        ],
      })
      expect(missing.status).toBe(404)
      await ok('PATCH', batch, {
        ...at,
        mode: 'upsert',
        secrets: [
          { secretKey: 'A', secretValue: '9' },
          { secretKey: 'Z', secretValue: '9' },
        ],
      })
      const listed = await ok('GET', `${base}?${name}=${projectId}&environment=dev`)
      const values = listed.secrets.map((secret: { secretKey: string; secretValue: string }) => [
        secret.secretKey,
        secret.secretValue,
      ])
      expect(values.sort()).toEqual([
        ['A', '9'],
        ['B', '2'],
        ['Z', '9'],
      ])
      await ok('DELETE', batch, { ...at, secrets: [{ secretKey: 'A' }, { secretKey: 'B' }] })
      expect((await ok('GET', `${base}?${name}=${projectId}&environment=dev`)).secrets).toHaveLength(1)
    })

    it('treats names of prototypes like any other', async () => {
      const at = { [name]: projectId, environment: 'dev' }
      const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty']
      for (const key of names) {
        const { secret } = await ok('POST', `${base}/${key}`, { ...at, secretValue: `value of ${key}` })
        expect(secret.secretKey).toBe(key)
        const read = await ok('GET', `${base}/${key}?${name}=${projectId}&environment=dev`)
        expect(read.secret.secretValue).toBe(`value of ${key}`)
      }
      const { secrets } = await ok('GET', `${base}?${name}=${projectId}&environment=dev`)
      expect(secrets.map((secret: { secretKey: string }) => secret.secretKey).sort()).toEqual([...names].sort())
      await ok('DELETE', batch, { ...at, secretPath: '/', secrets: names.map((secretKey) => ({ secretKey })) })
    })
  })

  it('gives each import a block in ascending priority, and follows references when asked', async () => {
    const dev = { projectId, environment: 'dev' }
    await ok('POST', '/api/v4/secrets/HOST', { ...dev, secretValue: 'localhost' })
    await ok('POST', '/api/v4/secrets/URL', { ...dev, secretValue: 'http://${HOST}' })
    for (const environment of ['staging', 'prod']) {
      await ok('POST', '/api/v4/secrets/REGION', { projectId, environment, secretValue: environment })
      await ok('POST', '/api/v2/secret-imports', { ...dev, path: '/', import: { environment, path: '/' } })
    }
    const query = `workspaceId=${projectId}&environment=dev`
    const plain = await ok('GET', `/api/v3/secrets/raw?${query}&expandSecretReferences=false`)
    expect(plain.imports).toEqual([])
    expect(plain.secrets.map((secret: { secretValue: string }) => secret.secretValue)).toContain('http://${HOST}')
    const full = await ok('GET', `/api/v3/secrets/raw?${query}&expandSecretReferences=true&include_imports=true`)
    expect(full.secrets.map((secret: { secretValue: string }) => secret.secretValue)).toContain('http://localhost')
    const blocks = full.imports.map((from: { environment: string; secrets: unknown[] }) => [
      from.environment,
      from.secrets.length,
    ])
    expect(blocks).toEqual([
      ['staging', 0],
      ['prod', 1],
    ])
    const one = await ok('GET', `/api/v3/secrets/raw/REGION?${query}&includeImports=true`)
    expect(one.secret.secretValue).toBe('prod')
  })

  it("writes each item of a batch to the item's own folder, and nothing where one is missing", async () => {
    const at = { projectId, environment: 'dev', secretPath: '/' }
    for (const name of ['a', 'b'])
      await ok('POST', '/api/v2/folders', { projectId, environment: 'dev', path: '/', name })
    const item = (secretKey: string, secretPath: string | undefined, secretValue: string) => ({
      secretKey,
      ...(secretPath === undefined ? {} : { secretPath }),
      secretValue,
    })
    const valueAt = async (path: string) =>
      (await api.send('GET', `/api/v4/secrets/DB?projectId=${projectId}&environment=dev&secretPath=${path}`)).body
        .secret?.secretValue
    const values = async () => [await valueAt('/'), await valueAt('/a'), await valueAt('/b')]
    const created = await ok('POST', '/api/v4/secrets/batch', {
      ...at,
      secrets: [item('DB', undefined, 'root'), item('DB', '/a', 'in a')],
    })
    expect(created.secrets.map(({ secretPath }: { secretPath: string }) => secretPath)).toEqual(['/', '/a'])
    expect(await values()).toEqual(['root', 'in a', undefined])
    await ok('PATCH', '/api/v3/secrets/batch/raw', {
      ...at,
      mode: 'upsert',
      secrets: [item('DB', '/a', 'new for a'), item('DB', '/b', 'new for b')],
    })
    expect(await values()).toEqual(['root', 'new for a', 'new for b'])
    for (const method of ['POST', 'PATCH'] as const) {
      const secrets = [item('DB', undefined, 'lost'), item('DB', '/none', 'lost')]
      const refused = await api.send(method, '/api/v4/secrets/batch', { ...at, mode: 'upsert', secrets })
      expect(refused.status).toBeGreaterThanOrEqual(400)
    }
    const narrowed = await ok('DELETE', '/api/v4/secrets/batch', {
      ...at,
      secrets: [{ secretKey: 'DB', secretPath: '/b' }],
    })
    expect(narrowed.secrets).toMatchObject([{ secretPath: '/b', secretValue: 'new for b' }])
    expect(await values()).toEqual(['root', 'new for a', undefined])
  })

  it('brings the imports of every folder that a recursive list shows', async () => {
    const dev = { projectId, environment: 'dev' }
    for (const [path, name] of [
      ['/', 'app'],
      ['/app', 'api'],
      ['/', 'shared'],
    ])
      await ok('POST', '/api/v2/folders', { ...dev, path, name })
    await ok('POST', '/api/v4/secrets/SHARED', { ...dev, secretPath: '/shared', secretValue: 'shared' })
    await ok('POST', '/api/v2/secret-imports', {
      ...dev,
      path: '/app/api',
      import: { environment: 'dev', path: '/shared' },
    })
    const query = `projectId=${projectId}&environment=dev&secretPath=/app`
    const { imports } = await ok('GET', `/api/v4/secrets?${query}&recursive=true`)
    expect(imports).toMatchObject([{ secretPath: '/shared', secrets: [{ secretKey: 'SHARED' }] }])
    expect((await ok('GET', `/api/v4/secrets?${query}`)).imports).toEqual([])
  })

  it('tags what it reads, and answers 304 until something that is shown changes', async () => {
    const dev = { projectId, environment: 'dev' }
    for (const name of ['own', 'low', 'far']) await ok('POST', '/api/v2/folders', { ...dev, path: '/', name })
    const put = (method: 'POST' | 'PATCH', secretPath: string, key: string, secretValue: string) =>
      ok(method, `/api/v4/secrets/${key}`, { ...dev, secretPath, secretValue })
    await put('POST', '/own', 'OWN', 'is ${dev.far.FAR}')
    await put('POST', '/low', 'IMPORTED', 'low')
    await put('POST', '/far', 'FAR', 'far')
    await put('POST', '/far', 'OTHER', 'other')
    await ok('POST', '/api/v2/secret-imports', { ...dev, path: '/own', import: { environment: 'dev', path: '/low' } })
    const list = `/api/v4/secrets?projectId=${projectId}&environment=dev&secretPath=/own`
    const one = `/api/v4/secrets/OWN?projectId=${projectId}&environment=dev&secretPath=/own`
    const read = (url: string, tag?: string) =>
      api.send('GET', url, undefined, tag === undefined ? {} : { headers: { 'if-none-match': tag } })
    const tagOf = async (url: string) => {
      const { status, headers } = await read(url)
      expect(status).toBe(200)
      return String(headers['etag'])
    }
    let tag = await tagOf(list)
    expect(tag).toMatch(/^"[\w.-]+"$/)
    // The first time it is read and compared, later it is known.
    for (const _ of [1, 2, 3]) expect(await read(list, `"other", W/${tag}`)).toMatchObject({ status: 304, text: '' })
    const single = await tagOf(one)
    const readings = async () => (await api.ctx.db.selectFrom('audit').select('id').execute()).length
    await read(one, single)
    const before = await readings()
    expect((await read(one, single)).status).toBe(304)
    expect(await readings()).toBe(before)
    expect(single).not.toBe(tag)
    const changes: (() => Promise<unknown>)[] = [
      () => put('PATCH', '/own', 'OWN', 'now ${dev.far.FAR}'),
      () => put('PATCH', '/low', 'IMPORTED', 'changed'),
      () => put('PATCH', '/far', 'FAR', 'changed'),
      () => ok('PATCH', '/api/v4/secrets/OWN', { ...dev, secretPath: '/own', secretComment: 'a note' }),
      () => put('POST', '/low', 'MORE', 'more'),
    ]
    for (const change of changes) {
      expect((await read(list, tag)).status).toBe(304)
      await change()
      const changed = await read(list, tag)
      expect(changed.status).toBe(200)
      tag = String(changed.headers['etag'])
    }
    // What is not shown changes nothing, and a reader with other rights has no use of this tag.
    await put('PATCH', '/far', 'OTHER', 'changed')
    expect((await read(list, tag)).status).toBe(304)
    expect((await read(`${list}&viewSecretValue=false`, tag)).status).toBe(200)
    expect((await api.send('GET', list, undefined, { token: null, headers: { 'if-none-match': tag } })).status).toBe(
      401,
    )
    await ok('DELETE', `/api/v2/folders/own`, { ...dev, path: '/' })
    expect((await read(list, tag)).status).toBe(404)
  })

  it('finds a project by its slug where an older client names it so', async () => {
    const { project } = await ok('GET', `/api/v1/projects/${projectId}`)
    await ok('POST', '/api/v3/secrets/raw/A', { workspaceSlug: project.slug, environment: 'dev', secretValue: '1' })
    expect((await ok('GET', `/api/v3/secrets/raw?workspaceSlug=${project.slug}&environment=dev`)).secrets).toHaveLength(
      1,
    )
  })

  it('shows rows and versions without values', async () => {
    await ok('POST', '/api/v4/secrets/A', { projectId, environment: 'dev', secretValue: 'first-canary' })
    await ok('PATCH', '/api/v4/secrets/A', { projectId, environment: 'dev', secretValue: 'second-canary' })
    const query = `projectId=${projectId}&environment=dev`
    const rows = await api.send('GET', `/api/v1/secret-rows?${query}`)
    expect(rows.body.rows).toMatchObject([{ key: 'A', version: 2, origin: { kind: 'own' } }])
    const versions = await api.send('GET', `/api/v1/secret-versions/A?${query}`)
    expect(versions.body.secretVersions.map((version: { version: number }) => version.version)).toEqual([2, 1])
    expect(rows.text + versions.text).not.toContain('canary')
  })

  it('tells for each key in which environments the value is the same', async () => {
    const put = (environment: string, key: string, secretValue: string, secretPath = '/') =>
      ok('POST', `/api/v4/secrets/${key}`, { projectId, environment, secretPath, secretValue })
    await ok('POST', '/api/v1/folders', { projectId, environment: 'prod', name: 'api', path: '/' })
    await put('dev', 'A', '1')
    await put('staging', 'A', '2')
    await put('prod', 'A', '1')
    await put('prod', 'B', '1', '/api')
    const { body, text } = await api.send('GET', `/api/v1/projects/${projectId}/environment-matrix?secretPath=/`)
    expect(body).toEqual({
      environments: ['dev', 'staging', 'prod'],
      rows: [
        { secretPath: '/', key: 'A', groups: [0, 1, 0] },
        { secretPath: '/api', key: 'B', groups: [null, null, 0] },
      ],
    })
    expect(text).not.toContain('"1"')
  })
})
