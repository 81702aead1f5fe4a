/** node-vault, unmodified, must not notice that it talks to the emulator. */
import nodeVault from 'node-vault'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmulator, type VaultEmulator } from './index.ts'

let emulator: VaultEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

const connect = (token?: string, namespace?: string) =>
  // LIST is a method that Node's server refuses, so the client lists with GET.
  nodeVault({ endpoint: emulator.url, token, namespace, noCustomHTTPVerbs: true })
const client = () => connect(emulator.accessTokens.full)
const answer = (statusCode: number, ...errors: string[]) => ({ response: { statusCode, body: { errors } } })

test('version 2: write, read, patch, delete and destroy, each with its version', async () => {
  const vault = client()
  await expect(vault.read('secret/data/app/prod')).rejects.toMatchObject(answer(404))
  expect(await vault.write('secret/data/app/prod', { data: { A: '1', B: '2' }, options: { cas: 0 } })).toMatchObject({
    data: { version: 1, deletion_time: '', destroyed: false },
  })
  expect(await vault.read('secret/data/app/prod')).toMatchObject({
    lease_id: '',
    data: { data: { A: '1', B: '2' }, metadata: { version: 1 } },
  })
  const patched = await vault.update('secret/data/app/prod', {
    data: { A: 'new', B: null, C: '' },
    options: { cas: 1 },
  })
  expect(patched).toMatchObject({ data: { version: 2 } })
  expect(emulator.contents()).toEqual(
    new Map([
      ['A', 'new'],
      ['C', ''],
    ]),
  )
  expect(await vault.read('secret/subkeys/app/prod?depth=1')).toMatchObject({ data: { subkeys: { A: null, C: null } } })

  await vault.delete('secret/data/app/prod')
  const gone = { statusCode: 404, body: { data: { data: null, metadata: { version: 2, destroyed: false } } } }
  await expect(vault.read('secret/data/app/prod')).rejects.toMatchObject({ response: gone })
  await expect(vault.update('secret/data/app/prod', { data: { A: '1' } })).rejects.toMatchObject({ response: gone })
  const write = (cas: number) => vault.write('secret/data/app/prod', { data: { A: '3' }, options: { cas } })
  await expect(write(0)).rejects.toMatchObject(answer(400, 'check-and-set parameter did not match the current version'))
  expect(await write(2)).toMatchObject({ data: { version: 3 } })
  await vault.write('secret/destroy/app/prod', { versions: [3] })
  await expect(vault.read('secret/data/app/prod')).rejects.toMatchObject({
    response: { body: { data: { metadata: { version: 3, destroyed: true } } } },
  })
  await vault.delete('secret/metadata/app/prod')
  await expect(vault.read('secret/data/app/prod')).rejects.toMatchObject(answer(404))
})

test('metadata: marks, lists of names, and ten versions', async () => {
  const vault = client()
  for (let n = 1; n <= 12; n++) await vault.write('secret/data/app/prod', { data: { N: String(n) } })
  await vault.write('secret/data/app/eu/web', { data: {} })
  await vault.write('secret/metadata/app/prod', { custom_metadata: { 'managed-by': 'keyferry' } })
  const { data } = await vault.read('secret/metadata/app/prod')
  expect(data).toMatchObject({
    current_version: 12,
    oldest_version: 3,
    cas_required: false,
    custom_metadata: { 'managed-by': 'keyferry' },
  })
  expect(Object.keys(data.versions)).toHaveLength(10)
  expect(await vault.list('secret/metadata/app')).toMatchObject({ data: { keys: ['eu/', 'prod'] } })
  await expect(vault.list('secret/metadata/nothing')).rejects.toMatchObject(answer(404))
  const tooLong = { custom_metadata: { k: 'v'.repeat(513) } }
  await expect(vault.write('secret/metadata/app/prod', tooLong)).rejects.toMatchObject({
    response: { statusCode: 400 },
  })
})

