/** The routes of Infisical (server source, 2026-09) that scripts and its Terraform provider call, one by one. */
import { onEveryDatabase } from '@keyferry/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { restRoutes } from '../src/rest/procedures.ts'
import { readyApi, type TestApi } from '../src/testing.ts'

/** Method, path, the key the answer is wrapped in (`-`: none, or the procedure's own). Parameters have our names. */
const SURFACE = `
  GET    /api/v1/secret-syncs/options                                       secretSyncOptions
  GET    /api/v1/secret-syncs                                               secretSyncs
  GET    /api/v1/secret-syncs/:destination                                  secretSyncs
  GET    /api/v1/secret-syncs/:destination/:syncId                          secretSync
  GET    /api/v1/secret-syncs/:destination/sync-name/:syncName              secretSync
  POST   /api/v1/secret-syncs/:destination                                  secretSync
  PATCH  /api/v1/secret-syncs/:destination/:syncId                          secretSync
  DELETE /api/v1/secret-syncs/:destination/:syncId                          secretSync
  POST   /api/v1/secret-syncs/:destination/:syncId/sync-secrets             secretSync
  POST   /api/v1/secret-syncs/:destination/:syncId/import-secrets           secretSync
  POST   /api/v1/secret-syncs/:destination/:syncId/remove-secrets           secretSync
  POST   /api/v1/secret-syncs/:destination/check-destination                -
  GET    /api/v1/app-connections/options                                    appConnectionOptions
  GET    /api/v1/app-connections                                            appConnections
  GET    /api/v1/app-connections/:app                                       appConnections
  GET    /api/v1/app-connections/:app/available                             appConnections
  GET    /api/v1/app-connections/:app/:connectionId                         appConnection
  GET    /api/v1/app-connections/:app/connection-name/:connectionName       appConnection
  POST   /api/v1/app-connections/:app                                       appConnection
  PATCH  /api/v1/app-connections/:app/:connectionId                         appConnection
  DELETE /api/v1/app-connections/:app/:connectionId                         appConnection
  GET    /api/v1/app-connections/:app/:connectionId/:list                   -
  GET    /api/v3/secrets/raw                                                -
  GET    /api/v3/secrets/raw/:secretName                                    secret
  POST   /api/v3/secrets/raw/:secretName                                    secret
  PATCH  /api/v3/secrets/raw/:secretName                                    secret
  DELETE /api/v3/secrets/raw/:secretName                                    secret
  POST   /api/v3/secrets/batch/raw                                          secrets
  PATCH  /api/v3/secrets/batch/raw                                          secrets
  DELETE /api/v3/secrets/batch/raw                                          secrets
  GET    /api/v4/secrets                                                    -
  GET    /api/v4/secrets/:secretName                                        secret
  POST   /api/v4/secrets/:secretName                                        secret
  PATCH  /api/v4/secrets/:secretName                                        secret
  DELETE /api/v4/secrets/:secretName                                        secret
  POST   /api/v4/secrets/batch                                              secrets
  PATCH  /api/v4/secrets/batch                                              secrets
  DELETE /api/v4/secrets/batch                                              secrets
  POST   /api/v4/secrets/move                                               -
  GET    /api/v4/secrets/:secretName/secret-reference-tree                  -
  GET    /api/v4/secrets/:secretName/secret-references                      -
  POST   /api/v1/folders                                                    folder
  GET    /api/v1/folders                                                    folders
  GET    /api/v1/folders/:folderId                                          folder
  PATCH  /api/v1/folders/:folderId                                          folder
  DELETE /api/v1/folders/:folderIdOrName                                    folder
  POST   /api/v2/folders                                                    folder
  GET    /api/v2/folders                                                    folders
  GET    /api/v2/folders/:folderId                                          folder
  PATCH  /api/v2/folders/:folderId                                          folder
  DELETE /api/v2/folders/:folderIdOrName                                    folder
  POST   /api/v1/secret-imports                                             secretImport
  GET    /api/v1/secret-imports                                             secretImports
  PATCH  /api/v1/secret-imports/:importId                                   secretImport
  DELETE /api/v1/secret-imports/:importId                                   secretImport
  POST   /api/v2/secret-imports                                             secretImport
  GET    /api/v2/secret-imports                                             secretImports
  PATCH  /api/v2/secret-imports/:importId                                   secretImport
  DELETE /api/v2/secret-imports/:importId                                   secretImport
  POST   /api/v2/workspace                                                  project
  POST   /api/v1/projects                                                   project
  GET    /api/v1/projects                                                   projects
  GET    /api/v1/workspace                                                  workspaces
  GET    /api/v1/projects/:projectId                                        project
  GET    /api/v1/workspace/:projectId                                       workspace
  GET    /api/v1/projects/slug/:slug                                        -
  PATCH  /api/v1/projects/:projectId                                        project
  DELETE /api/v1/projects/:projectId                                        project
  POST   /api/v1/workspace/:projectId/environments                          environment
  POST   /api/v1/projects/:projectId/environments                           environment
  PATCH  /api/v1/workspace/:projectId/environments/:environmentId           environment
  PATCH  /api/v1/projects/:projectId/environments/:environmentId            environment
  DELETE /api/v1/workspace/:projectId/environments/:environmentId           environment
  DELETE /api/v1/projects/:projectId/environments/:environmentId            environment
  GET    /api/v3/secrets/raw/id/:secretId                                          secret
  GET    /api/v4/secrets/id/:secretId                                              secret
  GET    /api/v1/folders/:projectId/:environment/:path                             folder
  GET    /api/v2/folders/:projectId/:environment/:path                             folder
  GET    /api/v1/secret-imports/:importId                                          secretImport
  GET    /api/v2/secret-imports/:importId                                          secretImport
  GET    /api/v2/workspace/:slug                                                   -
  PATCH  /api/v2/workspace/:projectSlug                                            -
  DELETE /api/v2/workspace/:projectSlug                                            -
  GET    /api/v1/workspace/environments/:environmentId                             environment
  GET    /api/v1/workspace/:projectId/environments/:environmentId                  environment
  GET    /api/v1/projects/:projectId/environments/:environmentId                   environment
  GET    /api/v1/projects/:projectId/environments/slug/:environment                -
  GET    /api/v1/workspace/:projectId/tags                                         workspaceTags
  GET    /api/v1/workspace/:projectId/tags/:tagId                                  workspaceTag
  GET    /api/v1/workspace/:projectId/tags/slug/:tagSlug                           workspaceTag
  GET    /api/v1/projects/:projectId/tags/:tagId                                   tag
  GET    /api/v1/projects/:projectId/tags/slug/:tagSlug                            tag
  GET    /api/v2/workspace/:projectId/identity-memberships                         -
  GET    /api/v2/workspace/:projectId/identity-memberships/:identityId             identityMembership
  POST   /api/v2/workspace/:projectId/identity-memberships/:identityId             identityMembership
  PATCH  /api/v2/workspace/:projectId/identity-memberships/:identityId             -
  DELETE /api/v2/workspace/:projectId/identity-memberships/:identityId             identityMembership
  GET    /api/v2/workspace/identity-memberships/:membershipId                      identityMembership
  GET    /api/v1/projects/:projectId/memberships/identities/:identityId            identityMembership
  PATCH  /api/v1/projects/:projectId/memberships/identities/:identityId            -
  GET    /api/v1/identities/:identityId/identity-memberships                       -
  GET    /api/v1/identities/details                                                identityDetails
  POST   /api/v2/workspace/:projectId/memberships                           -
  POST   /api/v1/auth/universal-auth/login                                  -
  POST   /api/v1/auth/oidc-auth/login -
  POST /api/v1/auth/oidc-auth/identities/:identityId identityOidcAuth
  GET /api/v1/auth/oidc-auth/identities/:identityId identityOidcAuth
  PATCH /api/v1/auth/oidc-auth/identities/:identityId identityOidcAuth
  DELETE /api/v1/auth/oidc-auth/identities/:identityId identityOidcAuth
  POST   /api/v1/auth/jwt-auth/login -
  POST /api/v1/auth/jwt-auth/identities/:identityId identityJwtAuth
  GET /api/v1/auth/jwt-auth/identities/:identityId identityJwtAuth
  PATCH /api/v1/auth/jwt-auth/identities/:identityId identityJwtAuth
  DELETE /api/v1/auth/jwt-auth/identities/:identityId identityJwtAuth
  POST   /api/v1/auth/kubernetes-auth/login -
  POST /api/v1/auth/kubernetes-auth/identities/:identityId identityKubernetesAuth
  GET /api/v1/auth/kubernetes-auth/identities/:identityId identityKubernetesAuth
  PATCH /api/v1/auth/kubernetes-auth/identities/:identityId identityKubernetesAuth
  DELETE /api/v1/auth/kubernetes-auth/identities/:identityId identityKubernetesAuth
  POST   /api/v1/auth/token/renew                                           -
  POST   /api/v1/auth/token/revoke                                          -
  POST   /api/v1/identities                                                 identity
  GET    /api/v1/identities                                                 -
  GET    /api/v1/identities/:identityId                                     identity
  PATCH  /api/v1/identities/:identityId                                     identity
  DELETE /api/v1/identities/:identityId                                     identity
  POST   /api/v1/identities/search                                          -
  POST   /api/v1/auth/universal-auth/identities/:identityId                 identityUniversalAuth
  GET    /api/v1/auth/universal-auth/identities/:identityId                 identityUniversalAuth
  PATCH  /api/v1/auth/universal-auth/identities/:identityId                 identityUniversalAuth
  DELETE /api/v1/auth/universal-auth/identities/:identityId                 identityUniversalAuth
  POST   /api/v1/auth/universal-auth/identities/:identityId/client-secrets  -
  GET    /api/v1/auth/universal-auth/identities/:identityId/client-secrets  clientSecretData
  GET    /api/v1/auth/universal-auth/identities/:identityId/client-secrets/:clientSecretId          clientSecretData
  POST   /api/v1/auth/universal-auth/identities/:identityId/client-secrets/:clientSecretId/revoke   clientSecretData
`

