/** What the conformance suite doesn't ask: records of several environments, types, policies, refusals in a batch. */
import { afterEach, expect, test } from 'vitest'
import { sessionTo } from '../conformance/reconciler.ts'
import type { DestinationError } from '../destination-error.ts'
import type { Change, Client } from '../destination.ts'
import { startEmulator, type VercelEmulator, type VercelEmulatorOptions } from './emulator/index.ts'
import vercel from './index.ts'

let emulator: VercelEmulator
afterEach(() => emulator.close())

/** A client of the emulator's target with these fields of its own. */
async function begin(options: VercelEmulatorOptions = {}): Promise<void> {
  emulator = await startEmulator(options)
}
function clientAt(target: Record<string, unknown> = {}, apiToken: string = emulator.tokens.member): Client {
  const session = sessionTo(vercel, { ...emulator.credentials, apiToken })
  return vercel.open(session, vercel.target.parse({ ...emulator.target, ...target }), {})
}

/** The outcome of every change by its key: `done`, or the error's kind. */
async function outcomes(client: Client, changes: readonly Change[]): Promise<Record<string, string>> {
  const ended: [string, string][] = []
  await client.apply(changes, {
    replacing: async () => {},
    done: async ({ key }) => void ended.push([key, 'done']),
    failed: async ({ key }, { kind }: DestinationError) => void ended.push([key, kind]),
  })
  return Object.fromEntries(ended)
}
const write = (key: string, value: string, sensitive = false): Change => ({
  action: 'update',
  key,
  value,
  flags: { sensitive },
  remoteIds: [],
})
const removal = (key: string): Change => ({ action: 'delete', key, remoteIds: [] })
const shown = () =>
  emulator
    .variables()
    .map(({ key, value, target, customEnvironmentIds }) => [key, value, [target, customEnvironmentIds].flat(2).join()])
const writesOf = () => emulator.log.filter(({ method }) => method !== 'GET').map(({ method }) => method)

test('a record that Vercel leaves there is not removed, whatever the status says', async () => {
  await begin()
  for (const key of ['GONE', 'KEPT']) emulator.put(key, 'v')
  const client = clientAt()
  await client.list()
  emulator.remove('GONE')
  const body = { deleted: 0, ids: [] }
  emulator.fail(1, { kind: 'status', status: 200, body }, (method) => method === 'DELETE')
  expect(await outcomes(client, [removal('GONE'), removal('KEPT')])).toEqual({ GONE: 'done', KEPT: 'unavailable' })
})

test('a record of several environments keeps its value in the others', async () => {
  await begin()
  const staging = ['env_emulatedStaging']
  emulator.plant({ key: 'CHANGED', value: 'all', target: ['production', 'preview'], customEnvironmentIds: staging })
  emulator.plant({ key: 'REMOVED', value: 'all', type: 'sensitive', target: ['production', 'preview'] })
  emulator.plant({ key: 'OLD', value: 'old', type: 'plain', target: 'production' })
  emulator.plant({ key: 'ELSEWHERE', value: 'preview', target: ['preview'] })
  const client = clientAt()
  expect((await client.list()).map(({ key, value }) => [key, value])).toEqual([
    ['CHANGED', 'all'],
    ['REMOVED', undefined],
    ['OLD', 'old'],
  ])
  const changes = [write('CHANGED', 'own'), removal('REMOVED'), write('OLD', 'new'), removal('ELSEWHERE')]
  expect(await outcomes(client, changes)).toEqual({ CHANGED: 'done', REMOVED: 'done', OLD: 'done', ELSEWHERE: 'done' })
  expect(shown()).toEqual([
    ['CHANGED', 'all', 'preview,env_emulatedStaging'],
    ['REMOVED', 'all', 'preview'],
    ['OLD', 'new', 'production'],
    ['ELSEWHERE', 'preview', 'preview'],
    ['CHANGED', 'own', 'production'],
  ])
  expect(emulator.variables().map(({ type }) => type)).toEqual([
    'encrypted',
    'sensitive',
    'plain',
    'encrypted',
    'encrypted',
  ])
  // A custom environment of its own, and a removal there.
  expect(await outcomes(clientAt({ env: staging[0] }), [removal('CHANGED'), write('NEW', 'n')])).toEqual({
    CHANGED: 'done',
    NEW: 'done',
  })
  expect(shown()).toContainEqual(['CHANGED', 'all', 'preview'])
  expect(shown()).toContainEqual(['NEW', 'n', 'env_emulatedStaging'])
})