test('version 1: bare objects, no patch, and no empty document', async () => {
  const vault = client()
  await vault.write('kv/app', { A: '1', ttl: '1h' })
  expect(await vault.read('kv/app')).toMatchObject({ lease_duration: 3_600, data: { A: '1', ttl: '1h' } })
  await expect(vault.update('kv/app', { A: '2' })).rejects.toMatchObject({ response: { statusCode: 405 } })
  await expect(vault.write('kv/app', {})).rejects.toMatchObject(answer(400, 'missing data fields'))
  // A write in the form of version 2 creates a secret at `data/app`, silently.
  await vault.write('kv/data/app', { data: { A: '1' } })
  expect(await vault.list('kv')).toMatchObject({ data: { keys: ['app', 'data/'] } })
  await vault.delete('kv/app')
  await vault.delete('kv/app')
  await expect(vault.read('kv/app')).rejects.toMatchObject(answer(404))
  // A read in the form of version 1 says what is wrong.
  await expect(vault.read('secret/app/prod')).rejects.toMatchObject({
    response: { statusCode: 404, body: { warnings: [expect.stringContaining('Invalid path for a versioned K/V')] } },
  })
})

test('mounts: the version of each, nested ones, and those that are not there', async () => {
  const vault = client()
  const describe = (path: string) => vault.read(`sys/internal/ui/mounts/${path}`)
  expect(await describe('secret/app/prod')).toMatchObject({ data: { path: 'secret/', options: { version: '2' } } })
  expect(await describe('kv/app')).toMatchObject({ data: { path: 'kv/', type: 'kv', options: null } })
  expect(await describe('teams/a/kv/app')).toMatchObject({ data: { path: 'teams/a/kv/' } })
  await expect(describe('nothing/app')).rejects.toMatchObject(answer(403, 'permission denied'))
  expect(Object.keys((await vault.read('sys/internal/ui/mounts')).data.secret)).toContain('strict/')
  await expect(vault.read('nothing/data/app')).rejects.toMatchObject(
    answer(404, 'no handler for route "nothing/data/app". route entry not found.'),
  )
})

test('check-and-set where it is required, and a document that is too large', async () => {
  const vault = client()
  await expect(vault.write('strict/data/app', { data: { A: '1' } })).rejects.toMatchObject(
    answer(400, 'check-and-set parameter required for this call'),
  )
  await vault.write('strict/data/app', { data: { A: '1' }, options: { cas: 0 } })
  const large = { data: { A: 'x'.repeat(1_048_576) } }
  await expect(vault.write('secret/data/app/prod', large)).rejects.toMatchObject({
    message: expect.stringContaining('put failed due to value being too large'),
    response: { statusCode: 500 },
  })
  await expect(vault.write('secret/data/app/prod', { options: {} })).rejects.toMatchObject(
    answer(400, 'no data provided'),
  )
})

test('AppRole: a token per login, looked up, renewed and revoked; a secret ID of one use', async () => {
  const vault = connect()
  const { roleId: role_id, secretId: secret_id } = emulator.appRole
  await expect(vault.approleLogin({ role_id, secret_id: 'wrong' })).rejects.toMatchObject(
    answer(400, 'invalid role or secret ID'),
  )
  expect(await vault.approleLogin({ role_id, secret_id })).toMatchObject({
    auth: { client_token: expect.stringMatching(/^hvs\./), lease_duration: 1_200, renewable: true },
  })
  expect(await vault.tokenLookupSelf()).toMatchObject({ data: { display_name: 'approle', ttl: 1_200 } })
  expect(await vault.tokenRenewSelf()).toMatchObject({ auth: { renewable: true } })
  await vault.write('secret/data/app/prod', { data: { A: '1' } })
  expect(emulator.loggedIn()).toBe(1)
  await vault.tokenRevokeSelf()
  expect(emulator.loggedIn()).toBe(0)
  await expect(vault.read('secret/data/app/prod')).rejects.toMatchObject(answer(403, 'permission denied'))

  emulator.setSecretIdUses(1)
  await vault.approleLogin({ role_id, secret_id })
  emulator.expireTokens()
  await expect(vault.tokenLookupSelf()).rejects.toMatchObject(answer(403, 'permission denied'))
  await expect(vault.approleLogin({ role_id, secret_id })).rejects.toMatchObject({ response: { statusCode: 400 } })
})

