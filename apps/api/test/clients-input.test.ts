/**
 * The same requests as Infisical's clients write them: each route is sent its input plainly in one project, and in
 * those forms in another that is like it. Both must be answered alike.
 */
import type { Emulator } from '@keyferry/core/emulators'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { openSqliteStore } from '@keyferry/db/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missingIn, notCompared } from './infisical-shapes/compare.ts'
import { restRoutes, type RestRoute } from '../src/rest/procedures.ts'
import { inputFor, procedures, readBy } from './request-matrix/inputs.ts'
import { machine } from './request-matrix/machine.ts'
import { seedFixtures } from './request-matrix/seed-fixtures.ts'
import { ACCOUNT, emptyApi, newProject, type Answer, type TestApi } from '../src/testing.ts'

type Fields = Record<string, unknown>

let api: TestApi
let vendor: Emulator
beforeAll(async () => {
  api = await emptyApi(openSqliteStore)
  const route = { method: 'POST', path: '/api/v1/admin/bootstrap' } as const
  const made = await api.send(route.method, route.path, ACCOUNT)
  expect(missingIn(route, made)).toEqual([])
  api.token = made.body.identity.credentials.token
  vendor = await startEmulator()
})
afterAll(async () => {
  await vendor.close()
  await api.close()
})

/** Reads first, deletes last; within those the narrowest path first, so that what is named still exists. */
const ORDER = ['GET', 'POST', 'PATCH', 'DELETE']
const depth = ({ route }: RestRoute): number => route.path.split('/').length
const ordered = restRoutes.toSorted(
  (a, b) => ORDER.indexOf(a.route.method) - ORDER.indexOf(b.route.method) || depth(b) - depth(a),
)

