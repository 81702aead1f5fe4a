/** Octokit, unmodified, must not notice the emulator; GitHub's OpenAPI document checks every answer. */
import { Octokit } from '@octokit/rest'
import { SignJWT, importPKCS8 } from 'jose'
import { createPrivateKey } from 'node:crypto'
import sodium from 'libsodium-wrappers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type GithubEmulator, startEmulator } from './index.ts'
import { openApi } from './openapi.ts'

let emulator: GithubEmulator
beforeEach(async () => {
  emulator = await startEmulator({ scope: 'repository' })
})
afterEach(() => emulator.close())

const check = openApi()

function connect(auth = emulator.accessTokens.classic, baseUrl = emulator.url): Octokit {
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  const octokit = new Octokit({ auth, baseUrl, log })
  octokit.hook.after('request', ({ status, data }, { method, url }) => check(method, url, status, data))
  return octokit
}

const repo = { owner: 'acme', repo: 'app' }
const environment = { ...repo, environment_name: 'eu/production 1' }

interface PublicKey {
  data: { key: string; key_id: string }
}
const seal = (value: string, { data }: PublicKey) => ({
  encrypted_value: sodium.to_base64(
    sodium.crypto_box_seal(value, sodium.from_base64(data.key, sodium.base64_variants.ORIGINAL)),
    sodium.base64_variants.ORIGINAL,
  ),
  key_id: data.key_id,
})

test('secrets of a repository: created, replaced, listed without values, deleted', async () => {
  const { actions } = connect()
  const key = await actions.getRepoPublicKey(repo)
  const put = (name: string, value: string) =>
    actions.createOrUpdateRepoSecret({ ...repo, secret_name: name, ...seal(value, key) })
  expect(await put('first', 'ä 1')).toMatchObject({ status: 201, data: {} })
  expect(await put('FIRST', '')).toMatchObject({ status: 204 })
  await put('SECOND', 'two\n')
  expect(emulator.contents()).toEqual(
    new Map([
      ['FIRST', ''],
      ['SECOND', 'two\n'],
    ]),
  )
  const { data } = await actions.listRepoSecrets({ owner: 'ACME', repo: 'App' })
  expect(data).toMatchObject({ total_count: 2, secrets: [{ name: 'FIRST' }, { name: 'SECOND' }] })
  expect(Object.keys(data.secrets[0] ?? {})).toEqual(['name', 'created_at', 'updated_at'])
  expect((await actions.getRepoSecret({ ...repo, secret_name: 'first' })).data.name).toBe('FIRST')
  const remove = () => actions.deleteRepoSecret({ ...repo, secret_name: 'First' })
  expect((await remove()).status).toBe(204)
  await expect(remove()).rejects.toMatchObject({ status: 404 })
})

test('pages: 100 secrets and 30 variables at most, with links that Octokit follows', async () => {
  const octokit = connect()
  for (let n = 0; n < 205; n++) {
    emulator.plant('/repos/acme/app/actions/secrets', { name: `S_${n}`, value: 'v' })
    emulator.plant('/repos/acme/app/actions/variables', { name: `V_${n}`, value: `v ${n}` })
  }
  const secrets = await octokit.paginate(octokit.rest.actions.listRepoSecrets, { ...repo, per_page: 100 })
  const variables = await octokit.paginate(octokit.rest.actions.listRepoVariables, { ...repo, per_page: 100 })
  expect([new Set(secrets.map(({ name }) => name)).size, variables.length]).toEqual([205, 205])
  expect(variables.find(({ name }) => name === 'V_7')?.value).toBe('v 7')
  expect(emulator.log).toHaveLength(3 + 7)
})