test('an environment that a shared record gets during a run is not taken from it', async () => {
  await begin()
  for (const key of ['CHANGED', 'REMOVED', 'VERCEL_ENV'])
    emulator.plant({ key, value: 'all', target: ['production', 'preview'] })
  const client = clientAt()
  await client.list()
  for (const { id } of emulator.variables()) emulator.edit(id, { target: ['production', 'preview', 'development'] })
  expect(await outcomes(client, [write('CHANGED', 'own'), removal('REMOVED'), write('VERCEL_ENV', 'x')])).toEqual({
    CHANGED: 'done',
    REMOVED: 'done',
    VERCEL_ENV: 'rejected',
  })
  expect(shown()).toEqual([
    ['CHANGED', 'all', 'preview,development'],
    ['REMOVED', 'all', 'preview,development'],
    ['VERCEL_ENV', 'all', 'production,preview,development'],
    ['CHANGED', 'own', 'production'],
  ])
})

test('a team and a project by name are those of their IDs', async () => {
  await begin()
  const session = (apiToken: string) => sessionTo(vercel, { ...emulator.credentials, apiToken })
  const resolved = async (target: Record<string, unknown>, apiToken: string = emulator.tokens.member) =>
    vercel.targetKey(await vercel.resolve!(session(apiToken), vercel.target.parse({ ...emulator.target, ...target })))
  const key = vercel.targetKey(vercel.target.parse(emulator.target))
  expect(await resolved({})).toBe(key)
  expect(emulator.log).toEqual([])
  expect(await resolved({ teamId: 'keyferry' })).toBe(key)
  expect(await resolved({ teamId: 'keyferry', app: 'storefront' }, emulator.tokens.ofTeam)).toBe(key)
  expect(await resolved({ teamId: 'ada', app: 'website' })).toBe(
    await resolved({ teamId: 'user_keyferry', app: 'website' }),
  )
  await expect(resolved({ teamId: 'nobody' })).rejects.toMatchObject({ kind: 'missing' })
  await expect(resolved({ app: 'nothing' })).rejects.toMatchObject({ kind: 'missing' })
})

test('a record whose split is refused returns to its environments', async () => {
  await begin()
  emulator.plant({ key: 'VERCEL_ENV', value: 'old', target: ['production', 'preview'] })
  expect(await outcomes(clientAt(), [write('VERCEL_ENV', 'new')])).toEqual({ VERCEL_ENV: 'rejected' })
  expect(shown()).toEqual([['VERCEL_ENV', 'old', 'production,preview']])
})

test('a branch has records of its own', async () => {
  await begin()
  emulator.plant({ key: 'A', value: 'all branches', target: ['preview'] })
  const branch = clientAt({ env: 'preview', branch: 'feature/login' })
  expect(await branch.list()).toEqual([])
  expect(await outcomes(branch, [write('A', 'mine')])).toEqual({ A: 'done' })
  const list = async (client: Client) => (await client.list()).map(({ key, value }) => [key, value])
  expect(await list(clientAt({ env: 'preview' }))).toEqual([['A', 'all branches']])
  expect(await list(clientAt({ env: 'preview', branch: 'feature/login' }))).toEqual([['A', 'mine']])
  // All fail for one reason, which Vercel says in words; its words may quote values.
  const messages: string[] = []
  const unknown = clientAt({ env: 'preview', branch: 'no-such-branch' })
  await unknown.apply([write('B', 'no-such-branch')], {
    replacing: async () => {},
    done: async () => {},
    failed: async (_, { message }) => void messages.push(message),
  })
  expect(messages).toEqual([expect.stringMatching(/^Vercel refuses B \(BAD_REQUEST\): The branch "•••" was not found/)])
  // Of another environment, the field means nothing.
  expect(await list(clientAt({ env: 'development', branch: 'feature/login' }))).toEqual([])
})

