/** Gitbeaker, unmodified, must not notice that it talks to the emulator. */
import { AccessLevel, Gitlab } from '@gitbeaker/rest'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type GitlabEmulator, type GitlabEmulatorOptions, startEmulator } from './index.ts'

let emulator: GitlabEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

const connect = (token = emulator.credentials.accessToken, host = emulator.url) => new Gitlab({ host, token })
const scoped = (environment_scope: string) => ({ filter: { environment_scope } })
/** Gitbeaker's error of a refusal. */
const refused = (status: number, words: string) => ({
  message: expect.stringContaining(words),
  cause: { response: { status } },
})

/** Starts another emulator for one test. */
async function another(options: GitlabEmulatorOptions, work: (other: GitlabEmulator) => Promise<unknown>) {
  const other = await startEmulator(options)
  await work(other).finally(other.close)
}

test('variables of a project: created, shown, changed, listed over pages, deleted', async () => {
  const { ProjectVariables } = connect()
  const row = await ProjectVariables.create('acme/app', 'A', '$ä 1', { raw: true, description: 'd' })
  expect(row).toEqual({
    variable_type: 'env_var',
    key: 'A',
    value: '$ä 1',
    protected: false,
    masked: false,
    hidden: false,
    raw: true,
    environment_scope: '*',
    description: 'd',
  })
  expect(await ProjectVariables.edit(101, 'A', '2', { protected: true, ...scoped('*') })).toMatchObject({
    value: '2',
    protected: true,
    raw: true,
  })
  expect(await ProjectVariables.show(101, 'A', scoped('*'))).toMatchObject({ value: '2' })
  for (let n = 0; n < 204; n++) emulator.put(`K_${n}`, 'v')
  const before = emulator.log.length
  expect(await ProjectVariables.all(101, { perPage: 100 })).toHaveLength(205)
  expect(emulator.log.length - before).toBe(3)
  await ProjectVariables.remove(101, 'A', scoped('*'))
  await expect(ProjectVariables.show(101, 'A', scoped('*'))).rejects.toMatchObject(
    refused(404, '404 Variable Not Found'),
  )
})

test('a key of several scopes: a conflict without the filter, and with one scope the wrong one', async () => {
  const { ProjectVariables } = connect()
  await ProjectVariables.create(101, 'A', 'staging', { environmentScope: 'staging' })
  await ProjectVariables.edit(101, 'A', 'hit without a filter')
  expect(emulator.variables()).toMatchObject([{ value: 'hit without a filter', environmentScope: 'staging' }])
  await ProjectVariables.create(101, 'A', 'production', { environmentScope: 'production' })
  for (const call of [ProjectVariables.edit(101, 'A', 'x'), ProjectVariables.remove(101, 'A')]) {
    await expect(call).rejects.toMatchObject(refused(409, 'There are multiple variables'))
  }
  await ProjectVariables.remove(101, 'A', scoped('staging'))
  expect(emulator.variables()).toMatchObject([{ value: 'production' }])
  await expect(ProjectVariables.create(101, 'A', 'x', { environmentScope: 'production' })).rejects.toMatchObject(
    refused(400, '(A) has already been taken'),
  )
})

test('what can be masked and hidden, and what no longer changes', async () => {
  const { ProjectVariables } = connect()
  for (const [value, raw] of [
    ['short', true],
    ['with a space', true],
    ['two\nlines..', true],
    ['dollar$$$', false],
    ['', true],
  ] as const) {
    await expect(ProjectVariables.create(101, 'A', value, { masked: true, raw })).rejects.toMatchObject(
      refused(400, '"value":["is invalid"]'),
    )
  }
  const row = await ProjectVariables.create(101, 'A', 'dollar$$$', { masked_and_hidden: true, raw: true })
  expect(row).toMatchObject({ value: null, masked: true, hidden: true })
  expect((await ProjectVariables.all(101)).map(({ value }) => value)).toEqual([null])
  await expect(ProjectVariables.edit(101, 'A', 'visible?', { masked: false, ...scoped('*') })).rejects.toMatchObject(
    refused(400, 'visibility setting cannot be changed'),
  )
  const changed = await ProjectVariables.edit(101, 'A', 'new-value')
  expect([changed.value, emulator.contents().get('A')]).toEqual([null, 'new-value'])
})

