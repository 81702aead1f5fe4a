import { afterEach, expect, test } from 'vitest'
import { sessionTo } from '../conformance/reconciler.ts'
import type { Change } from '../destination.ts'
import { create, outcomesOf, remove, update } from '../shared/clients/test-changes.ts'
import { startEmulator, type VaultEmulator, type VaultEmulatorOptions } from './emulator/index.ts'
import vault from './index.ts'

let emulator: VaultEmulator
afterEach(() => emulator.close())

const start = async (options?: VaultEmulatorOptions): Promise<void> => {
  emulator = await startEmulator(options)
}

/** A client of the emulator's target, with the token of `credentials` unless others are given. */
function client(credentials: Record<string, unknown> = {}, target: Record<string, unknown> = emulator.target) {
  const session = sessionTo(vault, { ...emulator.credentials, ...credentials }, {}, emulator.method)
  return vault.open(session, vault.target.parse(target), {})
}

const apply = (changes: readonly Change[], opened = client()) => outcomesOf(opened, changes)

const calls = (from = 0): string[] => emulator.log.slice(from).map(({ method, path }) => `${method} ${path}`)
const DATA = '/v1/secret/data/app/prod'
const PLAIN = '/v1/secret/app/prod'

const MOUNT = '/v1/sys/internal/ui/mounts/secret/app/prod'

test.for([
  { version: 2, read: [`GET ${DATA}`], write: [`PATCH ${DATA}`] },
  // Read again right before the write: there is no version that the write could name.
  { version: 1, read: [`GET ${PLAIN}`], write: [`GET ${PLAIN}`, `POST ${PLAIN}`] },
] as const)(
  'a hundred changes at version $version are a read and a write; a process asks once for the mount',
  async (at) => {
    await start({ version: at.version })
    emulator.put('FOREIGN', 'theirs')
    for (const [round, asks] of [[`GET ${MOUNT}`], []].entries()) {
      const before = emulator.log.length
      // By another name than all others: an emulator before this one may have had the same port.
      const opened = client({ instanceUrl: emulator.url.replace('127.0.0.1', 'localhost') })
      await opened.list()
      await apply(
        Array.from({ length: 100 }, (_, n) => create(`K${n}`, `v${round}`)),
        opened,
      )
      expect(calls(before)).toEqual([...asks, ...at.read, ...at.write])
    }
    expect(emulator.contents().size).toBe(101)
  },
)

test('a mount that became one of the other version is looked up again before anything is read or written', async () => {
  await start()
  const port = Number(new URL(emulator.url).port)
  for (const version of [2, 1, 2] as const) {
    await emulator.close()
    await start({ version, port })
    expect(await client().list()).toEqual([])
    expect(await apply([create('A', 'a')])).toEqual(new Map([['A', 'done']]))
    expect(Object.fromEntries(emulator.contents())).toEqual({ A: 'a' })
  }
})

const FOREIGN = '{"BIG":9007199254740993,"FLOAT":1.0,"OBJECT":{"a":[1.50,null]},"__proto__":"p","OURS":"old"}'
test.for([
  ['a patch', {}],
  ['a write to a server without patch', { patch: 'none' }],
  ['a write without the right to patch', { patch: 'denied', casRequired: true }],
  ['a write to version 1', { version: 1 }],
] as const)('%s leaves the members of others as they were, to the digit', async ([, options]) => {
  await start(options)
  emulator.plant(FOREIGN)
  const opened = client()
  const listed = new Map((await opened.list()).map(({ key, value, otherType }) => [key, otherType ?? value]))
  expect(listed).toEqual(
    new Map([
      ['BIG', 'a JSON number'],
      ['FLOAT', 'a JSON number'],
      ['OBJECT', 'a JSON object'],
      ['__proto__', 'p'],
      ['OURS', 'old'],
    ]),
  )
  await apply([update('OURS', 'new'), create('NEW', '')], opened)
  expect(emulator.members()).toEqual(
    new Map([
      ['BIG', '9007199254740993'],
      ['FLOAT', '1.0'],
      ['OBJECT', '{"a":[1.50,null]}'],
      ['__proto__', '"p"'],
      ['OURS', '"new"'],
      ['NEW', '""'],
    ]),
  )
})

test.for([{}, { patch: 'denied' }, { version: 1 }] as const)(
  'what others write between the read and the write is kept, and their change of one of our keys is not undone: %j',
  async (options) => {
    await start(options)
    for (const key of ['A', 'B']) emulator.put(key, 'old')
    const opened = client()
    await opened.list()
    emulator.put('FOREIGN', 'theirs')
    emulator.put('A', 'theirs')
    const ends = await apply([update('A', 'ours'), update('B', 'ours')], opened)
    expect(ends.get('A')).toMatchObject({ kind: 'conflict', message: expect.stringContaining('someone changed A') })
    expect(ends.get('B')).toBe('done')
    expect(Object.fromEntries(emulator.contents())).toEqual({ A: 'theirs', B: 'ours', FOREIGN: 'theirs' })
  },
)

test('a deleted document is written as its next version, and what changes nothing is not written', async () => {
  await start()
  emulator.put('A', 'old')
  emulator.softDelete()
  const opened = client()
  expect(await opened.list()).toEqual([])
  await apply([create('A', 'new')], opened)
  expect([emulator.version(), emulator.contents().get('A')]).toEqual([2, 'new'])
  expect(await apply([remove('GONE')], opened)).toEqual(new Map([['GONE', 'done']]))
  expect(emulator.version()).toBe(2)
  // Deleted between the read and the patch.
  emulator.softDelete()
  await apply([create('B', 'b')], opened)
  expect([emulator.version(), Object.fromEntries(emulator.contents())]).toEqual([3, { B: 'b' }])
})

