/** What a developer of one project or folder learns of other projects and folders by what they share: nothing. */
import { randomUUID } from 'node:crypto'
import { runSync } from '@keyferry/core'
import type { Emulator } from '@keyferry/core/emulators'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import type { Db } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { newProject, readyApi, type Answer, type TestApi } from '../src/testing.ts'
import { machine } from './request-matrix/machine.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

/** How many statements the store takes for `work`, in transactions and outside. */
async function statementsOf(db: Db, work: () => Promise<void>): Promise<number> {
  const executor = db.getExecutor()
  const provide = executor.provideConnection.bind(executor)
  let count = 0
  executor.provideConnection = (use) =>
    provide((connection) =>
      use({
        executeQuery: (query) => {
          count += 1
          return connection.executeQuery(query)
        },
        streamQuery: connection.streamQuery.bind(connection),
      }),
    )
  await work()
  Reflect.deleteProperty(executor, 'provideConnection')
  return count
}

onEveryDatabase('beside other projects and folders, a developer', (open) => {
  let api: TestApi
  let vendor: Emulator
  let projectId: string
  let token: string
  let syncId: string

  const admin = (method: Method, url: string, body?: unknown): Promise<Answer> => api.send(method, url, body)
  const narrowed = (method: Method, url: string, body?: unknown): Promise<Answer> =>
    api.send(method, url, body, { token })
  const at = (secretPath: string, environment = 'dev') => ({ projectId, environment, secretPath })
  const write = (as: typeof admin, secretPath: string, key: string, secretValue: string) =>
    as('POST', `/api/v4/secrets/${key}`, { ...at(secretPath), secretValue })
  const ofSync = (as: typeof admin) => as('GET', `/api/v1/secret-syncs/trigger-dev/${syncId}`)

  beforeAll(async () => {
    api = await readyApi(open)
    vendor = await startEmulator()
    projectId = (await newProject(api)).id
    for (const [path, name] of [
      ['/', 'a'],
      ['/', 'mid'],
      ['/', 'restricted'],
      ['/mid', 'm'],
    ])
      await admin('POST', '/api/v2/folders', { projectId, environment: 'dev', path, name })
    await write(admin, '/a', 'OWN', 'plain')
    const narrow = await machine(api, 'narrowed')
    token = narrow.token
    const scopes = ['/a/**', '/mid'].map((secretPath) => ({ environment: 'dev', secretPath }))
    const joined = await admin('POST', `/api/v1/projects/${projectId}/identity-memberships/${narrow.identityId}`, {
      role: 'developer',
      scopes,
    })
    expect(joined.status, joined.text).toBe(200)
    const connection = await admin('POST', '/api/v1/app-connections/trigger-dev', {
      name: 'vendor',
      method: 'api-key',
      credentials: vendor.credentials,
      projectId,
    })
    const sync = await admin('POST', '/api/v1/secret-syncs/trigger-dev', {
      name: 'reads-a',
      connectionId: connection.body.appConnection.id,
      ...at('/a'),
      syncOptions: { initialSyncBehavior: 'overwrite-destination', deletionPolicy: 'owned' },
      destinationConfig: vendor.target,
    })
    syncId = sync.body.secretSync.id
  })
  afterAll(async () => {
    await vendor.close()
    await api.close()
  })

  it('asks the store as often for fifty syncs as for five', async () => {
    const { db } = api.ctx
    const [sync] = await db.selectFrom('syncs').where('id', '=', syncId).selectAll().execute()
    if (!sync) throw new Error('there is no sync')
    const add = async (from: number, to: number) => {
      for (let n = from; n < to; n++) {
        const own = { id: randomUUID(), name: `copy ${n}`, targetKey: `${sync.targetKey} ${n}` }
        await db
          .insertInto('syncs')
          .values({ ...sync, ...own })
          .execute()
        const event = { id: randomUUID(), syncId: own.id, type: 'sync.recovered', at: '2026-01-01', reached: '[]' }
        await db
          .insertInto('syncEvents')
          .values({ ...event, projectId, reason: JSON.stringify({ code: 'in-sync' }) })
          .execute()
      }
    }
    const query = new URLSearchParams(at('/a')).toString()
    const urls = [
      `/api/v1/secret-syncs?projectId=${projectId}`,
      `/api/v1/projects/${projectId}/runs`,
      `/api/v1/secret-uses?${query}`,
      `/api/v1/secrets/OWN/delivery?${query}`,
      `/api/v1/secret-deliveries?${query}`,
      '/api/v1/notifications?limit=100',
    ]
    const statements = async () => {
      const found = []
      for (const url of urls) found.push([url, await statementsOf(db, async () => void (await narrowed('GET', url)))])
      return found
    }
    await add(0, 4)
    for (const url of urls) expect([url, (await narrowed('GET', url)).status]).toEqual([url, 200])
    const few = await statements()
    expect(few.every(([, count]) => Number(count) > 2)).toBe(true)
    await add(4, 49)
    expect(await statements()).toEqual(few)
    const { body } = await narrowed('GET', urls[0] ?? '')
    expect(body.secretSyncs).toHaveLength(50)
    await db.deleteFrom('syncs').where('name', 'like', 'copy %').execute()
    await db.deleteFrom('syncEvents').execute()
  })

  it('is refused names that are taken without hearing whose they are', async () => {
    const secret = (await admin('POST', '/api/v1/projects', { projectName: 'Secret Merger', slug: 'secret-merger' }))
      .body
    expect(secret.project.slug).toBe('secret-merger')
    const other = await machine(api, 'admin of one project')
    await admin('POST', `/api/v1/projects/${projectId}/identity-memberships/${other.identityId}`, { role: 'admin' })
    const as = (method: Method, url: string, body?: unknown) => api.send(method, url, body, { token: other.token })
    const taken = await as('PATCH', `/api/v1/projects/${projectId}`, { slug: 'secret-merger' })
    expect([taken.status, taken.body.message]).toEqual([
      400,
      'Project slug "secret-merger" is already taken. Choose another slug.',
    ])
    const shared = await admin('POST', '/api/v1/app-connections/trigger-dev', {
      name: 'shared',
      method: 'api-key',
      credentials: vendor.credentials,
      allowedProjects: [secret.project.id],
    })
    const { id } = shared.body.appConnection
    const createWith = (destinationConfig: object) =>
      as('POST', '/api/v1/secret-syncs/trigger-dev', {
        name: 'with-shared',
        connectionId: id,
        ...at('/mid'),
        syncOptions: {
          initialSyncBehavior: 'overwrite-destination',
          keySchema: 'MID_{{secretKey}}',
          deletionPolicy: 'owned',
        },
        destinationConfig,
        isAutoSyncEnabled: false,
      })
    const path = `/api/v1/app-connections/trigger-dev/${id}`
    const seen = async () => [
      (await as('GET', path)).status,
      (await createWith(vendor.target)).status,
      JSON.stringify((await as('GET', '/api/v1/app-connections')).body).includes('"shared"'),
      JSON.stringify(
        (await as('GET', `/api/v1/app-connections/trigger-dev/available?projectId=${projectId}`)).body,
      ).includes('"shared"'),
    ]
    expect(await seen()).toEqual([404, 404, false, false])
    const allow = (allowed: object) => admin('PATCH', path, allowed)
    await allow({ allowedProjects: [secret.project.id, projectId], allowedTargets: [{ projectRef: 'proj_other' }] })
    expect((await as('GET', path)).body.appConnection.allowedProjects).toEqual([projectId])
    expect(await seen()).toEqual([200, 400, true, true])
    // Nor does it list what else the vendor's account has.
    const offered = async (who: typeof admin) => {
      const asked = encodeURIComponent(JSON.stringify({ connectionId: id, list: 'projects' }))
      return JSON.stringify((await who('GET', `/api/trpc/connections.choices?input=${asked}`)).body.result.data)
    }
    expect(await offered(admin)).toContain(vendor.target['projectRef'])
    expect(await offered(as)).not.toContain(vendor.target['projectRef'])
    await allow({ allowedTargets: [{ projectRef: vendor.target['projectRef'], environment: 'dev' }] })
    expect(await offered(as)).toContain(vendor.target['projectRef'])
    for (const target of [{}, { nothing: 'x' }]) {
      const refused = await allow({ allowedTargets: [target] })
      expect([refused.status, refused.body.details.summary]).toEqual([422, expect.stringContaining('projectRef')])
    }
    await allow({ allowedTargets: null })
    const made = await createWith(vendor.target)
    expect(made.status).toBe(200)
    const ofUsed = `/api/v1/secret-syncs/trigger-dev/${made.body.secretSync.id}`
    const ran = async (): Promise<object> => {
      await runSync(api.ctx, made.body.secretSync.id, new AbortController().signal)
      return (await admin('GET', ofUsed)).body.secretSync
    }
    await write(admin, '/mid', 'SENT', 'one')
    await admin('PATCH', ofUsed, { isAutoSyncEnabled: true, syncOptions: { driftRepair: true } })
    expect(await ran()).toMatchObject({ syncStatus: 'succeeded', inSync: true })
    await allow({ allowedProjects: [secret.project.id] })
    // The change makes it due.
    expect(await ran()).toMatchObject({ syncStatus: 'blocked', blocked: { kind: 'access' } })
    // Its drift is not repaired either, and its target is not shown.
    vendor.remove('MID_SENT')
    const asked = vendor.log.length
    await admin('POST', `${ofUsed}/check-drift`)
    expect(await ran()).toMatchObject({ drift: { message: expect.stringContaining('not allowed to use') } })
    expect((await as('GET', `${ofUsed}/plan`)).status).toBe(400)
    expect(vendor.log.length).toBe(asked)
    await allow({ allowedProjects: null })
    expect(await ran()).toMatchObject({ syncStatus: 'succeeded', inSync: true, blocked: null })
    const log = await admin('GET', '/api/v1/audit?action=connection.update')
    expect(JSON.stringify(log.body)).toContain('allowedProjects')
  })

  it('sees no other folder or project in pending deletions and taken targets', async () => {
    const { secretSync } = (await ofSync(admin)).body
    const hidden = await admin('POST', '/api/v1/secret-syncs/trigger-dev', {
      name: 'reads-hidden',
      connectionId: secretSync.connectionId,
      ...at('/mid/m'),
      syncOptions: {
        initialSyncBehavior: 'overwrite-destination',
        keySchema: 'M_{{secretKey}}',
        deletionPolicy: 'owned',
      },
      destinationConfig: vendor.target,
      isAutoSyncEnabled: false,
    })
    expect(hidden.status, hidden.text).toBe(200)
    const { db } = api.ctx
    const { folders } = (await admin('GET', `/api/v2/folders?projectId=${projectId}&environment=dev&path=/`)).body
    const mid = folders.find(({ name }: { name: string }) => name === 'mid')
    for (const [kind, subjectId] of [
      ['folder', mid.id],
      ['project', projectId],
    ] as const)
      await db
        .insertInto('deletions')
        .values({ id: randomUUID(), projectId, kind, subjectId, actor: '{"name":"x"}', createdAt: kind })
        .execute()
    const syncsOf = async (as: typeof admin): Promise<[string, string[]][]> =>
      (await as('GET', `/api/v1/projects/${projectId}/pending-deletions`)).body.deletions.map(
        ({ kind, syncs }: { kind: string; syncs: { name: string }[] }) => [kind, syncs.map(({ name }) => name)],
      )
    expect(await syncsOf(admin)).toMatchObject([
      ['folder', expect.arrayContaining(['reads-hidden'])],
      ['project', expect.arrayContaining(['reads-a', 'reads-hidden'])],
    ])
    const seen = new Map(await syncsOf(narrowed))
    expect([...seen.keys()]).toEqual(['folder', 'project'])
    expect(seen.get('project')).toContain('reads-a')
    expect([...seen.values()].flat()).not.toContain('reads-hidden')
    await db.deleteFrom('deletions').execute()
    await admin('DELETE', `/api/v1/secret-syncs/trigger-dev/${hidden.body.secretSync.id}`)

    const check = (as: typeof admin, target: object) =>
      as('POST', '/api/v1/secret-syncs/trigger-dev/check-destination', { projectId, destinationConfig: target })
    expect((await check(admin, vendor.target)).body).toMatchObject({ hasDuplicate: true })
    const refused = await Promise.all(
      [vendor.target, { ...vendor.target, projectRef: 'proj_free' }].map((target) => check(narrowed, target)),
    )
    expect(refused.map(({ status }) => status)).toEqual([403, 403])
    expect(new Set(refused.map(({ body }) => body.message)).size).toBe(1)
  })

  it('leads no sync elsewhere with a connection out of sight, as admin of its folder', async () => {
    const manager = await machine(api, 'manages a')
    const scopes = [{ environment: 'dev', secretPath: '/a/**' }]
    const member = { role: 'admin', scopes }
    await admin('POST', `/api/v1/projects/${projectId}/identity-memberships/${manager.identityId}`, member)
    const manage = (method: Method, url: string, body: unknown) => api.send(method, url, body, manager)
    const elsewhere = { destinationConfig: { ...vendor.target, environment: 'staging' } }
    const url = `/api/v1/secret-syncs/trigger-dev/${syncId}`
    const before = (await ofSync(admin)).body.secretSync
    expect((await manage('PATCH', url, elsewhere)).status).toBe(404)
    const probe = { projectId, excludeSyncId: syncId, ...elsewhere }
    expect((await manage('POST', '/api/v1/secret-syncs/trigger-dev/check-destination', probe)).status).toBe(404)
    expect((await ofSync(admin)).body.secretSync.destinationConfig).toEqual(before.destinationConfig)
    expect((await manage('PATCH', url, { description: 'theirs' })).status).toBe(200)
  })

  it('hears live events of its folders only, until its token ends', async () => {
    const base = await api.app.listen({ port: 0, host: '127.0.0.1' })
    const input = encodeURIComponent(JSON.stringify({ projectId }))
    const stream = await fetch(`${base}/api/trpc/syncs.events?input=${input}`, {
      headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    })
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader()
    let heard = ''
    const hear = async (text: string) => {
      for (;;) {
        const next = await reader?.read()
        if (!next || next.done) return false
        heard += next.value
        if (heard.includes(text)) return true
      }
    }
    await hear('connected')
    // Of settings only what they may read: not of members, machines and connections, but of a project that is theirs.
    await machine(api, 'somebody else')
    const elsewhere = await newProject(api, 'Elsewhere')
    await admin('PATCH', `/api/v1/projects/${elsewhere.id}`, { name: 'Renamed elsewhere' })
    await admin('PATCH', `/api/v1/projects/${projectId}`, { description: 'Theirs' })
    expect(await hear('settings')).toBe(true)
    expect(heard.match(/{"kind":"settings".*}/g)).toEqual([
      JSON.stringify({ kind: 'settings', projectId, about: 'project', actorId: '' }),
    ])
    heard = ''
    const own = (await admin('GET', `/api/v2/folders?projectId=${projectId}&environment=dev&path=/`)).body.folders
    const idOf = (name: string): string => own.find((one: { name: string }) => one.name === name).id
    await write(admin, '/restricted', 'SECOND', 'x')
    await write(admin, '/mid', 'THIRD', 'x')
    expect(await hear(idOf('mid'))).toBe(true)
    expect(heard).not.toContain(idOf('restricted'))
    heard = ''
    for (const name of ['restricted', 'mid'])
      api.ctx.events.publish({
        kind: 'deletion-ended',
        projectId,
        subject: 'folder',
        subjectId: idOf(name),
        environment: 'dev',
        secretPath: `/${name}`,
        outcome: 'deleted',
      })
    expect(await hear(idOf('mid'))).toBe(true)
    expect(heard).not.toContain('restricted')
    // A run that takes away what came from out of reach says no sums, though the source shows no part of it any more.
    const { db } = api.ctx
    const reached = (before: string[]) =>
      db
        .updateTable('syncs')
        .set({ reached: JSON.stringify({ now: [], before }) })
        .where('id', '=', syncId)
        .execute()
    const progress = { kind: 'sync', projectId, syncId, state: 'running', done: 17, total: 17 } as const
    await reached([idOf('restricted')])
    api.ctx.events.publish(progress)
    expect(await hear('"total":')).toBe(true)
    expect(heard).toContain('"total":0')
    await reached([])
    api.ctx.events.publish(progress)
    expect(await hear('"total":17')).toBe(true)
    await narrowed('POST', '/api/v1/auth/token/revoke', { accessToken: token })
    heard = ''
    await write(admin, '/mid', 'FOURTH', 'x')
    expect(await hear(idOf('mid'))).toBe(false)
  })

  it('sees no syncs of other projects counted at a connection that all projects share', async () => {
    const [own, foreign] = [await newProject(api, 'Own'), await newProject(api, 'Foreign')]
    const { body } = await admin('POST', '/api/v1/app-connections/trigger-dev', {
      name: 'of-all-projects',
      method: 'api-key',
      credentials: vendor.credentials,
    })
    expect(body).toMatchObject({ appConnection: { usedBy: 0 } })
    const { id: connectionId } = body.appConnection
    for (const project of [own, foreign]) {
      const made = await admin('POST', '/api/v1/secret-syncs/trigger-dev', {
        name: 'shares',
        projectId: project.id,
        connectionId,
        environment: 'dev',
        secretPath: '/',
        isAutoSyncEnabled: false,
        syncOptions: {
          initialSyncBehavior: 'overwrite-destination',
          deletionPolicy: 'owned',
          keySchema: `${project.name}_{{secretKey}}`,
        },
        destinationConfig: vendor.target,
      })
      expect(made.status, made.text).toBe(200)
    }
    const other = await machine(api, 'admin of one project')
    await admin('POST', `/api/v1/projects/${own.id}/identity-memberships/${other.identityId}`, { role: 'admin' })
    const url = `/api/v1/app-connections/trigger-dev/${connectionId}`
    expect((await api.send('GET', url, undefined, other)).body.appConnection).toMatchObject({ usedBy: 1 })
    expect((await admin('GET', url)).body.appConnection).toMatchObject({ usedBy: 2 })
  })
})