it('every route is served, under the key that clients read', () => {
  const ours = new Set(restRoutes.map(({ route: { method, path, envelope = '-' } }) => `${method} ${path} ${envelope}`))
  const wanted = SURFACE.trim()
    .split('\n')
    .map((line) => line.trim().replaceAll(/ +/g, ' '))
  expect(wanted.filter((route) => !ours.has(route))).toEqual([])
})

onEveryDatabase('what only Infisical has under these names', (open) => {
  let api: TestApi
  beforeAll(async () => {
    api = await readyApi(open)
  })
  afterAll(() => api.close())

  it('machines are found by name and role, a page at a time', async () => {
    for (const [name, role] of [
      ['ci-build', 'no-access'],
      ['CI-deploy', 'admin'],
      ['laptop', 'no-access'],
    ])
      expect((await api.send('POST', '/api/v1/identities', { name, organizationId: 'any', role })).status).toBe(200)
    const search = async (body: unknown) => {
      const answer = await api.send('POST', '/api/v1/identities/search', body)
      expect(answer.status, answer.text).toBe(200)
      const names = answer.body.identities.map((found: { identity: { name: string } }) => found.identity.name)
      return { names, total: answer.body.totalCount }
    }
    const ci = { names: expect.arrayContaining(['CI-deploy', 'ci-build']), total: 2 }
    expect(await search({ search: { name: { $contains: 'ci-' } } })).toEqual(ci)
    expect(await search({ search: { $or: [{ name: 'ci-build' }, { name: { $in: ['ci-deploy'] } }] } })).toEqual(ci)
    expect(await search({ search: { name: { $contains: 'ci-' }, role: 'admin' } })).toEqual({
      names: ['CI-deploy'],
      total: 1,
    })
    expect(await search({ search: { name: 'ci' } })).toEqual({ names: [], total: 0 })
    const all = await search({})
    expect(await search({ orderDirection: 'desc', limit: 1 })).toEqual({ names: [all.names.at(-1)], total: all.total })
    expect(await search({ offset: all.total })).toEqual({ names: [], total: all.total })
    expect((await api.send('POST', '/api/v1/identities/search', { limit: 101 })).status).toBe(422)
  })

  it('a machine is a member with one role, however it is written, and is found from both ends', async () => {
    const { project } = (await api.send('POST', '/api/v2/workspace', { projectName: 'Members', slug: 'members' })).body
    const made = await api.send('POST', '/api/v1/identities', { name: 'tf', metadata: [], hasDeleteProtection: false })
    const { identity } = made.body
    const one = `/api/v2/workspace/${project.id}/identity-memberships/${identity.id}`
    for (const [roles, words] of [
      [[], 'exactly one role'],
      [[{ role: 'viewer' }, { role: 'admin' }], 'exactly one role'],
      [[{ role: 'admin', isTemporary: true }], 'Temporary roles are not available'],
      [[{ role: 'no-access' }], 'expected one of'],
      [[{ role: 'auditor' }], 'expected one of'],
    ] as const) {
      const refused = await api.send('POST', one, { roles })
      expect(refused, refused.text).toMatchObject({ status: 422 })
      expect(refused.text).toContain(words)
    }
    expect((await api.send('POST', one, { role: 'viewer', roles: [{ role: 'admin' }] })).status).toBe(400)
    const zero = '0001-01-01T00:00:00Z'
    const sent = { role: 'member', isTemporary: false, temporaryMode: '', temporaryAccessStartTime: zero }
    const added = await api.send('POST', one, { roles: [sent] })
    expect(added.body.identityMembership).toMatchObject({
      identityId: identity.id,
      role: 'developer',
      roles: [{ role: 'member' }],
    })
    const changed = await api.send('PATCH', one, { roles: [{ role: 'admin' }] })
    expect(changed.body.roles).toMatchObject([{ role: 'admin', isTemporary: false, customRoleId: null }])
    const shown = {
      identityId: identity.id,
      roles: [{ role: 'admin' }],
      identity: { id: identity.id, name: 'tf', authMethods: [] },
      project: { id: project.id, name: 'Members' },
    }
    const { id } = added.body.identityMembership
    for (const path of [
      one,
      `/api/v2/workspace/identity-memberships/${id}`,
      `/api/v1/projects/${project.id}/memberships/identities/${identity.id}`,
    ])
      expect((await api.send('GET', path)).body.identityMembership, path).toMatchObject(shown)
    for (const path of [
      `/api/v1/identities/${identity.id}/identity-memberships`,
      `/api/v2/workspace/${project.id}/identity-memberships`,
    ])
      expect((await api.send('GET', path)).body, path).toMatchObject({ identityMemberships: [shown], totalCount: 1 })
    for (const body of [{ hasDeleteProtection: true }, { metadata: [{ key: 'team', value: 'core' }] }])
      expect(await api.send('PATCH', `/api/v1/identities/${identity.id}`, body)).toMatchObject({ status: 422 })
    expect((await api.send('PATCH', '/api/v2/workspace/members', { name: 'Renamed' })).body).toMatchObject({
      name: 'Renamed',
    })
    expect((await api.send('DELETE', '/api/v2/workspace/members')).body).toMatchObject({ id: project.id })
    expect((await api.send('GET', `/api/v1/projects/${project.id}`)).status).toBe(404)
  })

  it('metadata go in and out with a secret, and filter a listing', async () => {
    const { body } = await api.send('POST', '/api/v2/workspace', { projectName: 'Meta' })
    const place = { workspaceId: body.project.id, environment: 'dev' }
    const secretMetadata = [{ key: 'owner', value: 'ada' }]
    const made = await api.send('POST', '/api/v3/secrets/raw/A', { ...place, secretValue: 'a', secretMetadata })
    expect(made.body.secret.secretMetadata).toEqual([{ key: 'owner', value: 'ada', isEncrypted: false }])
    await api.send('POST', '/api/v3/secrets/raw/B', { ...place, secretValue: 'b' })
    const list = async (metadataFilter: string) => {
      const query = new URLSearchParams({ ...place, metadataFilter })
      const answer = await api.send('GET', `/api/v3/secrets/raw?${query.toString()}`)
      return answer.body.secrets?.map(({ secretKey }: { secretKey: string }) => secretKey) ?? answer.status
    }
    expect(await list('key=owner,value=ada')).toEqual(['A'])
    expect(await list('owner')).toBe(400)
  })

  it('tells the reader of a folder of its changes, and of those of a folder that it imports', async () => {
    const { body } = await api.send('POST', '/api/v2/workspace', { projectName: 'Live' })
    const projectId = body.project.id
    const at = { projectId, environment: 'dev' }
    for (const name of ['app', 'shared', 'other']) await api.send('POST', '/api/v2/folders', { ...at, name, path: '/' })
    const shared = { ...at, path: '/app', import: { environment: 'dev', path: '/shared' } }
    await api.send('POST', '/api/v2/secret-imports', shared)
    const identity = (await api.send('POST', '/api/v1/identities', { name: 'operator' })).body.identity
    const auth = `/api/v1/auth/universal-auth/identities/${identity.id}`
    const { clientId } = (await api.send('POST', auth, {})).body.identityUniversalAuth
    const { clientSecret } = (await api.send('POST', `${auth}/client-secrets`, {})).body
    const { accessToken } = (
      await api.send('POST', '/api/v1/auth/universal-auth/login', { clientId, clientSecret }, { token: null })
    ).body
    const membership = `/api/v1/projects/${projectId}/identity-memberships/${identity.id}`
    const url = await api.app.listen({ host: '127.0.0.1', port: 0 })
    const subscribe = (register: object[], token = accessToken) =>
      fetch(`${url}/api/v1/events/subscribe/project-events`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ projectId, register }),
        signal: AbortSignal.timeout(20_000),
      })
    const register = [
      { event: 'secret:import-mutation', conditions: { environmentSlug: 'prod', secretPath: '/**' } },
      { event: 'secret:update', conditions: { environmentSlug: 'dev', secretPath: '/app' } },
    ]
    expect((await subscribe(register, 'wrong')).status).toBe(401)
    expect((await subscribe(register)).status).toBe(404)
    await api.send('POST', membership, { role: 'viewer' })
    expect((await subscribe([{ event: 'project:delete' }])).status).toBe(422)
    const answer = await subscribe(register)
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
    const framesOf = (answer: Response) => {
      let text = ''
      const frames: string[] = []
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
      return async (): Promise<string | undefined> => {
        while (frames.length === 0) {
          const { value, done } = await reader.read()
          if (done) return undefined
          const parts = (text + value).split('\n\n')
          text = parts.pop() ?? ''
          frames.push(...parts)
        }
        return frames.shift()
      }
    }
    const frame = framesOf(answer)
    expect(await frame()).toBe('event: ping\ndata: {}')
    let writes = 0
    const write = (secretPath: string) =>
      api.send('POST', `/api/v4/secrets/K${writes++}`, {
        ...at,
        secretPath,
        secretValue: 'v',
      })
    const heard = {
      projectType: 'secret-manager',
      data: { eventType: 'secret:update', payload: { environment: 'dev', secretPath: '/app' } },
    }
    // What concerns another folder is not sent: the next message is about the imported one.
    for (const path of ['/other', '/shared', '/app']) expect((await write(path)).status).toBe(200)
    for (const id of [1, 2])
      expect(await frame()).toBe(`id: ${id}\nevent: secret:update\ndata: ${JSON.stringify(heard)}`)
    // Of a folder out of reach that imports theirs, readers of one folder hear nothing.
    await api.send('PATCH', membership, { scopes: [{ environment: 'dev', secretPath: '/shared' }] })
    const narrowed = framesOf(await subscribe([{ event: 'secret:update' }]))
    await narrowed()
    for (const path of ['/shared', '/shared']) await write(path)
    for (const _ of [1, 2]) expect(await narrowed()).toContain('"secretPath":"/shared"')
    // The rights are checked again before each event.
    await api.send('DELETE', membership)
    await write('/app')
    expect(await frame()).toBeUndefined()
  })

  it('a deleted environment is seen and comes back', async () => {
    const { body } = await api.send('POST', '/api/v2/workspace', { projectName: 'Undo' })
    const base = `/api/v1/projects/${body.project.id}`
    const place = { projectId: body.project.id, environment: 'dev' }
    await api.send('POST', '/api/v4/secrets/A', { ...place, secretValue: 'a' })
    expect((await api.send('DELETE', `${base}/environments/${body.project.environments[0].id}`)).status).toBe(200)
    const { environments } = (await api.send('GET', `${base}/deleted-environments`)).body
    expect(environments).toEqual([expect.objectContaining({ slug: 'dev', secrets: 1 })])
    const restored = await api.send('POST', `${base}/deleted-environments/${environments[0].id}/restore`)
    expect(restored.body).toMatchObject({ environment: { slug: 'dev' }, leftOut: [] })
    const read = await api.send('GET', `/api/v4/secrets/A?${new URLSearchParams(place).toString()}`)
    expect(read.body.secret.secretValue).toBe('a')
  })
})
