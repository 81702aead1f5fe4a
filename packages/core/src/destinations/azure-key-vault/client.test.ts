import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sessionTo } from '../conformance/reconciler.ts'
import { DestinationError } from '../destination-error.ts'
import type { Change, Client } from '../destination.ts'
import { startEmulator, type KeyVaultEmulator, type KeyVaultEmulatorOptions } from './emulator/index.ts'
import keyVault from './index.ts'

let emulator: KeyVaultEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

const restart = async (options: KeyVaultEmulatorOptions): Promise<void> => {
  await emulator.close()
  emulator = await startEmulator(options)
}

interface Opened {
  credentials?: Record<string, unknown>
  method?: string
  vaultBaseUrl?: string
  purgeDeleted?: boolean
}

const session = ({ credentials = {}, method }: Opened = {}) =>
  sessionTo(keyVault, { ...emulator.credentials, ...credentials }, { waitBudgetMs: 300 }, method)

function client(opened: Opened = {}): Client {
  const target = keyVault.target.parse({ vaultBaseUrl: opened.vaultBaseUrl ?? emulator.url })
  return keyVault.open(session(opened), target, { purgeDeleted: opened.purgeDeleted ?? false })
}

const create = (key: string, value: string): Change => ({ action: 'create', key, value, flags: {} })
const remove = (key: string): Change => ({ action: 'delete', key, remoteIds: [] })

/** Applies, and answers what was reported, in order. */
async function apply(changes: readonly Change[], opened: Opened = {}, by = client(opened)): Promise<string[]> {
  const reported: string[] = []
  const note = (word: string) => async (change: Change) => void reported.push(`${word} ${change.key}`)
  await by.apply(changes, {
    replacing: note('replacing'),
    done: note('done'),
    failed: async ({ key }, { kind }) => void reported.push(`${kind} ${key}`),
  })
  return reported
}

describe('what others keep in the vault', () => {
  test('secrets of certificates are not ours, and disabled ones are named', async () => {
    emulator.plant({ name: 'Site-Cert', isManaged: true, contentType: 'application/x-pkcs12' })
    emulator.plant({ name: 'off', isEnabled: false })
    expect(await client().list()).toMatchObject([
      { key: 'OFF', otherType: 'a disabled secret' },
      { key: 'SITE-CERT', notManaged: 'the secret of a certificate' },
    ])
    expect(await apply([create('SITE-CERT', 'ours')])).toEqual(['rejected SITE-CERT'])
    expect(await client().readValues?.(['OFF', 'NOT-THERE'])).toEqual(new Map())
  })

  test('a spelling, tags, a content type and times stay when the value changes', async () => {
    const times = { notBefore: 1_767_600_000, expires: 4_102_444_800 }
    emulator.plant({ name: 'Db-Url', value: 'old', contentType: 'text/plain', tags: { team: 'billing' }, ...times })
    const mine = client()
    const [before] = await mine.list()
    const { key = '', remoteIds = [] } = before ?? {}
    await apply([{ action: 'update', key, value: 'new', flags: {}, remoteIds }], {}, mine)
    const [secret] = emulator.secrets()
    expect(secret?.name).toBe('Db-Url')
    expect(secret?.versions.at(-1)).toMatchObject({
      value: 'new',
      contentType: 'text/plain',
      isEnabled: true,
      ...times,
    })
    expect(secret?.versions.at(-1)?.tags).toEqual({
      team: 'billing',
      keyferry: expect.stringMatching(/^[0-9a-f]{32}$/),
    })
  })

  test('a value that somebody set by hand shows in the list, one with 15 tags of others included', async () => {
    const tags = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`tag${n}`, 'theirs']))
    emulator.plant({ name: 'FULL', tags })
    const mine = client()
    await mine.list()
    await apply([create('A', 'ours'), create('FULL', 'ours')], {}, mine)
    const idsOf = async () => Object.fromEntries((await client().list()).map(({ key, remoteIds }) => [key, remoteIds]))
    expect(await idsOf()).toEqual({ A: [expect.stringMatching(/^[0-9a-f]{32}$/)], FULL: ['untagged'] })
    expect(emulator.contents().get('FULL')).toBe('ours')
    emulator.put('A', 'theirs')
    expect(await idsOf()).toMatchObject({ A: ['untagged'] })
  })
})