test('variables have no upsert: 409 for one that exists, 404 for one that does not; PATCH renames', async () => {
  const { actions } = connect()
  const post = () => actions.createRepoVariable({ ...repo, name: 'abc', value: '1' })
  await post()
  await expect(post()).rejects.toMatchObject({
    status: 409,
    message: expect.stringContaining('Already exists - Variable already exists'),
  })
  await expect(actions.updateRepoVariable({ ...repo, name: 'NONE', value: '1' })).rejects.toMatchObject({ status: 404 })
  await actions.updateRepoVariable({ ...repo, name: 'ABC', value: '2' })
  const { data } = await actions.getRepoVariable({ ...repo, name: 'abc' })
  expect(data).toMatchObject({ name: 'ABC', value: '2' })
  await connect().request('PATCH /repos/{owner}/{repo}/actions/variables/{name}', {
    ...repo,
    name: 'ABC',
    data: { name: 'DEF' },
  })
  expect(emulator.rows('/repos/acme/app/actions/variables').map(({ name }) => name)).toEqual(['DEF'])
  await actions.deleteRepoVariable({ ...repo, name: 'DEF' })
  await expect(actions.deleteRepoVariable({ ...repo, name: 'DEF' })).rejects.toMatchObject({ status: 404 })
})

test('an environment, whose name is encoded; one that does not exist until it is made', async () => {
  const { actions, repos } = connect()
  const key = await actions.getEnvironmentPublicKey(environment)
  await actions.createOrUpdateEnvironmentSecret({ ...environment, secret_name: 'S', ...seal('s', key) })
  await actions.createEnvironmentVariable({ ...environment, name: 'V', value: 'v' })
  await actions.updateEnvironmentVariable({ ...environment, name: 'V', value: 'w' })
  expect((await actions.listEnvironmentSecrets(environment)).data.secrets).toHaveLength(1)
  expect((await actions.listEnvironmentVariables(environment)).data.variables).toMatchObject([{ value: 'w' }])
  expect((await actions.getEnvironmentSecret({ ...environment, secret_name: 's' })).data.name).toBe('S')
  expect((await actions.getEnvironmentVariable({ ...environment, name: 'v' })).data.value).toBe('w')
  await actions.deleteEnvironmentSecret({ ...environment, secret_name: 'S' })
  await actions.deleteEnvironmentVariable({ ...environment, name: 'V' })
  const missing = { ...repo, environment_name: 'new/one' }
  await expect(actions.listEnvironmentSecrets(missing)).rejects.toMatchObject({ status: 404 })
  await repos.createOrUpdateEnvironment(missing)
  expect((await actions.listEnvironmentSecrets(missing)).data.total_count).toBe(0)
  const { data } = await repos.getAllEnvironments(repo)
  expect(data.environments?.map(({ name }) => name)).toEqual(['eu/production 1', 'staging', 'new/one'])
})

