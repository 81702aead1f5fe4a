import { afterEach, expect, test } from 'vitest'
import { sessionTo } from '../conformance/reconciler.ts'
import type { DestinationError } from '../destination-error.ts'
import type { Change } from '../destination.ts'
import { type GithubEmulator, type GithubEmulatorOptions, startEmulator } from './emulator/index.ts'
import github from './index.ts'

let emulator: GithubEmulator
afterEach(() => emulator.close())

/** The destination at an emulator's target, changed by `more`. */
async function started(options: GithubEmulatorOptions = {}, more: Record<string, unknown> = {}) {
  emulator = await startEmulator(options)
  const target = github.target.parse({ ...emulator.target, ...more })
  const open = (credentials: Record<string, unknown> = emulator.credentials) =>
    github.open(sessionTo(github, credentials, {}, emulator.method), target, {})
  const write = (key: string, value: string): Change => ({
    action: 'create',
    key,
    value,
    flags: github.flags({}, key, target),
  })
  const apply = async (changes: readonly Change[], client = open()) => {
    const errors: DestinationError[] = []
    const report = { replacing: async () => {}, done: async () => {} }
    await client.apply(changes, { ...report, failed: async (_, error) => void errors.push(error) })
    return errors
  }
  return { open, write, apply, target }
}

/** Method and last segments of each request since `from`. */
const calls = (from = 0): string[] =>
  emulator.log.slice(from).map(({ method, path }) => `${method} ${path.replace(/^.*\/actions\//, '')}`)

test('an organization: every write carries visibility and repositories, which GitHub would clear otherwise', async () => {
  const { apply, write, open, target } = await started(
    {},
    { visibility: 'selected', selectedRepositoryIds: [1_002, '1001'] },
  )
  await apply([write('A', 'one')])
  await apply([{ action: 'update', key: 'A', value: 'two', flags: {}, remoteIds: [] }])
  expect(emulator.rows('/orgs/acme/actions/secrets')).toMatchObject([
    { name: 'A', value: 'two', visibility: 'selected', selected: [1_002, 1_001] },
  ])
  expect((await open().list())[0]?.flags).toEqual({ visibility: 'selected' })
  expect(github.flags({}, 'A', target)).toEqual({ visibility: 'selected', repositories: '["1001","1002"]' })
})

test('an organization: variables too', async () => {
  const selected = { visibility: 'selected', selectedRepositoryIds: [1_001] }
  const { apply, write } = await started({ kind: 'variables' }, selected)
  await apply([write('A', 'one')])
  await apply([{ action: 'update', key: 'A', value: 'two', flags: {}, remoteIds: [] }])
  expect(emulator.rows('/orgs/acme/actions/variables')).toMatchObject([{ value: 'two', selected: [1_001] }])
})

test.each([
  { kind: 'dependabot-secrets', path: '/repos/acme/app/dependabot/secrets' },
  { kind: 'codespaces-secrets', path: '/repos/acme/app/codespaces/secrets' },
  { kind: 'agents-secrets', path: '/repos/acme/app/agents/secrets' },
  { kind: 'agents-variables', path: '/repos/acme/app/agents/variables' },
])('$kind are written to their own place', async ({ kind, path }) => {
  const { apply, write, open } = await started({ scope: 'repository' }, { kind })
  await apply([write('A', 'one')])
  expect(emulator.rows(path)).toMatchObject([{ name: 'A', value: 'one' }])
  expect(emulator.contents().size).toBe(0)
  expect((await open().list()).map(({ key }) => key)).toEqual(['A'])
})

test('the public key is read once; a new one is used when GitHub makes one in the middle of a run', async () => {
  const { apply, write } = await started()
  emulator.hold((method) => {
    if (method === 'PUT') emulator.rotateKeys()
    return false
  })
  await apply([write('A', 'one')])
  expect(calls()).toEqual(['GET secrets/public-key', 'PUT secrets/A', 'GET secrets/public-key', 'PUT secrets/A'])
})

test('a secret that GitHub refuses costs its own key, one more look at the public key, and shows no value', async () => {
  const { apply, write } = await started()
  const refused = { kind: 'status', status: 422, body: { message: 'one is not allowed' } } as const
  emulator.fail(1, refused, (method, path) => method === 'PUT' && path.endsWith('/A'))
  const errors = await apply([write('A', 'one'), write('B', 'two')])
  expect(errors).toMatchObject([{ kind: 'rejected', status: 422, message: expect.not.stringContaining('allowed') }])
  expect([...emulator.contents().keys()]).toEqual(['B'])
  expect(calls().filter((call) => call.startsWith('GET'))).toHaveLength(2)
})

test.each(['secrets', 'variables'] as const)(
  '%s that were deleted are gone, though the listing shows them',
  async (kind) => {
    const { apply, write, open } = await started({ listLagMs: 60_000, kind }, { kind })
    emulator.put('A', 'one')
    const names = async () => (await open().list()).map(({ key }) => key)
    const remove = { action: 'delete', key: 'A', remoteIds: [] } as const
    const client = open()
    await client.list()
    expect(await apply([remove], client)).toEqual([])
    expect(emulator.rows(`/orgs/acme/actions/${kind}`)).toEqual([])
    expect(await names()).toEqual([])
    // As a run would that listed before.
    expect(await apply([remove])).toEqual([])
    // Written again, by us or by somebody else.
    emulator.put('A', 'theirs')
    expect(await names()).toEqual(['A'])
    await apply([remove], open())
    await apply([write('A', 'two')])
    expect(await names()).toEqual(['A'])
  },
)