test('rights: a token can ask for its capabilities without using them', async () => {
  const target = 'secret/data/app/prod'
  const paths = [target, 'secret/data/other']
  const rights = async (token: string) => (await connect(token).write('sys/capabilities-self', { paths })).data
  expect(await rights(emulator.accessTokens.reader)).toMatchObject({
    [target]: ['read'],
    'secret/data/other': ['deny'],
  })
  expect((await rights(emulator.accessTokens.stranger))[target]).toEqual(['deny'])
  const reader = connect(emulator.accessTokens.reader)
  await expect(reader.write('secret/data/app/prod', { data: {} })).rejects.toMatchObject(
    answer(403, '1 error occurred:\n\t* permission denied\n\n'),
  )
  await expect(connect(emulator.accessTokens.batch).tokenRevokeSelf()).rejects.toMatchObject({
    response: { statusCode: 400 },
  })
  await expect(connect('hvs.wrong').tokenLookupSelf()).rejects.toMatchObject(answer(403, 'permission denied'))
})

test('namespaces: a token works in its own and below', async () => {
  const own = connect(emulator.accessTokens.team, 'team')
  await own.write('secret/data/app/prod', { data: { A: 'of the team' } })
  expect(emulator.contents().size).toBe(0)
  await expect(connect(emulator.accessTokens.team).tokenLookupSelf()).rejects.toMatchObject(
    answer(403, 'permission denied'),
  )
  const below = connect(emulator.accessTokens.full, 'team')
  expect(await below.read('secret/data/app/prod')).toMatchObject({ data: { data: { A: 'of the team' } } })
  await expect(connect(emulator.accessTokens.full, 'nobody').read('secret/data/app')).rejects.toMatchObject({
    response: { statusCode: 404 },
  })
})

test('a sealed server and an exceeded quota', async () => {
  emulator.setSealed(true)
  await expect(client().read('secret/data/app/prod')).rejects.toMatchObject(answer(503, 'Vault is sealed'))
  emulator.setSealed(false)
  emulator.setRateLimit({ burst: 1, refill: 1, intervalMs: 60_000 })
  await client().write('secret/data/app/prod', { data: {} })
  await expect(client().read('secret/data/app/prod')).rejects.toMatchObject(
    answer(429, 'request path "secret/data/app/prod": rate limit quota exceeded'),
  )
})

test('numbers and objects of others keep their text under a patch', async () => {
  emulator.plant('{"BIG":9007199254740993,"FLOAT":1.0,"NESTED":{"a":[1.50]},"__proto__":"p"}')
  await client().update('secret/data/app/prod', { data: { A: 'ours' }, options: { cas: 1 } })
  expect(emulator.members()).toEqual(
    new Map([
      ['BIG', '9007199254740993'],
      ['FLOAT', '1.0'],
      ['NESTED', '{"a":[1.50]}'],
      ['__proto__', '"p"'],
      ['A', '"ours"'],
    ]),
  )
})

test('servers before 1.9 and policies without patch refuse it, each in its way', async () => {
  for (const [patch, status] of [
    ['none', 405],
    ['denied', 403],
  ] as const) {
    const other = await startEmulator({ patch })
    const vault = nodeVault({ endpoint: other.url, token: other.accessTokens.full })
    await vault.write('secret/data/app/prod', { data: {} })
    await expect(vault.update('secret/data/app/prod', { data: {} })).rejects.toMatchObject({
      response: { statusCode: status },
    })
    await other.close()
  }
})