test('an organization: a PUT for selected repositories without their ids clears the list', async () => {
  const { actions } = connect()
  const secret = { org: 'acme', secret_name: 'S' }
  const sealed = seal('s', await actions.getOrgPublicKey({ org: 'acme' }))
  const ids = async () => (await actions.listSelectedReposForOrgSecret(secret)).data.repositories.map(({ id }) => id)
  const put = (more: object) =>
    actions.createOrUpdateOrgSecret({ ...secret, ...sealed, visibility: 'selected', ...more })
  await put({ selected_repository_ids: [1_001, 1_002] })
  expect(await ids()).toEqual([1_001, 1_002])
  await actions.removeSelectedRepoFromOrgSecret({ ...secret, repository_id: 1_001 })
  await actions.addSelectedRepoToOrgSecret({ ...secret, repository_id: 1_001 })
  await actions.setSelectedReposForOrgSecret({ ...secret, selected_repository_ids: [1_002] })
  expect(await ids()).toEqual([1_002])
  await put({})
  expect(await ids()).toEqual([])
  await actions.createOrUpdateOrgSecret({ ...secret, visibility: 'all' })
  expect(emulator.rows('/orgs/acme/actions/secrets')).toMatchObject([{ value: 's', visibility: 'all' }])
  await expect(actions.addSelectedRepoToOrgSecret({ ...secret, repository_id: 1_001 })).rejects.toMatchObject({
    status: 409,
  })
  const variable = { org: 'acme', name: 'V' }
  await actions.createOrgVariable({ ...variable, value: 'v', visibility: 'selected', selected_repository_ids: [1_001] })
  await actions.updateOrgVariable({ ...variable, value: 'w' })
  expect((await actions.listOrgVariables({ org: 'acme' })).data.variables).toMatchObject([
    {
      name: 'V',
      value: 'w',
      visibility: 'selected',
      selected_repositories_url: expect.stringContaining('/V/repositories'),
    },
  ])
  expect((await actions.listSelectedReposForOrgVariable(variable)).data.total_count).toBe(1)
  await actions.setSelectedReposForOrgVariable({ ...variable, selected_repository_ids: [1_002] })
  expect((await actions.listSelectedReposForOrgVariable(variable)).data.repositories).toMatchObject([{ id: 1_002 }])
  expect((await actions.getOrgVariable(variable)).data).toMatchObject({ value: 'w', visibility: 'selected' })
  expect((await actions.getOrgSecret(secret)).data).toMatchObject({ name: 'S', visibility: 'all' })
  await actions.deleteOrgVariable(variable)
  await actions.deleteOrgSecret(secret)
  expect((await actions.listOrgSecrets({ org: 'acme' })).data.total_count).toBe(0)
})

test('Dependabot, Codespaces and agents have the same calls, and keys of their own', async () => {
  const octokit = connect()
  const path = '/repos/{owner}/{repo}/{service}/secrets' as const
  const keys = new Set<string>()
  for (const service of ['actions', 'dependabot', 'codespaces', 'agents']) {
    const at = path.replace('{service}', service)
    const key = await octokit.request(`GET ${at}/public-key`, repo)
    keys.add(key.data.key)
    await octokit.request(`PUT ${at}/{secret_name}`, { ...repo, secret_name: 'S', ...seal(service, key) })
    expect((await octokit.request(`GET ${at}`, repo)).data).toMatchObject({ total_count: 1 })
    const org = `/orgs/{org}/${service}/secrets`
    const orgKey = await octokit.request(`GET ${org}/public-key`, { org: 'acme' })
    const sealed = { ...seal('s', orgKey), visibility: 'all' }
    await octokit.request(`PUT ${org}/{secret_name}`, { org: 'acme', secret_name: 'S', ...sealed })
    expect((await octokit.request(`GET ${org}`, { org: 'acme' })).data.secrets).toMatchObject([{ visibility: 'all' }])
    await octokit.request(`DELETE ${org}/{secret_name}`, { org: 'acme', secret_name: 'S' })
  }
  expect(keys.size).toBe(4)
  await octokit.request('POST /repos/{owner}/{repo}/agents/variables', { ...repo, name: 'V', value: 'v' })
  expect((await octokit.request('GET /repos/{owner}/{repo}/agents/variables', repo)).data.total_count).toBe(1)
})

test('what a name, a value and a sealed box must not be', async () => {
  const { actions } = connect()
  const key = await actions.getRepoPublicKey(repo)
  const put = (secret_name: string, sealed: { encrypted_value: string; key_id: string }) =>
    actions.createOrUpdateRepoSecret({ ...repo, secret_name, ...sealed })
  for (const name of ['1ST', 'GITHUB_TOKEN', 'github_x', 'A-B', 'A B', 'Ä']) {
    await expect(put(name, seal('v', key))).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Secret names'),
    })
  }
  await expect(put('A', seal('x'.repeat(48_001), key))).rejects.toMatchObject({ status: 422 })
  const refused = (words: string) => ({ status: 422, message: expect.stringContaining(words) })
  await expect(put('A', { encrypted_value: 'no base64!', key_id: key.data.key_id })).rejects.toMatchObject(
    refused('no base64! does not match'),
  )
  await expect(put('A', { encrypted_value: btoa('not sealed'), key_id: key.data.key_id })).rejects.toMatchObject(
    refused('Improperly encrypted secret'),
  )
  emulator.rotateKeys()
  await expect(put('A', seal('v', key))).rejects.toMatchObject(refused('key_id'))
  for (let n = 0; n < 100; n++) emulator.put(`S_${n}`, 'v')
  const fresh = await actions.getRepoPublicKey(repo)
  await expect(put('A', seal('v', fresh))).rejects.toMatchObject(refused('limit of 100 secrets'))
  await put('S_1', seal('v', fresh))
})

