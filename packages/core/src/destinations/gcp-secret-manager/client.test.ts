import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sessionTo } from '../conformance/reconciler.ts'
import { DestinationError } from '../destination-error.ts'
import type { Change, Client } from '../destination.ts'
import { startEmulator, type GcpEmulator } from './emulator/index.ts'
import { secretsHost } from './hosts.ts'
import gcp from './index.ts'
import type { OldVersions } from './client.ts'

let emulator: GcpEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

interface Opened {
  credentials?: Record<string, unknown>
  method?: string
  target?: Record<string, unknown>
  oldVersions?: OldVersions
}

const session = ({ credentials = {}, method }: Opened = {}) =>
  sessionTo(gcp, { ...emulator.credentials, ...credentials }, { waitBudgetMs: 300 }, method)

function client(opened: Opened = {}): Client {
  const target = gcp.target.parse({ ...emulator.target, ...opened.target })
  return gcp.open(session(opened), target, { oldVersions: opened.oldVersions ?? 'keep' })
}

const create = (key: string, value: string): Change => ({ action: 'create', key, value, flags: {} })
const update = (key: string, value: string): Change => ({ action: 'update', key, value, flags: {}, remoteIds: [] })
const remove = (key: string): Change => ({ action: 'delete', key, remoteIds: [] })

/** Applies, and answers what was reported and the requests that it cost. */
async function apply(changes: readonly Change[], opened: Opened = {}) {
  const mine = client(opened)
  await mine.list()
  const from = emulator.log.length
  const reported: string[] = []
  const note = (word: string) => async (change: Change) => void reported.push(`${word} ${change.key}`)
  await mine.apply(changes, {
    replacing: note('replacing'),
    done: note('done'),
    failed: async ({ key }, { kind }) => void reported.push(`${kind} ${key}`),
  })
  return { reported, calls: emulator.log.slice(from).map(({ method }) => method) }
}

const statesOf = (id: string): (string | undefined)[] =>
  emulator
    .secrets()
    .find((one) => one.id === id)
    ?.versions.map(({ state }) => state) ?? []

describe('versions', () => {
  test('a create is two calls, an update one, a delete one, whatever is there against expectation', async () => {
    expect(await apply([create('A', 'one')])).toEqual({ reported: ['done A'], calls: ['POST', 'POST'] })
    expect(await apply([update('A', 'two')])).toEqual({ reported: ['done A'], calls: ['POST'] })
    expect((await apply([create('A', 'three')])).reported).toEqual(['done A'])
    emulator.remove('A')
    expect((await apply([update('A', 'four')])).reported).toEqual(['done A'])
    expect(emulator.contents()).toEqual(new Map([['A', 'four']]))
    expect(await apply([remove('A')])).toEqual({ reported: ['done A'], calls: ['DELETE'] })
    expect((await apply([remove('A')])).reported).toEqual(['done A'])
  })

  test.each<[OldVersions, string[]]>([
    ['keep', ['ENABLED', 'ENABLED', 'ENABLED']],
    ['disable', ['ENABLED', 'DISABLED', 'ENABLED']],
    ['destroy', ['ENABLED', 'DESTROYED', 'ENABLED']],
  ])('%s concerns the version before the new one', async (oldVersions, states) => {
    emulator.plant({ id: 'A', values: ['one', 'two'] })
    expect((await apply([update('A', 'three')], { oldVersions })).reported).toEqual(['done A'])
    expect(statesOf('A')).toEqual(states)
    expect(emulator.contents().get('A')).toBe('three')
  })

  test('the version that was readable before the write is retired, not the one with the number below', async () => {
    emulator.plant({ id: 'A', values: ['one', 'two'] })
    const [, second] = emulator.secrets().find(({ id }) => id === 'A')?.versions ?? []
    if (second) second.state = 'DESTROYED'
    expect((await apply([update('A', 'three')], { oldVersions: 'destroy' })).reported).toEqual(['done A'])
    expect(statesOf('A')).toEqual(['DESTROYED', 'DESTROYED', 'ENABLED'])
    // Added by somebody else between our look and our write: it is theirs.
    const release = emulator.hold((method, path) => method === 'POST' && path.endsWith(':addVersion'))
    const written = apply([update('A', 'five')], { oldVersions: 'destroy' })
    await expect.poll(() => emulator.log.filter(({ path }) => path.includes('/versions?')).length).toBe(2)
    emulator.put('A', 'four')
    release()
    await written
    expect(statesOf('A')).toEqual(['DESTROYED', 'DESTROYED', 'DESTROYED', 'ENABLED', 'ENABLED'])
  })

  test('pages smaller than those that were requested are read to the end', async () => {
    await emulator.close()
    emulator = await startEmulator({ pageCap: 3 })
    for (let n = 0; n < 10; n += 1) emulator.plant({ id: `K-${n}` })
    expect((await client().list()).map(({ key }) => key)).toHaveLength(10)
    expect(emulator.log.filter(({ path }) => path.includes('/secrets?'))).toHaveLength(4)
  })

  test('a secret without a version, left by a crash, gets one', async () => {
    emulator.plant({ id: 'A', values: [] })
    expect((await client().list()).map(({ key }) => key)).toEqual(['A'])
    await apply([update('A', 'v')])
    expect(emulator.contents()).toEqual(new Map([['A', 'v']]))
  })
})