describe('the bin', () => {
  test('a name in it is recovered and set, journaled before its old value shows', async () => {
    await apply([create('A', 'old')])
    await apply([remove('A')])
    const from = emulator.log.length
    expect(await apply([create('A', 'new')])).toEqual(['replacing A', 'done A'])
    expect(emulator.log.slice(from).map(({ method }) => method)).toEqual(['PUT', 'POST', 'PUT'])
    expect(emulator.contents()).toEqual(new Map([['A', 'new']]))
  })

  test('is emptied of what we delete where that is wanted, as soon as it gets there', async () => {
    await restart({ settleAfter: 1 })
    emulator.plant({ name: 'THEIRS' })
    emulator.remove('THEIRS')
    await apply([create('A', 'v')])
    expect(await apply([remove('A'), remove('NEVER-WAS')], { purgeDeleted: true })).toEqual([
      'done NEVER-WAS',
      'done A',
    ])
    expect(await apply([create('A', 'new')])).toEqual(['done A'])
    expect(emulator.secrets().map(({ name, isDeleted }) => [name, isDeleted])).toEqual([
      ['A', false],
      ['THEIRS', true],
    ])
  })

  test('a wait for it ends with the run', async () => {
    await restart({ settleAfter: 1_000 })
    await apply([create('A', 'v')])
    await apply([remove('A')])
    const ended = new AbortController()
    const target = keyVault.target.parse({ vaultBaseUrl: emulator.url })
    const mine = keyVault.open(sessionTo(keyVault, emulator.credentials, { signal: ended.signal }), target, {
      purgeDeleted: false,
    })
    const from = emulator.log.length
    const written = apply([create('A', 'new')], {}, mine)
    await expect.poll(() => emulator.log.length).toBeGreaterThan(from)
    ended.abort(new Error('the lease is gone'))
    await expect(written).rejects.toThrow('the lease is gone')
  })

  test('a right to purge that is missing is named; a vault without a bin needs none', async () => {
    const { clientId, clientSecret } = emulator.apps.writer
    const writer = { credentials: { clientId, clientSecret }, purgeDeleted: true }
    await apply([create('A', 'v')])
    await expect(apply([remove('A')], writer)).rejects.toMatchObject({
      kind: 'auth',
      message: expect.stringMatching(/can’t purge/),
    })
    await restart({ hasBin: false })
    await apply([create('A', 'v')])
    expect(await apply([remove('A')], { purgeDeleted: true })).toEqual(['done A'])
    expect(emulator.secrets()).toEqual([])
  })
})

describe('the credential', () => {
  test('is a secret or a certificate, and one token serves a process', async () => {
    const { clientId } = emulator.apps.officer
    expect(await keyVault.connection.check(session())).toEqual({ label: clientId })
    const certified = { credentials: { ...(await emulator.certificate()) }, method: 'certificate' }
    expect(await keyVault.connection.check(session(certified))).toEqual({ label: clientId })
    const from = emulator.log.length
    await client(certified).list()
    await client(certified).list()
    expect(emulator.log.slice(from).map(({ method }) => method)).toEqual(['POST', 'GET', 'GET'])
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['a wrong secret', { clientSecret: 'wrong' }, /client secret is not valid; use the secret's value/],
    [
      'an unknown application',
      { clientId: '00000000-0000-4000-8000-000000000000' },
      /no application with this client ID/,
    ],
    ['an unknown tenant', { tenantId: '00000000-0000-4000-8000-000000000000' }, /no tenant with this ID/],
  ])('%s has its own message', async (_, credentials, message) => {
    const failure = keyVault.connection.check(session({ credentials }))
    await expect(failure).rejects.toMatchObject({ kind: 'auth', message: expect.stringMatching(message) })
  })

  test('a certificate with the key of another is refused', async () => {
    const [one, other] = [await emulator.certificate(), await emulator.certificate()]
    const { certificate } = keyVault.connection.methods
    const { tenantId, clientId } = emulator.credentials
    const input = { tenantId, clientId, certificateBody: one.certificateBody }
    expect(certificate.credentials.safeParse({ ...input, privateKey: one.privateKey }).success).toBe(true)
    for (const privateKey of [other.privateKey, 'no key', ''])
      expect(certificate.credentials.safeParse({ ...input, privateKey }).success).toBe(false)
  })

  test('a missing right and a closed firewall have their own messages', async () => {
    const { clientId, clientSecret } = emulator.apps.reader
    await expect(apply([create('A', 'v')], { credentials: { clientId, clientSecret } })).rejects.toMatchObject({
      kind: 'auth',
      message: expect.stringMatching(/Key Vault Secrets Officer/),
    })
    emulator.setFirewall(true)
    await expect(client().list()).rejects.toMatchObject({
      kind: 'auth',
      message: expect.stringMatching(/firewall of the vault/),
    })
  })

  test('never goes to a host that is not a vault of its cloud', async () => {
    for (const vaultBaseUrl of [
      'https://vault.example.com',
      'https://x.vault.azure.cn',
      'https://vault.azure.net.evil.example',
    ])
      expect(() => client({ vaultBaseUrl })).toThrow(DestinationError)
    const inClear = 'http://login.microsoftonline.com'
    const credentials = { authorityHost: 'https://login.microsoftonline.com' }
    expect(() => client({ credentials, vaultBaseUrl: inClear })).toThrow('https://')
    expect(emulator.log).toEqual([])
    expect(client({ vaultBaseUrl: 'https://x.vault.azure.net/' })).toBeDefined()
    for (const vaultBaseUrl of [
      'http://x.vault.azure.net',
      'https://x.vault.azure.net/secrets',
      'https://a:b@x.vault.azure.net',
    ])
      expect(keyVault.target.safeParse({ vaultBaseUrl }).success).toBe(false)
  })

  test('does not follow a page to another host', async () => {
    await client().list()
    emulator.fail(1, { kind: 'status', status: 200, body: { value: [], nextLink: 'https://evil.example/secrets' } })
    await expect(client().list()).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/another host/),
    })
  })
})

test.each(['db-url', 'https://vault.example/secrets/', 'https://vault.example/keys/db-url', ''])(
  'a row whose id is %j is no listing',
  async (id) => {
    const body = { value: [{ id, attributes: {} }] }
    for (let n = 1; n <= 3; n++) emulator.fail(n, { kind: 'status', status: 200, body }, (method) => method === 'GET')
    await expect(client().list()).rejects.toMatchObject({ kind: 'unavailable' })
  },
)