test('the last key of a version 1 document takes the document with it, because it may not be empty', async () => {
  await start({ version: 1 })
  await apply([create('A', 'a')])
  expect(await apply([remove('A')])).toEqual(new Map([['A', 'done']]))
  expect(calls().at(-1)).toBe('DELETE /v1/secret/app/prod')
  expect(emulator.members()).toBeNull()
})

test('AppRole: one login serves all runs; a token that ends in the middle is fetched again, a missing right is not', async () => {
  await start({ method: 'app-role' })
  const logins = () => calls().filter((call) => call.includes('/login')).length
  const opened = client()
  await opened.list()
  await client().list()
  expect([logins(), emulator.loggedIn()]).toEqual([1, 1])
  emulator.expireTokens()
  expect(await apply([create('A', 'a')], opened)).toEqual(new Map([['A', 'done']]))
  expect(logins()).toBe(2)

  emulator.setSecretIdUses(0)
  emulator.expireTokens()
  await expect(client().list()).rejects.toMatchObject({
    kind: 'auth',
    message: expect.stringContaining('the secret ID has ended or is used up'),
  })
  const wrong = { secretId: 'wrong-secret-id' }
  await expect(client(wrong).list()).rejects.toMatchObject({
    kind: 'auth',
    message: expect.not.stringContaining('wrong-secret-id'),
  })
})

test('a namespace has its own mounts, its own tokens, and makes a target another', async () => {
  await start()
  const team = { accessToken: emulator.accessTokens.team, namespace: '/team/' }
  expect(await apply([create('A', 'a')], client(team))).toEqual(new Map([['A', 'done']]))
  expect(emulator.contents().size).toBe(0)
  expect(await client(team).list()).toMatchObject([{ key: 'A', value: 'a' }])
  const { check } = vault.connection
  const session = (more: object) => sessionTo(vault, { ...emulator.credentials, ...more })
  expect(await check(session(team))).toEqual({ label: 'token-team · team', id: 'team' })
  expect(await check(session({}))).toEqual({ label: 'token-keyferry' })
  await expect(check(session({ ...team, namespace: '' }))).rejects.toMatchObject({
    kind: 'auth',
    message: expect.stringContaining('of another namespace'),
  })
})

test.for([
  ['a wrong token', (): string => 'hvs.wrong', {}, 'auth', /does not accept the token/],
  [
    'a token of another path',
    (): string => emulator.accessTokens.stranger,
    {},
    'auth',
    /no policy of the token grants read on secret\/data\/app\/prod/,
  ],
  [
    'a mount that nobody has',
    (): string => emulator.accessTokens.stranger,
    { mount: 'nothing' },
    'auth',
    /shows no mount "nothing"/,
  ],
  [
    'a mount of which another is a part',
    (): string => emulator.accessTokens.full,
    { mount: 'teams', path: 'a/kv/x' },
    'missing',
    /mount "teams\/a\/kv\/" serves/,
  ],
] as const)('%s has its own message', async ([, token, where, kind, message]) => {
  await start()
  const opened = client({ accessToken: token() }, { ...emulator.target, ...where })
  await expect(opened.list()).rejects.toMatchObject({ kind, message: expect.stringMatching(message) })
})

test('a token that may only read, a document that is too large and a sealed server change nothing', async () => {
  await start()
  emulator.put('A', 'old')
  const reader = client({ accessToken: emulator.accessTokens.reader })
  await expect(apply([update('A', 'new')], reader)).rejects.toMatchObject({
    kind: 'auth',
    message: expect.stringContaining('no policy of the token grants update on secret/data/app/prod'),
  })
  const large = await apply([create('B', 'x'.repeat(600_000)), create('C', 'x'.repeat(600_000))])
  expect(large.get('B')).toMatchObject({ kind: 'rejected', message: expect.stringContaining('split the folder') })
  expect(large.get('C')).toBe(large.get('B'))
  emulator.setSealed(true)
  await expect(client().list()).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringContaining('Vault is sealed'),
  })
  expect(Object.fromEntries(emulator.contents())).toEqual({ A: 'old' })
})

test.for([{ mount: 'a/../b' }, { path: '..' }, { path: 'a b' }, { mount: '' }, { path: 'x'.repeat(129) }])(
  'the target %j is refused',
  (part) => expect(vault.target.safeParse({ mount: 'secret', path: 'app', ...part }).success).toBe(false),
)
test('slashes at the ends of mount and path are taken off', () =>
  expect(vault.target.parse({ mount: '/secret/', path: 'app/prod/' })).toEqual({ mount: 'secret', path: 'app/prod' }))

test.each(['..', '.', 'a/../../sys', 'approle/..'])(
  'an auth mount "%s" would be another path of the API',
  (authMount) => {
    const { credentials } = vault.connection.methods['app-role']
    const given = { instanceUrl: 'https://vault.example.com', roleId: 'r', secretId: 's' }
    expect(credentials.safeParse({ ...given, authMount: 'team/approle/' }).data?.authMount).toBe('team/approle')
    expect(credentials.safeParse({ ...given, authMount }).success).toBe(false)
  },
)