describe('what others keep in the project', () => {
  test('what Google manages or what expires is not ours', async () => {
    emulator.plant({ id: 'PLAIN' })
    emulator.plant({ id: 'SQL', secretType: 'CLOUD_SQL_DB_CREDENTIALS' })
    emulator.plant({ id: 'ROTATED', rotation: { managedRotationStatus: { state: 'ACTIVE' } } })
    emulator.plant({ id: 'SHORT', expireTime: '2027-01-01T00:00:00Z' })
    const listed = (await client().list()).map(({ key, notManaged }) => [key, notManaged])
    expect(Object.fromEntries(listed)).toEqual({
      PLAIN: undefined,
      SQL: 'a secret that Google manages',
      ROTATED: 'a secret that Google manages',
      SHORT: 'a secret that expires',
    })
  })

  test('values that are not text, or disabled, are left out', async () => {
    const [version] = emulator.plant({ id: 'BINARY' }).versions
    if (version) version.data = Buffer.from([0xff, 0xfe, 0x00])
    const [off] = emulator.plant({ id: 'OFF' }).versions
    if (off) off.state = 'DISABLED'
    emulator.plant({ id: 'NONE', values: [] })
    emulator.plant({ id: 'TEXT', values: ['old', '\ufeffnew'] })
    const keys = ['BINARY', 'OFF', 'NONE', 'TEXT', 'NOT-THERE']
    expect(await client().readValues?.(keys)).toEqual(new Map([['TEXT', '\ufeffnew']]))
    expect((await client().reread?.(['TEXT', 'NOT-THERE']))?.map(({ key }) => key)).toEqual(['TEXT'])
  })
})

describe('places', () => {
  test('a region has secrets of its own, without replicas', async () => {
    const target = { scope: 'region', locationId: 'europe-west3' }
    expect((await apply([create('A', 'v')], { target })).reported).toEqual(['done A'])
    expect(emulator.secrets('europe-west3')).toMatchObject([{ id: 'A', settings: {} }])
    expect(emulator.contents()).toEqual(new Map())
    expect(secretsHost({}, 'europe-west3')).toBe('https://secretmanager.europe-west3.rep.googleapis.com')
    expect(secretsHost({}, null)).toBe('https://secretmanager.googleapis.com')
    for (const locationId of ['evil.example/', 'a.b', ''])
      expect(gcp.target.safeParse({ ...emulator.target, scope: 'region', locationId }).success).toBe(false)
  })

  test('where an organization wants named locations, replicas say where', async () => {
    await emulator.close()
    emulator = await startEmulator({ forbidsAutomatic: true })
    expect((await apply([create('A', 'v')])).reported).toEqual(['rejected A'])
    const target = { userReplicaLocationIds: ['europe-west1', 'europe-west3'] }
    expect((await apply([create('A', 'v')], { target })).reported).toEqual(['done A'])
    expect(emulator.secrets()[0]?.settings.replication).toEqual({
      userManaged: { replicas: [{ location: 'europe-west1' }, { location: 'europe-west3' }] },
    })
  })

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['a project that is not there', { projectId: 'nobodys' }, /the project doesn’t exist/],
    ['a project where the API is off', { projectId: 'keyferry-off' }, /Secret Manager API is off/],
  ])('%s has its own message', async (_, target, message) => {
    const failure = client({ target }).list()
    await expect(failure).rejects.toMatchObject({ kind: 'auth', message: expect.stringMatching(message) })
  })

  test('pickers list projects where the API is on, and their locations', async () => {
    const { choices = {} } = gcp
    const listed = async (name: string, known = {}) =>
      (await choices[name]?.list(session(), known))?.map(({ row: _, ...shown }) => shown)
    expect(await listed('secret-manager-projects')).toEqual([
      { value: 'keyferry-demo', label: 'keyferry demo', hint: 'keyferry-demo' },
    ])
    const found = await listed('secret-manager-project-locations', { projectId: 'keyferry-demo' })
    expect(found).toContainEqual({ value: 'europe-west3', label: 'europe-west3', hint: null })
  })
})