describe('every route takes its input in the forms that clients use', () => {
  let plain: Map<string, unknown>
  let other: Map<string, unknown>
  beforeAll(async () => {
    const world = async (name: string) => {
      const { identityId } = await machine(api, name)
      const people = [{ id: identityId, kind: 'identity' as const, role: 'developer', scopes: null }]
      const seeded = await seedFixtures(api, vendor, people, { environment: 'dev', path: '/api' })
      return seeded.set('name', name).set('email', `${name}@example.com`).set('destinationConfig', vendor.target)
    }
    plain = await world('plain')
    other = await world('other')
  })

  it.each(ordered.map((rest) => [`${rest.route.method} ${rest.route.path}`, rest] as const))('%s', async (_, rest) => {
    const said = sent(rest, withSwitches(rest, inputOf(rest, plain)))
    const wanted = await api.send(rest.route.method, said.url, said.body)
    const known = rest.route.method === 'GET' ? plain : other
    const form = asClientsSend(rest, withSwitches(rest, inputOf(rest, known)), String(known.get('slug')))
    const answer = await api.send(form.method, form.url, form.body, form.options)
    expect(answer.status, `${form.url} ${JSON.stringify(form.body)} ${answer.text} ${wanted.text}`).toBe(wanted.status)
    expect(missingIn(rest.route, wanted)).toEqual([])
    // Some rules are between fields, which the smallest input does not keep.
    if (wanted.status === 422) expect(answer.body.message).toEqual(wanted.body.message)
    if (rest.route.method === 'GET') expect(comparable(answer)).toEqual(comparable(wanted))
  })

  it('every answer of Infisical is compared, here those to requests that need more than the smallest input', async () => {
    const asked = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, named: Fields, body?: Fields) => {
      const url = path.replaceAll(/:(\w+)/g, (_, name: string) => String(named[name]))
      const answer = await api.send(method, url, body)
      expect(answer.status, `${method} ${url} ${answer.text}`).toBe(200)
      expect(missingIn({ method, path }, answer), `${method} ${path}`).toEqual([])
      return answer.body
    }
    const { project } = await asked('POST', '/api/v2/workspace', {}, { projectName: 'Rest', projectDescription: 'd' })
    const { identity } = await asked('POST', '/api/v1/identities', {}, { name: 'rest' })
    const ids = { projectId: project.id, identityId: identity.id, secretName: 'A', destination: 'trigger-dev' }
    const at = { workspaceId: project.id, environment: 'dev' }

    const auth = '/api/v1/auth/universal-auth'
    const { identityUniversalAuth } = await asked('POST', `${auth}/identities/:identityId`, ids, {
      accessTokenTrustedIps: [{ ipAddress: '127.0.0.0', prefix: 8 }, { ipAddress: '::1' }],
    })
    expect(identityUniversalAuth.accessTokenTrustedIps).toEqual([
      { type: 'ipv4', ipAddress: '127.0.0.0', prefix: 8 },
      { type: 'ipv6', ipAddress: '::1' },
    ])
    const { clientSecret } = await asked('POST', `${auth}/identities/:identityId/client-secrets`, ids, {})
    const login = { clientId: identityUniversalAuth.clientId, clientSecret }
    const { accessToken } = await asked('POST', `${auth}/login`, {}, login)
    await asked('POST', '/api/v1/auth/token/renew', {}, { accessToken })
    await asked('POST', '/api/v1/auth/token/revoke', {}, { accessToken })
    const membership = '/api/v2/workspace/:projectId/identity-memberships/:identityId'
    await asked('POST', membership, ids, { role: 'viewer' })
    await asked('DELETE', membership, ids)

    await asked('POST', '/api/v3/secrets/raw/:secretName', ids, { ...at, secretValue: '1' })
    const secrets = [{ secretKey: 'B', secretValue: '2' }]
    await asked('POST', '/api/v3/secrets/batch/raw', {}, { ...at, secrets })
    await asked('DELETE', '/api/v3/secrets/batch/raw', {}, { ...at, secrets })
    const { folder } = await asked('POST', '/api/v1/folders', {}, { ...at, name: 'f', description: 'd' })
    const from = { environment: 'dev', path: '/f' }
    const { secretImport } = await asked('POST', '/api/v1/secret-imports', {}, { ...at, import: from })
    const imported = { importId: secretImport.id }
    await asked('PATCH', '/api/v1/secret-imports/:importId', imported, { ...at, import: { position: 1 } })
    await asked('DELETE', '/api/v1/secret-imports/:importId', imported, at)
    await asked('PATCH', '/api/v1/folders/:folderId', { folderId: folder.id }, { ...at, name: 'g' })
    await asked('DELETE', '/api/v1/folders/:folderIdOrName', { folderIdOrName: 'g' }, at)
    const tags = '/api/v1/workspace/:projectId/tags'
    const { workspaceTag } = await asked('POST', tags, ids, { slug: 'core', color: '#fff' })
    await asked('DELETE', `${tags}/:tagId`, { ...ids, tagId: workspaceTag.id })
    const environments = '/api/v1/workspace/:projectId/environments'
    const { environment } = await asked('POST', environments, ids, { name: 'QA', slug: 'qa' })
    await asked('DELETE', `${environments}/:environmentId`, { ...ids, environmentId: environment.id })

    const connection = { name: 'rest', method: 'api-key', credentials: vendor.credentials }
    const { appConnection } = await asked('POST', '/api/v1/app-connections/:app', { app: 'trigger-dev' }, connection)
    await asked('GET', '/api/v1/app-connections/:app', { app: 'trigger-dev' })
    await asked('POST', '/api/v1/secret-syncs/:destination', ids, {
      ...at,
      projectId: project.id,
      name: 'rest',
      connectionId: appConnection.id,
      secretPath: '/',
      isAutoSyncEnabled: false,
      syncOptions: { initialSyncBehavior: 'overwrite-destination', keySchema: 'REST_{{secretKey}}' },
      destinationConfig: vendor.target,
    })
    const syncs = await api.send('GET', `/api/v1/secret-syncs/trigger-dev?projectId=${project.id}`)
    expect(missingIn({ method: 'GET', path: '/api/v1/secret-syncs/:destination' }, syncs)).toEqual([])
    await asked('DELETE', '/api/v1/workspace/:projectId', ids, { syncs: 'keep-secrets' })
    expect(notCompared()).toEqual([])
  })
})