test('rights: wrong, read-only, foreign and not authorized for single sign-on', async () => {
  const { accessTokens } = emulator
  const list = (token: string, org = false) =>
    org ? connect(token).actions.listOrgSecrets({ org: 'acme' }) : connect(token).actions.listRepoSecrets(repo)
  const write = (token: string) => connect(token).actions.deleteRepoSecret({ ...repo, secret_name: 'A' })
  await expect(list('ghp_wrong')).rejects.toMatchObject({ status: 401, message: expect.stringContaining('Bad cred') })
  await expect(list(accessTokens.stranger)).rejects.toMatchObject({ status: 404 })
  await expect(list(accessTokens.collaborator)).rejects.toMatchObject({ status: 403 })
  await expect(list(accessTokens.collaborator, true)).rejects.toMatchObject({ status: 404 })
  await expect(list(accessTokens.withoutSso, true)).rejects.toMatchObject({
    status: 403,
    response: { headers: { 'x-github-sso': expect.stringContaining('required; url=') } },
  })
  expect((await list(accessTokens.reader)).status).toBe(200)
  await expect(write(accessTokens.reader)).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining('Resource not accessible by personal access token'),
    response: { headers: { 'x-accepted-github-permissions': 'secrets=write' } },
  })
  await expect(write(accessTokens.fineGrained)).rejects.toMatchObject({ status: 404 })
})

test('who the token belongs to, and the lists for pickers', async () => {
  const octokit = connect()
  const user = await octokit.rest.users.getAuthenticated()
  expect(user).toMatchObject({ data: { login: 'ada' }, headers: { 'x-oauth-scopes': 'repo, admin:org' } })
  const names = (await octokit.rest.repos.listForAuthenticatedUser({ per_page: 1 })).data.map((row) => row.full_name)
  expect(names).toEqual(['acme/app'])
  expect(await octokit.paginate(octokit.rest.repos.listForOrg, { org: 'acme', per_page: 1 })).toHaveLength(2)
  expect((await octokit.rest.orgs.listForAuthenticatedUser()).data).toMatchObject([{ login: 'acme' }])
  const fine = connect(emulator.accessTokens.fineGrained)
  expect((await fine.rest.orgs.listForAuthenticatedUser()).data).toEqual([])
})

