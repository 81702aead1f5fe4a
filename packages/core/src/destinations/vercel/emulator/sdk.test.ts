/** `@vercel/sdk`, unmodified, must not notice that it talks to the emulator: it checks the form of every answer. */
import { Vercel } from '@vercel/sdk'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmulator, type VercelEmulator } from './index.ts'

let emulator: VercelEmulator
let teamId: string
let idOrName: string
beforeEach(async () => {
  emulator = await startEmulator()
  teamId = String(emulator.target.teamId)
  idOrName = String(emulator.target.app)
})
afterEach(() => emulator.close())

const connect = (bearerToken = String(emulator.credentials.apiToken)) =>
  new Vercel({ serverURL: emulator.url, bearerToken })
const production = (key: string, value: string) => ({
  key,
  value,
  type: 'encrypted' as const,
  target: ['production' as const],
})
const refusal = (statusCode: number, code: string) => ({
  statusCode,
  body: expect.stringContaining(`"code":"${code}"`),
})

/** `method` and `body` as the SDK has no model of the call. */
const call = (method: string, path: string, body?: unknown) =>
  fetch(emulator.url + path, {
    method,
    headers: { authorization: `Bearer ${String(emulator.credentials.apiToken)}`, 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  })

test('create many, list, read, edit, set again, remove one and remove many', async () => {
  const { projects } = connect()
  const created = await projects.createProjectEnv({
    idOrName,
    teamId,
    upsert: 'true',
    requestBody: [production('A', 'a1'), production('B', 'b\nü'), { ...production('C', ''), type: 'sensitive' }],
  })
  expect(created.failed).toEqual([])
  const rows = Array.isArray(created.created) ? created.created : []
  expect(rows.map(({ key, type }) => [key, type])).toEqual([
    ['A', 'encrypted'],
    ['B', 'encrypted'],
    ['C', 'sensitive'],
  ])
  const [a = '', b = '', c = ''] = rows.map(({ id }) => id)
  expect(emulator.contents().get('B')).toBe('b\nü')

  expect(await projects.getProjectEnv({ idOrName, teamId, id: b })).toMatchObject({ value: 'b\nü', decrypted: true })
  expect(await projects.getProjectEnv({ idOrName, teamId, id: c })).not.toHaveProperty('value')
  await projects.editProjectEnv({ idOrName, teamId, id: a, requestBody: { value: 'a2', target: ['production'] } })
  const again = await projects.createProjectEnv({
    idOrName,
    teamId,
    upsert: 'true',
    requestBody: production('B', 'b2'),
  })
  expect(again.created).toMatchObject({ id: b, key: 'B' })
  expect(emulator.contents()).toEqual(
    new Map([
      ['A', 'a2'],
      ['B', 'b2'],
      ['C', ''],
    ]),
  )

  expect(await projects.removeProjectEnv({ idOrName, teamId, id: a })).toMatchObject({ key: 'A' })
  await expect(projects.removeProjectEnv({ idOrName, teamId, id: a })).rejects.toMatchObject(refusal(404, 'not_found'))
  expect(await projects.batchRemoveProjectEnv({ idOrName, teamId, requestBody: { ids: [a, b, c] } })).toEqual({
    deleted: 2,
    ids: [b, c],
  })
  expect(emulator.contents()).toEqual(new Map())
})

test('a list shows what its flags allow, in one answer or in pages', async () => {
  const { projects } = connect()
  for (let n = 0; n < 230; n++) emulator.put(`KEY_${n}`, `value ${n}`)
  emulator.plant({ key: 'HIDDEN', value: 'never shown', type: 'sensitive' })
  emulator.plant({ key: 'PLAIN', value: 'open', type: 'plain', target: 'development' })
  const valuesOf = (listed: { key: string; value: string }[]) => new Map(listed.map(({ key, value }) => [key, value]))
  const listed = await projects.filterProjectEnvs({ idOrName, teamId })
  if (!('envs' in listed) || !('hiddenProductionEnvCount' in listed)) throw new Error('not the unpaged form')
  expect(listed.envs.length).toBe(232)
  expect(listed.hiddenProductionEnvCount).toBe(0)
  expect(valuesOf(listed.envs).get('KEY_7')).not.toContain('value 7')
  const clear = await projects.filterProjectEnvs({ idOrName, teamId, decrypt: 'true' })
  if (!('envs' in clear)) throw new Error('not a list')
  const values = valuesOf(clear.envs)
  expect([values.get('KEY_7'), values.get('HIDDEN'), values.get('PLAIN')]).toEqual(['value 7', '', 'open'])

  const keys: string[] = []
  for (let until: number | null = null, more = true; more;) {
    const page = await call('GET', `/v10/projects/${idOrName}/env?teamId=${teamId}&limit=100&until=${until ?? 9e15}`)
    const { envs, pagination } = (await page.json()) as { envs: { key: string }[]; pagination: { next: number | null } }
    keys.push(...envs.map(({ key }) => key))
    until = pagination.next
    more = until !== null
  }
  expect(new Set(keys).size).toBe(232)
})

test('a record has a set of environments, and overlaps are conflicts', async () => {
  const { projects } = connect()
  const create = (requestBody: Parameters<typeof projects.createProjectEnv>[0]['requestBody'], upsert?: string) =>
    projects.createProjectEnv({ idOrName, teamId, upsert, requestBody })
  const merged = { ...production('A', 'both'), target: ['production' as const, 'preview' as const] }
  const { created } = await create(merged)
  const id = created && !Array.isArray(created) ? (created.id ?? '') : ''
  await expect(create(production('A', 'own'), 'true')).rejects.toMatchObject(refusal(400, 'ENV_CONFLICT'))
  await expect(create(merged)).rejects.toMatchObject(refusal(403, 'ENV_ALREADY_EXISTS'))
  await create({ ...merged, value: 'changed' }, 'true')
  expect(emulator.variables()).toMatchObject([{ id, value: 'changed', target: ['production', 'preview'] }])
  // A branch and a custom environment are places of their own.
  await create({ ...production('A', 'branch'), target: ['preview'], gitBranch: 'feature/login' })
  await create({ ...production('A', 'staging'), target: [], customEnvironmentIds: ['env_emulatedStaging'] })
  // Without the environment, an edit keeps the value and makes room.
  await projects.editProjectEnv({ idOrName, teamId, id, requestBody: { target: ['preview'] } })
  await create(production('A', 'own'), 'true')
  expect(emulator.variables().map(({ value }) => value)).toEqual(['changed', 'branch', 'staging', 'own'])
  await expect(
    projects.editProjectEnv({ idOrName, teamId, id, requestBody: { target: ['production'] } }),
  ).rejects.toMatchObject(refusal(403, 'ENV_ALREADY_EXISTS'))
  const unknownBranch = { ...production('B', 'b'), target: ['preview' as const], gitBranch: 'nowhere' }
  await expect(create(unknownBranch)).rejects.toMatchObject(refusal(400, 'BAD_REQUEST'))
})

test('a list can be limited to a branch or a custom environment, and a variable can leave the latter alone', async () => {
  const { projects } = connect()
  const customEnvironmentId = 'env_emulatedStaging'
  const branch = { ...production('BRANCH', 'b'), target: ['preview' as const], gitBranch: 'feature/login' }
  const shared = { ...production('SHARED', 's'), customEnvironmentIds: [customEnvironmentId] }
  await projects.createProjectEnv({ idOrName, teamId, requestBody: [production('A', 'a'), branch, shared] })
  const keysOf = async (filter: { gitBranch?: string; customEnvironmentId?: string }) => {
    const listed = await projects.filterProjectEnvs({ idOrName, teamId, ...filter })
    return 'envs' in listed ? listed.envs.map(({ key }) => key) : []
  }
  expect(await keysOf({ gitBranch: 'feature/login' })).toEqual(['BRANCH'])
  expect(await keysOf({ customEnvironmentId })).toEqual(['SHARED'])
  const id = emulator.variables().find(({ key }) => key === 'SHARED')?.id ?? ''
  await projects.removeProjectEnv({ idOrName, teamId, id, customEnvironmentId })
  expect(await keysOf({ customEnvironmentId })).toEqual([])
  expect(emulator.contents().get('SHARED')).toBe('s')
})

test('one refused variable leaves the others, and its error names it', async () => {
  const { projects } = connect()
  const requestBody = [production('GOOD', 'x'), production('VERCEL_URL', 'x'), production('a-b', 'x')]
  const { created, failed } = await projects.createProjectEnv({ idOrName, teamId, requestBody })
  expect(created).toMatchObject([{ key: 'GOOD' }])
  expect(failed.map(({ error }) => [error.code, error.envVarKey])).toEqual([
    ['RESERVED_ENV_VARIABLE', 'VERCEL_URL'],
    ['KEY_INVALID_CHARACTERS', 'a-b'],
  ])
  const refused = (body: Partial<ReturnType<typeof production>> & Record<string, unknown>) =>
    projects.createProjectEnv({ idOrName, teamId, requestBody: { ...production('A', 'x'), ...body } })
  await expect(refused({ value: 'v'.repeat(65_537) })).rejects.toMatchObject(refusal(400, 'VALUE_INVALID_LENGTH'))
  await expect(refused({ key: 'K'.repeat(257) })).rejects.toMatchObject(refusal(400, 'KEY_INVALID_LENGTH'))
  await expect(refused({ target: [] })).rejects.toMatchObject(refusal(400, 'MISSING_TARGET'))
  const development = { ...production('A', 'x'), type: 'sensitive' as const, target: ['development' as const] }
  await expect(projects.createProjectEnv({ idOrName, teamId, requestBody: development })).rejects.toMatchObject(
    refusal(400, 'BAD_REQUEST'),
  )
})

test('a sensitive variable stays sensitive', async () => {
  const { projects } = connect()
  const id = emulator.plant({ key: 'S', value: 's', type: 'sensitive' })
  const edit = (requestBody: { value?: string; key?: string; type?: 'plain' }) =>
    projects.editProjectEnv({ idOrName, teamId, id, requestBody })
  await expect(edit({ type: 'plain' })).rejects.toMatchObject(refusal(400, 'BAD_REQUEST'))
  await expect(edit({ key: 'T' })).rejects.toMatchObject(refusal(400, 'BAD_REQUEST'))
  await edit({ value: 's2' })
  await expect(
    projects.createProjectEnv({ idOrName, teamId, upsert: 'true', requestBody: production('S', 'open') }),
  ).rejects.toMatchObject(refusal(400, 'BAD_REQUEST'))
  expect(emulator.contents()).toEqual(new Map([['S', 's2']]))
})

test('tokens, teams, projects, environments and missing permissions', async () => {
  const vercel = connect()
  expect(await vercel.user.getAuthUser()).toMatchObject({ user: { username: 'ada' } })
  expect(await vercel.teams.getTeams({})).toMatchObject({ teams: [{ id: teamId, slug: 'keyferry' }] })
  expect(await vercel.projects.getProjects({ teamId, limit: '100' })).toMatchObject({
    pagination: { count: 100, next: expect.any(Number) },
  })
  const environments = await vercel.environment.getProjectsByIdOrNameCustomEnvironments({ idOrName, teamId })
  expect(environments).toMatchObject({ environments: [{ id: 'env_emulatedStaging', slug: 'staging' }] })

  expect(await vercel.teams.getTeam({ teamId })).toMatchObject({ id: teamId, slug: 'keyferry' })
  expect(await vercel.projects.getProject({ idOrName: 'storefront', teamId })).toMatchObject({ id: idOrName })
  await expect(vercel.projects.getProject({ idOrName: 'nowhere', teamId })).rejects.toMatchObject(
    refusal(404, 'not_found'),
  )

  const list = (token: string, team: string | undefined = teamId) =>
    connect(token).projects.filterProjectEnvs({ idOrName, teamId: team })
  const { tokens } = emulator
  emulator.put('SECRET', 'of production')
  expect(await list(tokens.withoutProduction)).toMatchObject({ envs: [], hiddenProductionEnvCount: 1 })
  await expect(list('vcp_wrong')).rejects.toMatchObject(refusal(403, 'forbidden'))
  await expect(list(tokens.stranger)).rejects.toMatchObject(refusal(403, 'forbidden'))
  await expect(connect().projects.filterProjectEnvs({ idOrName })).rejects.toMatchObject(refusal(404, 'not_found'))
  await expect(connect(tokens.ofTeam).user.getAuthUser()).rejects.toMatchObject(refusal(403, 'forbidden'))
  await expect(
    connect(tokens.viewer).projects.createProjectEnv({ idOrName, teamId, requestBody: production('A', 'a') }),
  ).rejects.toMatchObject(refusal(403, 'forbidden'))
})

test('deletions are limited to 60 a minute, in the form that Vercel refuses with', async () => {
  emulator.setRateLimit(true)
  const gone = Array.from({ length: 61 }, () => call('DELETE', `/v9/projects/${idOrName}/env/gone?teamId=${teamId}`))
  const answers = await Promise.all(gone)
  const refused = answers.filter(({ status }) => status === 429)
  expect(refused.length).toBe(1)
  expect(refused[0]?.headers.get('x-ratelimit-reset')).toMatch(/^\d{10}$/)
  expect(await refused[0]?.json()).toMatchObject({
    error: { code: 'rate_limited', limit: { remaining: 0, total: 60 } },
  })
})

test('a team may demand sensitive variables', async () => {
  const strict = await startEmulator({ sensitivePolicy: 'on' })
  const vercel = new Vercel({ serverURL: strict.url, bearerToken: strict.tokens.member })
  await vercel.projects.createProjectEnv({ idOrName, teamId, requestBody: production('A', 'a') })
  expect(strict.variables()).toMatchObject([{ key: 'A', type: 'sensitive' }])
  await strict.close()
})