describe('the credential', () => {
  const impersonating = (): Opened => ({
    method: 'service-account-impersonation',
    credentials: {
      serviceAccountKey: emulator.accounts.deputy.key,
      serviceAccountEmail: emulator.accounts.manager.email,
    },
  })

  test('is a key, or a key that impersonates, and one token serves a process', async () => {
    const { manager } = emulator.accounts
    expect(await gcp.connection.check(session())).toEqual({ label: manager.email })
    expect(await gcp.connection.check(session(impersonating()))).toEqual({ label: manager.email })
    const from = emulator.log.length
    await client(impersonating()).list()
    await client(impersonating()).list()
    expect(emulator.log.slice(from).map(({ method }) => method)).toEqual(['POST', 'POST', 'GET', 'GET'])
  })

  test('a key that was deleted, and an account that may not be impersonated, have their own messages', async () => {
    const { manager, stranger } = emulator.accounts
    const gone = manager.key.replace(/"private_key_id":"[^"]*"/, '"private_key_id":"gone"')
    await expect(gcp.connection.check(session({ credentials: { serviceAccountKey: gone } }))).rejects.toMatchObject({
      kind: 'auth',
      message: expect.stringMatching(/does not accept the key of the service account/),
    })
    const { method, credentials } = impersonating()
    const wrong = { method, credentials: { ...credentials, serviceAccountEmail: stranger.email } }
    await expect(gcp.connection.check(session(wrong))).rejects.toMatchObject({
      kind: 'auth',
      message: expect.stringMatching(/Service Account Token Creator/),
    })
  })

  test('of the wrong form is refused, and one for another cloud of Google', () => {
    const { credentials } = gcp.connection.methods['service-account-key']
    const { key } = emulator.accounts.manager
    expect(credentials.safeParse({ serviceAccountKey: key }).success).toBe(true)
    for (const serviceAccountKey of [
      '',
      '{}',
      'no JSON',
      key.replace('service_account', 'authorized_user'),
      key.replace('googleapis.com"}', 'cloud.example"}'),
    ])
      expect(credentials.safeParse({ serviceAccountKey }).success).toBe(false)
  })

  test('with a right missing, the message says so, and no value', async () => {
    const { writer } = emulator.accounts
    const blind = { credentials: { serviceAccountKey: writer.key } }
    expect((await apply([create('A', 'v')], blind)).reported).toEqual(['done A'])
    await expect(client(blind).readValues?.(['A'])).rejects.toMatchObject({ kind: 'auth' })
  })

  test('goes to no host but those of its endpoint', () => {
    expect(() => session().http.at('https://secretmanager.googleapis.com')).toThrow(DestinationError)
    const plain = session({ credentials: { endpointUrl: undefined } })
    expect(plain.http.at('https://secretmanager.europe-west3.rep.googleapis.com')).toBeDefined()
    expect(() => plain.http.at('https://evil.example')).toThrow(DestinationError)
  })
})