test('an app: assertions are verified, tokens last an hour and can end before', async () => {
  const { app } = emulator
  const key = await importPKCS8(
    createPrivateKey(app.privateKey()).export({ type: 'pkcs8', format: 'pem' }).toString(),
    'RS256',
  )
  const now = Math.floor(Date.now() / 1_000)
  const assertion = (claims: object = {}) =>
    new SignJWT({ iat: now - 60, exp: now + 540, iss: app.appId, ...claims })
      .setProtectedHeader({ alg: 'RS256' })
      .sign(key)
  const proven = connect(await assertion())
  const installation_id = Number(app.installationId)
  expect((await proven.rest.apps.getAuthenticated()).data).toMatchObject({ slug: 'keyferry-test' })
  const { data } = await proven.rest.apps.createInstallationAccessToken({ installation_id })
  expect(data).toMatchObject({ token: expect.stringMatching(/^ghs_12345_.{300}/), permissions: { secrets: 'write' } })
  const installed = connect(data.token)
  expect((await installed.rest.apps.listReposAccessibleToInstallation()).data.total_count).toBe(2)
  expect((await installed.rest.actions.listRepoSecrets(repo)).data.total_count).toBe(0)
  await expect(installed.rest.users.getAuthenticated()).rejects.toMatchObject({ status: 403 })
  emulator.expireTokens()
  await expect(installed.rest.actions.listRepoSecrets(repo)).rejects.toMatchObject({ status: 401 })

  for (const [claims, words] of [
    [{ exp: now + 900 }, 'too far in the future'],
    [{ iat: now + 60 }, "'Issued at' claim"],
    [{ iss: '1' }, 'Integration not found'],
  ] as const) {
    await expect(connect(await assertion(claims)).rest.apps.getAuthenticated()).rejects.toThrow(words)
  }
  await expect(connect(`${await assertion()}x`).rest.apps.getAuthenticated()).rejects.toMatchObject({ status: 401 })
  const other = { installation_id: 1 }
  await expect(proven.rest.apps.createInstallationAccessToken(other)).rejects.toMatchObject({ status: 404 })
  app.suspend(true)
  await expect(proven.rest.apps.createInstallationAccessToken({ installation_id })).rejects.toMatchObject({
    status: 403,
  })
})

test('rate limits: 900 points and 80 calls that create content a minute, 5,000 requests an hour, and each form of refusal', async () => {
  emulator.setRateLimit(true)
  const octokit = connect()
  const remove = () => octokit.rest.actions.deleteRepoSecret({ ...repo, secret_name: 'NONE' }).catch((error) => error)
  const answers = await Promise.all(Array.from({ length: 181 }, remove))
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(180)
  expect(answers.find(({ status }) => status === 403)).toMatchObject({
    message: expect.stringContaining('secondary rate limit'),
    response: { headers: { 'retry-after': '60', 'x-ratelimit-limit': '5000', 'x-ratelimit-remaining': '4819' } },
  })
  emulator.setRateLimit(true)
  const post = (_: unknown, n: number) =>
    octokit.rest.actions.createRepoVariable({ ...repo, name: `V_${n}`, value: 'v' }).catch((error) => error)
  const posts = await Promise.all(Array.from({ length: 81 }, post))
  expect(posts.filter(({ status }) => status === 201)).toHaveLength(80)
  const other = await startEmulator({ refusals: { status: 429, form: 'primary' } })
  other.setRateLimit({ burst: 1, refill: 1, intervalMs: 60_000 })
  const limited = connect(other.accessTokens.classic, other.url)
  await limited.rest.users.getAuthenticated()
  await expect(limited.rest.users.getAuthenticated()).rejects.toMatchObject({
    status: 429,
    response: { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': expect.stringMatching(/^\d{10}$/) } },
  })
  await other.close()
})

test('a renamed repository redirects, an Enterprise Server lacks some, and reads lag where they do', async () => {
  emulator.put('A', 'a')
  const moved = await connect().actions.listRepoSecrets({ ...repo, repo: 'old-app' })
  expect(moved).toMatchObject({ url: expect.stringContaining('/repositories/1001/actions/secrets') })
  const server = await startEmulator({ scope: 'repository', isServer: true, listLagMs: 60_000 })
  const { request, actions } = connect(server.accessTokens.classic, `${server.url}/api/v3`)
  await expect(request('GET /repos/{owner}/{repo}/codespaces/secrets', repo)).rejects.toMatchObject({ status: 404 })
  server.put('OLD', 'o')
  await actions.createOrUpdateRepoSecret({
    ...repo,
    secret_name: 'NEW',
    ...seal('n', await actions.getRepoPublicKey(repo)),
  })
  await actions.deleteRepoSecret({ ...repo, secret_name: 'OLD' })
  expect((await actions.listRepoSecrets(repo)).data.secrets.map(({ name }) => name)).toEqual(['OLD'])
  expect([...server.contents().keys()]).toEqual(['NEW'])
  await server.close()
})