test('names, missing parameters, and a project that is full', async () => {
  const { ProjectVariables } = connect()
  for (const key of ['A-B', 'A B', 'Ä', 'x'.repeat(256)]) {
    await expect(ProjectVariables.create(101, key, 'v')).rejects.toMatchObject(refused(400, 'can contain only letters'))
  }
  await ProjectVariables.create(101, '1_digit', '')
  await expect(ProjectVariables.create(101, 'A', undefined as never)).rejects.toMatchObject(
    refused(400, 'value is missing'),
  )
  await another({ most: 1 }, async (other) => {
    other.put('A', 'a')
    const full = connect(other.credentials.accessToken, other.url).ProjectVariables.create(101, 'B', 'b')
    await expect(full).rejects.toMatchObject(refused(400, 'over the limit'))
  })
})

test('groups: scopes of a paid plan, ignored on a free one; a server before 17.4 hides nothing', async () => {
  await another({ isFree: true, isOld: true }, async (other) => {
    const { GroupVariables } = connect(other.credentials.accessToken, other.url)
    // Gitbeaker's types have it for projects only; GitLab takes it for groups as well.
    const asked = { environmentScope: 'production', masked_and_hidden: true }
    const row = await GroupVariables.create('acme', 'A', 'visible1', asked)
    expect(row).toMatchObject({ value: 'visible1', environment_scope: '*', masked: false })
    expect(row).not.toHaveProperty('hidden')
  })
  const { GroupVariables } = connect()
  await GroupVariables.create(11, 'A', 'a', { environmentScope: 'production' })
  await GroupVariables.edit(11, 'A', 'b', scoped('production'))
  expect(await GroupVariables.all(11)).toMatchObject([{ value: 'b', environment_scope: 'production' }])
  await GroupVariables.remove(11, 'A')
})

test('rights, and who the token belongs to', async () => {
  const { accessTokens } = emulator
  const list = (token: string) => connect(token).ProjectVariables.all(101)
  await expect(list('glpat-wrong')).rejects.toMatchObject(refused(401, '401 Unauthorized'))
  await expect(list(accessTokens.revoked)).rejects.toMatchObject(refused(401, 'invalid_token'))
  await expect(list(accessTokens.stranger)).rejects.toMatchObject(refused(404, '404 Project Not Found'))
  await expect(list(accessTokens.developer)).rejects.toMatchObject(refused(403, '403 Forbidden'))
  expect(await list(accessTokens.reader)).toEqual([])
  await expect(connect(accessTokens.reader).ProjectVariables.create(101, 'A', 'a')).rejects.toMatchObject(
    refused(403, 'insufficient_scope'),
  )
  const { Users, PersonalAccessTokens, Projects, Groups, Environments, Metadata } = connect()
  expect(await Metadata.show()).toMatchObject({ version: '18.6.0' })
  expect(await PersonalAccessTokens.show()).toMatchObject({ scopes: ['api'], active: true, expires_at: '2027-11-27' })
  expect((await Users.showCurrentUser()).username).toBe('ada')
  expect(await Projects.all({ membership: true, minAccessLevel: AccessLevel.MAINTAINER })).toMatchObject([
    { id: 101, path_with_namespace: 'acme/app' },
    { id: 102 },
  ])
  expect(await Projects.show(101)).toMatchObject({ permissions: { project_access: { access_level: 50 } } })
  expect(await Groups.all({ minAccessLevel: AccessLevel.OWNER })).toMatchObject([{ id: 11, full_path: 'acme' }])
  expect((await Environments.all(101)).map(({ name }) => name)).toEqual(['production', 'review/1'])
  expect((await connect(accessTokens.project).Users.showCurrentUser()).username).toMatch(/^project_101_bot_/)
  const oauth = new Gitlab({ host: emulator.url, oauthToken: accessTokens.oauth })
  await expect(oauth.PersonalAccessTokens.show()).rejects.toMatchObject(refused(401, ''))
  expect((await oauth.Users.showCurrentUser()).username).toBe('ada')
})

test('too many calls: a text, Retry-After and RateLimit headers; Gitbeaker asks again', async () => {
  emulator.setRateLimit({ burst: 1, refill: 1, intervalMs: 60_000 })
  const { url, credentials } = emulator
  const headers = { 'private-token': credentials.accessToken }
  const first = await fetch(`${url}/api/v4/user`, { headers })
  expect(first.headers.get('ratelimit-remaining')).toBe('0')
  const second = await fetch(`${url}/relative/root/api/v4/user`, { headers })
  expect([second.status, await second.text()]).toEqual([429, 'Retry later\n'])
  expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(Number(second.headers.get('ratelimit-reset'))).toBeGreaterThan(1e9)
  emulator.setRateLimit(false)
  emulator.fail(1, { kind: 'status', status: 429, body: 'Retry later\n' })
  expect((await connect().Users.showCurrentUser()).username).toBe('ada')
})