test('drift of a secret shows as a changed revision, of a variable as its value', async () => {
  const { apply, write, open } = await started()
  await apply([write('A', 'one')])
  const [before] = await open().list()
  emulator.plant('/orgs/acme/actions/secrets', { name: 'A', value: 'theirs', updatedAt: '2026-11-28T00:00:00.000Z' })
  const [after] = await open().list()
  expect(before?.revision).not.toBe(after?.revision)
})

test('rows that move between two pages are read again; rows that never settle are an error', async () => {
  const { open } = await started({ kind: 'variables' })
  for (let n = 0; n < 40; n++) emulator.put(`V_${n}`, 'v')
  const page = { total_count: 41, variables: [{ name: 'V', value: 'v', updated_at: 'now' }] }
  emulator.fail(2, { kind: 'status', status: 200, body: page })
  expect(await open().list()).toHaveLength(40)
  for (const n of [2, 4]) emulator.fail(n, { kind: 'status', status: 200, body: page })
  await expect(open().list()).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('other rows'),
  })
})

test('a renamed repository is named as that', async () => {
  const { open } = await started({ scope: 'repository' }, { repo: 'old-app' })
  await expect(open().list()).rejects.toMatchObject({ kind: 'missing', message: expect.stringContaining('has moved') })
})

test('each way of lacking a right has its remedy', async () => {
  const { open, apply, write } = await started()
  const using = (personalAccessToken: string) => open({ ...emulator.credentials, personalAccessToken })
  const { accessTokens } = emulator
  await expect(using('ghp_wrong').list()).rejects.toMatchObject({
    kind: 'auth',
    message: expect.stringContaining('revoked'),
  })
  await expect(using(accessTokens.stranger).list()).rejects.toMatchObject({
    kind: 'missing',
    message: expect.stringContaining('no organization acme (404)'),
  })
  await expect(using(accessTokens.withoutSso).list()).rejects.toThrow('single sign-on')
  const error = await apply([write('A', 'one')], using(accessTokens.reader)).catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    kind: 'auth',
    message: expect.stringContaining('it needs the permission organization_secrets=write'),
  })
})

test('an app: one token for many calls, another one when it ends, and plain words when it may not have one', async () => {
  const { open, apply, write } = await started({ method: 'github-app' })
  const client = open()
  await client.list()
  await apply([write('A', 'one'), write('B', 'two')], client)
  expect(emulator.handedOut()).toBe(1)
  emulator.expireTokens()
  await apply([write('C', 'three'), write('D', 'four')], client)
  expect([emulator.contents().size, emulator.handedOut()]).toEqual([4, 2])
  const session = sessionTo(github, emulator.credentials, {}, 'github-app')
  expect(await github.connection.check(session)).toEqual({ label: 'keyferry-test · acme' })
  emulator.expireTokens()
  emulator.app.suspend(true)
  await expect(open().list()).rejects.toMatchObject({ kind: 'auth', message: expect.stringContaining('suspended') })
  emulator.app.suspend(false)
  await expect(open({ ...emulator.credentials, installationId: '1' }).list()).rejects.toThrow('no installation 1')
})

test('a limit that is filled again in half an hour ends the run with that time', async () => {
  const { open } = await started({ refusals: { status: 403, form: 'primary' } })
  emulator.setRateLimit({ burst: 1, refill: 1, intervalMs: 1_800_000 })
  await open().list()
  const error: unknown = await open()
    .list()
    .catch((reason: unknown) => reason)
  expect(error).toMatchObject({ kind: 'throttled', status: 403 })
  const { retryAt } = error as DestinationError
  expect(Number(retryAt) - Date.now()).toBeGreaterThan(600_000)
})

test('the pickers of repositories and environments', async () => {
  await started({ scope: 'repository-environment' })
  const session = sessionTo(github, emulator.credentials)
  const values = async (name: string, known: Record<string, string> = {}) => {
    return (await github.choices?.[name]?.list(session, known))?.map(({ value }) => value)
  }
  expect(await values('owners')).toEqual(['acme'])
  expect(await values('repositories', { owner: 'acme' })).toEqual(['app', 'web'])
  expect(await values('environments', { owner: 'acme', repo: 'app' })).toEqual(['eu/production 1', 'staging'])
})

test.each([
  [{ scope: 'organization', org: 'acme', visibility: 'selected' }, 'at least one repository'],
  [{ scope: 'organization', org: 'acme', visibility: 'all', selectedRepositoryIds: [1] }, 'only be named'],
  [{ scope: 'repository', owner: 'acme', repo: '..' }, 'Repository must be'],
  [{ scope: 'repository', owner: 'acme/x', repo: 'app' }, 'Owner must be'],
  [{ scope: 'repository-environment', owner: 'acme', repo: 'app', env: '..' }, 'Environment must be'],
  [
    { scope: 'repository-environment', owner: 'a', repo: 'b', env: 'c', kind: 'dependabot-secrets' },
    'only secrets and',
  ],
])('the target %j is refused', async (target, words) => {
  await started()
  expect(github.target.safeParse(target).error?.message).toContain(words)
})
