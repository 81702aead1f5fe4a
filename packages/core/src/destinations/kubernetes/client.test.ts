import { afterEach, beforeEach, expect, test } from 'vitest'
import { sessionTo } from '../conformance/reconciler.ts'
import type { Change, Client } from '../destination.ts'
import { create, outcomesOf, remove, update } from '../shared/clients/test-changes.ts'
import { type KubernetesEmulator, startEmulator } from './emulator/index.ts'
import kubernetes from './index.ts'

let emulator: KubernetesEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

interface Given {
  token?: string
  target?: Record<string, unknown>
  options?: Record<string, unknown>
}

function client({ token, target, options = {} }: Given = {}): Client {
  const session = sessionTo(kubernetes, { ...emulator.credentials, ...(token === undefined ? {} : { token }) })
  const at = kubernetes.target.parse({ ...emulator.target, ...target })
  return kubernetes.open(session, at, kubernetes.options.parse(options))
}

const apply = (changes: readonly Change[], opened = client()) => outcomesOf(opened, changes)

const methods = (from = 0): string[] => emulator.log.slice(from).map(({ method }) => method)
const contents = (): Record<string, string> => Object.fromEntries(emulator.contents())

test('a hundred changes are a read and a patch, and the server writes down which keys are ours', async () => {
  emulator.put('FOREIGN', 'theirs')
  const opened = client({ token: emulator.tokens.narrow })
  await opened.list()
  await apply(
    Array.from({ length: 100 }, (_, n) => create(`K${n}`, `v${n}`)),
    opened,
  )
  expect(methods()).toEqual(['GET', 'PATCH'])
  expect(emulator.contents().size).toBe(101)
  expect(emulator.owners().get('keyferry Update')).toHaveLength(100)
  expect(emulator.owners().get('kubectl-edit Update')).toEqual(['FOREIGN'])
  const version = emulator.resourceVersion()
  await apply([update('K0', 'v0'), remove('GONE')], opened)
  expect([emulator.resourceVersion(), emulator.log.length]).toEqual([version, 2])
})

test('a Secret that is missing is created with our label, unless the sync says not to', async () => {
  await expect(client({ options: { createSecret: false } }).list()).rejects.toMatchObject({
    kind: 'missing',
    message: 'there is no Secret apps/app, and the sync does not create one',
  })
  const labels = [{ key: 'team', value: 'a' }]
  await apply([create('A', 'a'), remove('GONE')], client({ options: { labels } }))
  expect(emulator.labels()).toEqual({ 'app.kubernetes.io/managed-by': 'keyferry', team: 'a' })
  expect(contents()).toEqual({ A: 'a' })
})

test('what others write between the read and the write is kept, and their change of one of our keys is not undone', async () => {
  for (const key of ['A', 'B']) emulator.put(key, 'old')
  const opened = client()
  await opened.list()
  emulator.put('FOREIGN', 'theirs')
  emulator.put('A', 'theirs')
  const ends = await apply([update('A', 'ours'), update('B', 'ours')], opened)
  expect(ends.get('A')).toMatchObject({ kind: 'conflict', message: expect.stringContaining('someone changed A') })
  expect(ends.get('B')).toBe('done')
  expect(contents()).toEqual({ A: 'theirs', B: 'ours', FOREIGN: 'theirs' })

  emulator.clear()
  expect(await apply([update('B', 'new'), remove('FOREIGN')], opened)).toMatchObject(
    new Map([
      ['FOREIGN', 'done'],
      ['B', expect.objectContaining({ kind: 'conflict' })],
    ]),
  )
})

test('a file of others keeps its bytes, and is never taken for text', async () => {
  emulator.plant({ 'data.FILE': Buffer.from([0xff, 0xfe, 0]).toString('base64'), 'data.__proto__': '77u/YQ==' })
  const opened = client()
  expect(await opened.list()).toEqual([
    { key: 'FILE', remoteIds: [], flags: {}, otherType: 'binary data' },
    { key: '__proto__', remoteIds: [], flags: {}, value: '\ufeffa' },
  ])
  await apply([create('A', 'a')], opened)
  expect((await client().list()).map(({ key, otherType }) => otherType ?? key)).toEqual([
    'A',
    'binary data',
    '__proto__',
  ])
})

test('labels are set, and drift of a label shows at every key', async () => {
  const options = {
    labels: [
      { key: 'team', value: 'a' },
      { key: 'example.com/tier', value: '1' },
    ],
  }
  emulator.plant({ 'data.A': '', 'metadata.labels.theirs': 'x', 'metadata.labels.team': 'wrong' })
  const wanted = kubernetes.flags(kubernetes.options.parse(options), 'A', kubernetes.target.parse(emulator.target))
  const opened = client({ options })
  const [before] = await opened.list()
  expect(before?.flags).not.toEqual(wanted)
  await apply([{ action: 'update', key: 'A', value: '', flags: wanted, remoteIds: [] }], opened)
  expect(emulator.labels()).toEqual({ theirs: 'x', team: 'a', 'example.com/tier': '1' })
  expect((await client({ options }).list())[0]?.flags).toEqual(wanted)
})