test('a change to or from sensitive creates the record again, unless a policy forbids the result', async () => {
  await begin()
  for (const sensitive of [true, false]) {
    expect(await outcomes(clientAt({ sensitive }), [write('A', `${sensitive}`, sensitive)])).toEqual({ A: 'done' })
    expect(emulator.variables()).toMatchObject([{ value: `${sensitive}`, type: sensitive ? 'sensitive' : 'encrypted' }])
  }
  await emulator.close()
  for (const policyPromotes of [true, false]) {
    await begin({ sensitivePolicy: 'on', behaviour: { policyPromotes } })
    emulator.plant({ key: 'KEPT', value: 'old', type: 'sensitive' })
    expect(await outcomes(clientAt(), [write('NEW', 'n'), write('KEPT', 'k')])).toEqual({
      NEW: 'rejected',
      KEPT: 'rejected',
    })
    expect(emulator.contents().get('KEPT')).toBe('old')
    expect(writesOf()).toEqual(['POST'])
    if (policyPromotes) await emulator.close()
  }
})

test.each([
  ['names it', {}, 1],
  ['refuses all and names none', { refusesBatches: true }, 7],
])('one refused key stops no other, if Vercel %s', async (_, behaviour, posts) => {
  await begin({ behaviour })
  const changes = ['A', 'B', 'VERCEL_URL', 'C', 'D', 'E', 'F', 'G'].map((key) => write(key, `value of ${key}`))
  const ended = await outcomes(clientAt(), changes)
  expect(ended).toEqual({ ...Object.fromEntries(changes.map(({ key }) => [key, 'done'])), VERCEL_URL: 'rejected' })
  expect(writesOf().length).toBe(posts)
})

test('a smaller largest batch is found by halving', async () => {
  await begin({ behaviour: { largestBatch: 50 } })
  const keys = Array.from({ length: 150 }, (_, n) => `KEY_${n}`)
  await outcomes(
    clientAt(),
    keys.map((key) => write(key, key)),
  )
  expect(emulator.contents().size).toBe(150)
  await outcomes(clientAt(), keys.map(removal))
  expect(emulator.contents().size).toBe(0)
})

test('a token that does not see production is an error, not an empty list', async () => {
  await begin()
  emulator.put('HIDDEN', 'value')
  const { withoutProduction } = emulator.tokens
  await expect(clientAt({}, withoutProduction).list()).rejects.toMatchObject({ kind: 'auth' })
  expect(await clientAt({ env: 'preview' }, withoutProduction).list()).toEqual([])
})

test('tokens: wrong, of a team, of others, and without the right to write', async () => {
  await begin()
  const check = (apiToken: string) => vercel.connection.check(sessionTo(vercel, { ...emulator.credentials, apiToken }))
  expect(await check(emulator.tokens.member)).toEqual({ label: 'ada' })
  expect(await check(emulator.tokens.ofTeam)).toEqual({ label: 'keyferry' })
  await expect(check('vcp_wrong')).rejects.toMatchObject({ kind: 'auth', message: expect.stringContaining('wrong') })
  await expect(clientAt({}, emulator.tokens.stranger).list()).rejects.toMatchObject({ kind: 'auth' })
  await expect(clientAt({ app: 'prj_unknown' }).list()).rejects.toMatchObject({ kind: 'missing' })
  const viewer = clientAt({}, emulator.tokens.viewer)
  await expect(outcomes(viewer, [write('A', 'a')])).rejects.toMatchObject({ kind: 'auth' })
  expect(() => vercel.target.parse({ ...emulator.target, env: 'development', sensitive: true })).toThrow('sensitive')
  // It would be another path of the API.
  for (const app of ['.', '..']) expect(vercel.target.safeParse({ ...emulator.target, app }).success).toBe(false)
})

test('values that the list hides are read one by one, sensitive ones never', async () => {
  await begin({ behaviour: { decryptsLists: false } })
  emulator.put('A', 'a')
  emulator.plant({ key: 'S', value: 's', type: 'sensitive' })
  const client = clientAt()
  expect(await client.list()).toMatchObject([
    { key: 'A', revision: expect.any(String), flags: { sensitive: false } },
    { key: 'S', revision: expect.any(String), flags: { sensitive: true } },
  ])
  expect(await client.readValues?.(['A', 'S'])).toEqual(new Map([['A', 'a']]))
})