function inputOf({ procedure, route }: RestRoute, known: Map<string, unknown>): Fields {
  const found = procedures.find(({ name }) => name === procedure)
  if (!found) throw new Error(`There is no procedure ${procedure}`)
  // What the path names is sent, also where the input may go without it.
  const named = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => [name, known.get(name)] as const)
  return { ...Object.fromEntries(named), ...Object(inputFor(readBy(route, found), known) ?? {}) }
}

/** Of a read, with every switch on. */
function withSwitches({ route, input }: RestRoute, given: Fields): Fields {
  if (route.method !== 'GET') return given
  const switches = [...(input?.fields ?? [])].filter(([, field]) => field.type === 'boolean')
  return { ...Object.fromEntries(switches.map(([name]) => [name, true])), ...given }
}

/** `fields` in the path of the route, and the others. */
function placed({ route }: RestRoute, fields: Fields): { path: string; left: Fields } {
  const left = { ...fields }
  const path = route.path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const value = left[name]
    delete left[name]
    return encodeURIComponent(String(value))
  })
  return { path, left }
}

function sent(rest: RestRoute, fields: Fields): { url: string; body?: Fields } {
  const { path, left } = placed(rest, fields)
  if (rest.route.method !== 'GET') return { url: path, body: left }
  const query = Object.entries(left).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
  return { url: `${path}?${query.join('&')}` }
}

function asClientsSend(rest: RestRoute, fields: Fields, slug: string) {
  const { method, form } = rest.route
  const upper: Fields = Object(inClientsForm(fields))
  const { path, left } = placed(rest, upper)
  const named: Fields = 'projectId' in left ? { ...left, projectId: '', workspaceId: '', projectSlug: slug } : left
  if (method === 'GET') {
    const text = (value: unknown): string => (value === true ? 'True' : encodeURIComponent(String(value)))
    const query = Object.entries(named).map(([name, value], index) =>
      // Every second switch stands without a value.
      value === true && index % 2 === 0 ? name : `${name}=${text(value)}`,
    )
    return { method, url: `${path}?${query.join('&')}` }
  }
  if (form) {
    const body = new URLSearchParams(
      Object.fromEntries(Object.entries(named).map(([name, value]) => [name, String(value)])),
    ).toString()
    return { method, url: path, body, options: { headers: { 'content-type': 'application/x-www-form-urlencoded' } } }
  }
  return { method, url: path, body: withNulls(rest, fields, named) }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Ids in upper case, paths with empty names. */
function inClientsForm(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => inClientsForm(item, name))
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, inClientsForm(inner, field)]))
  if (typeof value !== 'string') return value
  if (UUID.test(value)) return value.toUpperCase()
  return /path$/i.test(name) && value.startsWith('/') ? `/${value}//` : value
}

/** Null for each field that was left out, where the schema itself refuses it. */
function withNulls({ procedure, route, input }: RestRoute, fields: Fields, body: Fields): Fields {
  const found = procedures.find(({ name }) => name === procedure)
  const [schema] = found ? readBy(route, found).inputs : []
  const optional = [...(input?.fields.keys() ?? [])].filter((name) => !input?.required.has(name) && !(name in body))
  const refused = optional.filter((name) => !schema?.safeParse({ ...fields, [name]: null }).success)
  return { ...body, ...Object.fromEntries(refused.map((name) => [name, null])) }
}

/** Without what differs from request to request. */
const comparable = ({ body }: Answer): unknown =>
  JSON.parse(JSON.stringify(body), (name, value) =>
    ['reqId', 'date', 'checkedAt', 'hash'].includes(name) ? undefined : value,
  )