test.for([
  [
    'of another type',
    { type: 'helm.sh/release.v1' },
    /has the type helm.sh\/release.v1, and the sync writes the type Opaque/,
  ],
  ['that is immutable', { immutable: 'true' }, /the Secret apps\/app is immutable/],
  ['that is full of the keys of others', { 'data.BIG': 'A'.repeat(1_398_000) }, /would be larger than 1 MiB/],
] as const)('a Secret %s is left as it is', async ([, fields, message]) => {
  emulator.plant({ 'data.A': 'YQ==', ...fields })
  const version = emulator.resourceVersion()
  const ends = await apply([update('A', 'new'), create('B', 'b'.repeat(1_000))])
  for (const key of ['A', 'B']) {
    expect(ends.get(key)).toMatchObject({ kind: 'rejected', message: expect.stringMatching(message) })
  }
  expect(emulator.resourceVersion()).toBe(version)
  expect(emulator.log.length).toBeLessThanOrEqual(2)
})

test('a missing right is named with its verb, a namespace that is missing by its name', async () => {
  const { noCreate, reader, stranger, cluster } = emulator.tokens
  const failing = (token: string, target?: Record<string, unknown>) =>
    apply([create('A', 'a')], client({ token, target }))
  const auth = (message: string) => ({ kind: 'auth', message: expect.stringContaining(message) })
  await expect(failing(noCreate)).rejects.toMatchObject(auth('can’t create secrets in the namespace apps'))
  await expect(failing(stranger)).rejects.toMatchObject(auth('can’t get the secret app in the namespace apps'))
  await expect(failing('wrong-token')).rejects.toMatchObject({ kind: 'auth' })
  await expect(failing(cluster, { namespace: 'gone' })).rejects.toMatchObject({
    kind: 'missing',
    message: 'the namespace gone does not exist',
  })
  emulator.put('A', 'theirs')
  await expect(failing(reader)).rejects.toMatchObject(auth('can’t patch the secret app'))
  expect(contents()).toEqual({ A: 'theirs' })
})

test('an error that quotes the whole object gives no part of it away', async () => {
  emulator.put('THEIRS', 'a-secret-of-others')
  const quoted = JSON.stringify({
    data: { THEIRS: Buffer.from('a-secret-of-others').toString('base64'), plain: 'a-secret-of-others' },
  })
  const causes = [
    { reason: 'FieldValueInvalid', message: quoted, field: 'patch' },
    { reason: quoted, field: quoted },
  ]
  const body = { kind: 'Status', status: 'Failure', reason: 'Invalid', message: quoted, details: { causes }, code: 422 }
  for (const n of [1, 2]) emulator.fail(n, { kind: 'status', status: 422, body }, (method) => method === 'PATCH')
  const ends = await apply([create('A', 'a')])
  expect(ends.get('A')).toMatchObject({
    kind: 'rejected',
    message: 'Kubernetes refuses the Secret apps/app: patch (FieldValueInvalid)',
  })
})

test('a connection is named after the service account, or the host where that is not told', async () => {
  const { check } = kubernetes.connection
  expect(await check(sessionTo(kubernetes, emulator.credentials))).toEqual({
    label: 'system:serviceaccount:apps:keyferry',
  })
  const old = await startEmulator({ version: '1.20' })
  expect(await check(sessionTo(kubernetes, old.credentials))).toEqual({ label: new URL(old.url).host })
  await expect(check(sessionTo(kubernetes, { ...old.credentials, token: 'wrong' }))).rejects.toMatchObject({
    kind: 'auth',
  })
  await old.close()
})

test.for([
  { secretName: 'app_1' },
  { secretName: 'App' },
  { namespace: 'a.b' },
  { namespace: '' },
  { secretName: '..' },
])('the target %j is refused', (part) =>
  expect(kubernetes.target.safeParse({ namespace: 'apps', secretName: 'app', ...part }).success).toBe(false),
)

test.each([
  ['text', 'QQ=='],
  ['a list', ['QQ==']],
  ['numbers', { A: 1 }],
])('data that is %s is no Secret, and looks like no empty one', async (_, data) => {
  const body = { kind: 'Secret', metadata: { name: 'app', resourceVersion: '1' }, data }
  for (let n = 1; n <= 3; n++) emulator.fail(n, { kind: 'status', status: 200, body })
  await expect(client().list()).rejects.toMatchObject({ kind: 'unavailable' })
})