describe('where a form means something of its own', () => {
  let projectId: string
  let slug: string
  beforeAll(async () => {
    ;({ id: projectId, slug } = await newProject(api, 'Forms'))
  })
  const at = () => ({ workspaceId: projectId, environment: 'dev' })
  const list = async (query: string) => {
    const answer = await api.send('GET', `/api/v3/secrets/raw?environment=dev&${query}`)
    expect(answer.status, answer.text).toBe(200)
    return answer.body.secrets.map(({ secretKey }: { secretKey: string }) => secretKey)
  }

  it('folders are created with their parents, once', async () => {
    const folder = { ...at(), path: '/x//y/', name: 'z' }
    const [first, again] = [
      await api.send('POST', '/api/v1/folders', folder),
      await api.send('POST', '/api/v1/folders', folder),
    ]
    expect(first.body.folder).toMatchObject({ name: 'z', path: '/x/y/z' })
    expect(again).toMatchObject({ status: 200, body: first.body })
    const changedAt = async () => {
      const query = new URLSearchParams({ ...at(), path: '/x/y' }).toString()
      return (await api.send('GET', `/api/v1/folders?${query}`)).body.folders[0].lastSecretModified
    }
    expect(await changedAt()).toBeNull()
    const deep = { ...at(), secretPath: '/x/y/z', secretValue: '1' }
    const { secret } = (await api.send('POST', '/api/v3/secrets/raw/DEEP', deep)).body
    expect(await changedAt()).toBe(secret.updatedAt)
    await api.send('DELETE', '/api/v3/secrets/raw/DEEP', { ...at(), secretPath: '/x/y/z' })
    expect((await changedAt()) >= secret.updatedAt).toBe(true)
    const byName = await api.send('DELETE', `/api/v2/folders/${String(first.body.folder.id).toUpperCase()}`, {
      ...at(),
      path: '/x/y',
    })
    expect(byName).toMatchObject({ status: 200, body: { folder: { path: '/x/y/z' } } })
  })

  it('a folder on the way is only created with write access there', async () => {
    const { identityId, token } = await machine(api, 'narrow')
    const scopes = [{ environment: 'dev', secretPath: '/narrow/own/**' }]
    const membership = `/api/v1/projects/${projectId}/identity-memberships/${identityId}`
    expect((await api.send('POST', membership, { role: 'developer', scopes })).status).toBe(200)
    const create = () => api.send('POST', '/api/v1/folders', { ...at(), path: '/narrow/own', name: 'z' }, { token })
    expect(await create()).toMatchObject({ status: 403, body: { message: expect.stringContaining('dev:/narrow') } })
    const listed = await api.send('GET', `/api/v1/folders?workspaceId=${projectId}&environment=dev`)
    expect(listed.text).not.toContain('narrow')
    await api.send('POST', '/api/v1/folders', { ...at(), name: 'narrow' })
    expect(await create()).toMatchObject({ status: 200, body: { folder: { path: '/narrow/own/z' } } })
  })

  it('a switch without a value is on, one with no text after its name was not sent', async () => {
    await api.send('POST', '/api/v1/folders', { ...at(), name: 'sub' })
    await api.send('POST', '/api/v3/secrets/raw/BELOW_ROOT', { ...at(), secretPath: '/sub', secretValue: '1' })
    const place = `workspaceId=${projectId}`
    for (const on of ['recursive', 'recursive=True', 'recursive=TRUE'])
      expect(await list(`${place}&${on}`)).toContain('BELOW_ROOT')
    for (const off of ['recursive=', 'recursive=False', 'secretPath='])
      expect(await list(`${place}&${off}`)).not.toContain('BELOW_ROOT')
    expect((await api.send('GET', `/api/v3/secrets/raw?environment=dev&${place}&recursive=maybe`)).status).toBe(422)
  })

  it('an id wins over a slug, a blank one does not', async () => {
    await api.send('POST', '/api/v3/secrets/raw/HERE', {
      projectId: '',
      workspaceSlug: slug,
      environment: 'dev',
      secretValue: '1',
    })
    for (const query of [
      `workspaceId=&workspaceSlug=${slug}`,
      `workspaceId=${projectId}&workspaceSlug=`,
      `projectId=&workspaceId=${projectId}`,
      `projectSlug=${slug}`,
    ])
      expect(await list(query)).toContain('HERE')
    const wrong = await api.send('GET', `/api/v3/secrets/raw?environment=dev&workspaceId=&workspaceSlug=`)
    expect(wrong.status).toBe(422)
    // A write takes nothing from its address, in these names neither.
    const inQuery = await api.send('POST', `/api/v3/secrets/raw/Q?projectSlug=${slug}`, {
      environment: 'dev',
      secretValue: '1',
    })
    expect(inQuery.status).toBe(400)
  })

  it('null in a batch is not sent, empty text for a value is a value', async () => {
    const item = {
      secretKey: 'N',
      secretValue: '',
      skipMultilineEncoding: null,
      tagIds: null,
      secretComment: null,
      secretMetadata: null,
    }
    const made = await api.send('POST', '/api/v3/secrets/batch/raw', { ...at(), secretPath: '', secrets: [item] })
    expect(made.body.secrets, made.text).toMatchObject([{ secretKey: 'N', secretValue: '', secretPath: '/' }])
    const required = await api.send('POST', '/api/v3/secrets/batch/raw', {
      ...at(),
      secrets: [{ ...item, secretValue: null }],
    })
    expect(required.status).toBe(422)
  })

  it('every verb trims the name of a secret', async () => {
    const url = '/api/v3/secrets/raw/%20TRIMMED%20'
    for (const [method, body] of [
      ['POST', { secretValue: '1' }],
      ['PATCH', { secretValue: '2' }],
      ['DELETE', {}],
    ] as const)
      expect(await api.send(method, url, { ...at(), ...body })).toMatchObject({
        status: 200,
        body: { secret: { secretKey: 'TRIMMED' } },
      })
    for (const [method, secrets] of [
      ['POST', [{ secretKey: ' MANY ', secretValue: '1' }]],
      ['PATCH', [{ secretKey: ' MANY ', secretValue: '2' }]],
      ['DELETE', [{ secretKey: ' MANY ' }]],
    ] as const)
      expect(await api.send(method, '/api/v3/secrets/batch/raw', { ...at(), secrets })).toMatchObject({
        status: 200,
        body: { secrets: [{ secretKey: 'MANY' }] },
      })
    for (const secretKey of ['.', '..']) {
      const batch = await api.send('POST', '/api/v3/secrets/batch/raw', {
        ...at(),
        secrets: [{ secretKey, secretValue: '1' }],
      })
      expect(batch.status).toBe(422)
      const { body } = await api.send('POST', '/api/v1/dotenv', {
        ...at(),
        content: `${secretKey}=1\nFINE=1`,
        dryRun: true,
      })
      expect(body).toMatchObject({ added: ['FINE'], refused: [{ key: secretKey }] })
    }
  })

  it('a secret may be named like a part of a path', async () => {
    const { id: projectId } = await newProject(api)
    const at = { projectId, environment: 'dev' }
    for (const version of ['v3', 'v4']) {
      const base = version === 'v3' ? '/api/v3/secrets/raw' : '/api/v4/secrets'
      const made = await api.send('POST', `${base}/id`, { ...at, secretValue: version })
      expect(made.status, made.text).toBe(200)
      const query = `projectId=${projectId}&workspaceId=${projectId}&environment=dev`
      for (const path of ['id', 'id/', 'ID/', `id/${made.body.secret.id}`])
        expect([path, (await api.send('GET', `${base}/${path}?${query}`)).body.secret?.secretValue]).toEqual([
          path,
          path === 'ID/' ? undefined : version,
        ])
      expect((await api.send('PATCH', `${base}/id`, { ...at, secretValue: 'other' })).status).toBe(200)
      expect((await api.send('DELETE', `${base}/id`, at)).status).toBe(200)
    }
  })

  it('a machine becomes no member without a role, which would give it more than was asked', async () => {
    const { id: projectId } = await newProject(api)
    const { identityId } = await machine(api, 'without a role')
    const path = `/api/v2/workspace/${projectId}/identity-memberships/${identityId}`
    const { status, body } = await api.send('POST', path, {})
    expect([status, body.message]).toEqual([400, expect.stringContaining('Send a role')])
    expect((await api.send('GET', path)).status).toBe(404)
  })

  it('a form is taken by sign-in alone, and each of its fields once', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const login = (body: string) =>
      api.send('POST', '/api/v1/auth/universal-auth/login', body, { token: null, headers })
    expect((await login('clientId=a&clientSecret=b')).status).toBe(401)
    expect((await login('clientId=a')).status).toBe(422)
    expect((await login('clientId=a&clientSecret=b&clientId=c')).status).toBe(400)
    expect((await api.send('POST', '/api/v1/projects', 'projectName=x', { headers })).status).toBe(415)
  })
})
