/** @kubernetes/client-node, unmodified, must not notice that it talks to the emulator. */
import {
  ApiException,
  AuthenticationV1Api,
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmulator, type KubernetesEmulator } from './index.ts'

let emulator: KubernetesEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

function configOf(token: string, { url } = emulator): KubeConfig {
  const config = new KubeConfig()
  // The client talks plain HTTP only to a cluster whose certificate it needn't check.
  config.loadFromClusterAndUser({ name: 'emulator', server: url, skipTLSVerify: true }, { name: 'keyferry', token })
  return config
}
const core = (token = emulator.tokens.full) => configOf(token).makeApiClient(CoreV1Api)

const at = { namespace: 'apps', name: 'app' }
const base64 = (text: string) => Buffer.from(text).toString('base64')
const secret = (data: Record<string, string>, metadata: Record<string, unknown> = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'app', ...metadata },
  type: 'Opaque',
  data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
})
const apply = (body: unknown, { force, token }: { force?: boolean; token?: string } = {}) =>
  core(token).patchNamespacedSecret(
    { ...at, body, fieldManager: 'keyferry', force },
    setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
  )
const merge = (body: unknown, fieldManager = 'hand') =>
  core().patchNamespacedSecret(
    { ...at, body, fieldManager },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  )

/** The `Status` that a call fails with. */
async function statusOf(call: Promise<unknown>): Promise<Record<string, unknown>> {
  const error: unknown = await call.then(
    () => new Error('The call did not fail'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof ApiException)) throw error
  const body: unknown = error.body
  return { code: error.code, ...(typeof body === 'string' ? JSON.parse(body) : Object(body)) }
}

test('server-side apply creates, changes and removes what the manager owns, and nothing else', async () => {
  await apply(secret({ A: '1', B: '2' }, { labels: { team: 'x' } }))
  const version = emulator.resourceVersion()
  await apply(secret({ A: '1', B: '2' }, { labels: { team: 'x' } }))
  expect(emulator.resourceVersion()).toBe(version)
  emulator.put('FOREIGN', 'theirs')
  await apply(secret({ B: 'two', C: '' }))
  expect(emulator.contents()).toEqual(
    new Map([
      ['B', 'two'],
      ['FOREIGN', 'theirs'],
      ['C', ''],
    ]),
  )
  expect(emulator.labels()).toEqual({})
  expect(emulator.owners()).toEqual(
    new Map([
      ['kubectl-edit Update', ['FOREIGN']],
      ['keyferry Apply', ['B', 'C']],
    ]),
  )
  await apply(secret({}))
  expect(emulator.contents()).toEqual(new Map([['FOREIGN', 'theirs']]))
  const read = await core().readNamespacedSecret(at)
  expect(read.metadata?.managedFields).toMatchObject([
    { manager: 'kubectl-edit', operation: 'Update', fieldsV1: { 'f:data': { '.': {}, 'f:FOREIGN': {} } } },
    { manager: 'keyferry', operation: 'Apply', fieldsV1: { 'f:type': {} } },
  ])
})

test('an apply that meets the change of somebody else is refused whole; force takes the key back', async () => {
  await apply(secret({ A: '1', B: '2' }))
  emulator.put('A', 'theirs')
  emulator.put('B', '2')
  const refused = await statusOf(apply(secret({ A: 'new', B: '2', C: '3' })))
  expect(refused).toMatchObject({
    reason: 'Conflict',
    message: 'Apply failed with 1 conflict: conflict with "kubectl-edit" using v1: .data.A',
    details: { causes: [{ reason: 'FieldManagerConflict', field: '.data.A' }] },
    code: 409,
  })
  expect(emulator.contents().has('C')).toBe(false)
  await apply(secret({ A: 'new', B: '2' }), { force: true })
  expect(emulator.contents().get('A')).toBe('new')
  // The same value of two managers belongs to both: it stays when one leaves it out.
  await merge({ data: { B: base64('2') } })
  await core().patchNamespacedSecret(
    { ...at, body: secret({ B: '2' }), fieldManager: 'other' },
    setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
  )
  await apply(secret({ A: 'new' }))
  expect(emulator.contents().get('B')).toBe('2')
})

test('stringData of an apply is owned by nobody', async () => {
  await apply({ ...secret({}), stringData: { A: '1' } })
  await apply(secret({}))
  expect(emulator.contents()).toEqual(new Map([['A', '1']]))
})

test('merge patch: changes and removals, with the version that was seen', async () => {
  expect(await statusOf(merge({ data: { A: base64('1') } }))).toMatchObject({ code: 404, reason: 'NotFound' })
  const { metadata } = await core().createNamespacedSecret({ namespace: 'apps', body: secret({ A: '1', B: '2' }) })
  const resourceVersion = metadata?.resourceVersion
  await merge({ metadata: { resourceVersion }, data: { A: base64('new'), B: null, ABSENT: null } })
  expect(emulator.contents()).toEqual(new Map([['A', 'new']]))
  expect(await statusOf(merge({ metadata: { resourceVersion }, data: { A: null } }))).toMatchObject({
    code: 409,
    reason: 'Conflict',
    message: expect.stringContaining('the object has been modified'),
  })
})

test('create, replace and delete check what exists and its version', async () => {
  const created = await core().createNamespacedSecret({ namespace: 'apps', body: secret({ A: '1' }) })
  const resourceVersion = created.metadata?.resourceVersion
  const again = core().createNamespacedSecret({ namespace: 'apps', body: secret({ A: '2' }) })
  expect(await statusOf(again)).toMatchObject({ code: 409, reason: 'AlreadyExists' })
  await core().replaceNamespacedSecret({ ...at, body: secret({ B: '2' }, { resourceVersion }) })
  expect(emulator.contents()).toEqual(new Map([['B', '2']]))
  expect(await statusOf(core().replaceNamespacedSecret({ ...at, body: created }))).toMatchObject({ code: 409 })
  const old = { preconditions: { resourceVersion } }
  expect(await statusOf(core().deleteNamespacedSecret({ ...at, body: old }))).toMatchObject({ code: 409 })
  await core().deleteNamespacedSecret({ ...at, dryRun: 'All' })
  expect(emulator.contents().size).toBe(1)
  expect(await core().deleteNamespacedSecret(at)).toMatchObject({ status: 'Success' })
  expect(await statusOf(core().readNamespacedSecret(at))).toMatchObject({
    message: 'secrets "app" not found',
    details: { name: 'app', kind: 'secrets' },
  })
  expect(
    await statusOf(core(emulator.tokens.cluster).createNamespacedSecret({ namespace: 'none', body: secret({}) })),
  ).toMatchObject({
    message: 'namespaces "none" not found',
    details: { kind: 'namespaces' },
  })
})

test('a dry run of any write answers as if, and stores nothing', async () => {
  await apply(secret({ A: '1' }))
  const version = emulator.resourceVersion()
  const dry = { ...at, fieldManager: 'keyferry', dryRun: 'All' }
  const patched = await Promise.all([
    core().patchNamespacedSecret(
      { ...dry, body: secret({ A: 'applied' }) },
      setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply),
    ),
    core().patchNamespacedSecret(
      { ...dry, body: { data: { A: base64('applied') } } },
      setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
    ),
    core().replaceNamespacedSecret({ ...dry, body: secret({ A: 'applied' }) }),
  ])
  expect(patched.map(({ data }) => data?.A)).toEqual(patched.map(() => base64('applied')))
  const other = { ...secret({ B: '2' }), metadata: { name: 'other' } }
  expect((await core().createNamespacedSecret({ namespace: 'apps', dryRun: 'All', body: other })).data).toEqual({
    B: base64('2'),
  })
  expect(emulator.contents()).toEqual(new Map([['A', '1']]))
  expect(emulator.resourceVersion()).toBe(version)
  expect(await statusOf(core().readNamespacedSecret({ namespace: 'apps', name: 'other' }))).toMatchObject({ code: 404 })
})

test('an apply without a manager, and a patch of an unknown kind, are refused', async () => {
  const serverSide = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply)
  expect(await statusOf(core().patchNamespacedSecret({ ...at, body: secret({ A: '1' }) }, serverSide))).toMatchObject({
    code: 422,
    details: { causes: [{ field: 'fieldManager' }] },
  })
  await apply(secret({ A: '1' }))
  const plain = setHeaderOptions('Content-Type', 'application/json')
  expect(await statusOf(core().patchNamespacedSecret({ ...at, body: { data: {} } }, plain))).toMatchObject({
    code: 415,
    reason: 'UnsupportedMediaType',
  })
})

test('json patch works, and says nothing about why it fails', async () => {
  await apply(secret({ A: '1' }))
  const operate = (...body: unknown[]) =>
    core().patchNamespacedSecret({ ...at, body }, setHeaderOptions('Content-Type', PatchStrategy.JsonPatch))
  await operate({ op: 'test', path: '/data/A', value: base64('1') }, { op: 'add', path: '/data/B', value: '' })
  expect(emulator.contents().get('B')).toBe('')
  expect(await statusOf(operate({ op: 'test', path: '/data/A', value: 'x' }))).toMatchObject({
    code: 422,
    message: 'the server rejected our request due to an error in our request',
  })
})

test.for([
  ['a key with a space', { 'A B': '1' }, 'data[A B]: Invalid value: "A B"'],
  ['the key ..', { '..': '1' }, "must not be '..'"],
  ['a long key', { ['K'.repeat(254)]: '1' }, 'must be no more than 253 characters'],
  ['1 MiB and a byte', { A: 'x'.repeat(1_048_577) }, 'data: Too long: must have at most 1048576 bytes'],
] as const)('%s refuses every key of the write', async ([, data, message]) => {
  const refused = await statusOf(apply(secret({ GOOD: '1', ...data })))
  expect(refused).toMatchObject({ code: 422, reason: 'Invalid', message: expect.stringContaining(message) })
  expect(emulator.resourceVersion()).toBeNull()
})

test('exactly 1 MiB is stored; a larger request, another type and an immutable secret are refused', async () => {
  await apply(secret({ A: 'x'.repeat(1_048_576) }))
  expect(await statusOf(apply(secret({ A: 'x'.repeat(3_000_000) })))).toMatchObject({ code: 413 })
  expect(await statusOf(apply({ ...secret({ A: '1' }), type: 'example.com/other' }))).toMatchObject({
    code: 422,
    message: expect.stringContaining('type: Invalid value: "example.com/other": field is immutable'),
  })
  emulator.plant({ immutable: 'true' })
  expect(await statusOf(apply(secret({ A: '1' })))).toMatchObject({
    code: 422,
    message: expect.stringContaining('field is immutable when `immutable` is set'),
  })
})

test('a patch that cannot be decoded quotes the whole object', async () => {
  await apply(secret({ A: 'sensitive' }))
  const refused = await statusOf(merge({ data: { B: 'no base64' } }))
  expect(refused).toMatchObject({ code: 422, message: expect.stringContaining(base64('sensitive')) })
})

test('rights: the server says which are missing, before and after the call', async () => {
  const allowed = async (token: string, verb: string) => {
    const review = {
      spec: { resourceAttributes: { namespace: 'apps', verb, resource: 'secrets', name: 'app' } },
    }
    const authorization = configOf(token).makeApiClient(AuthorizationV1Api)
    return (await authorization.createSelfSubjectAccessReview({ body: review })).status?.allowed
  }
  const { narrow, noCreate, reader } = emulator.tokens
  expect(await Promise.all(['get', 'patch', 'create', 'list'].map((verb) => allowed(narrow, verb)))).toEqual([
    true,
    true,
    true,
    false,
  ])
  expect(await allowed(noCreate, 'create')).toBe(false)
  const rules = await configOf(reader)
    .makeApiClient(AuthorizationV1Api)
    .createSelfSubjectRulesReview({ body: { spec: { namespace: 'apps' } } })
  expect(rules.status?.resourceRules).toMatchObject([
    { verbs: ['get'], resources: ['secrets'], resourceNames: ['app'] },
  ])
  expect(await statusOf(apply(secret({ A: '1' }), { token: noCreate }))).toMatchObject({
    code: 403,
    message: 'secrets "app" is forbidden: ',
  })
  expect(await statusOf(apply(secret({ A: '1' }), { token: reader }))).toMatchObject({
    message: expect.stringMatching(/cannot patch resource "secrets" in API group "" in the namespace "apps"$/),
  })
  expect(await statusOf(core('wrong').readNamespacedSecret(at))).toMatchObject({ code: 401 })
  expect(await statusOf(core('').readNamespacedSecret(at))).toMatchObject({
    code: 403,
    message: expect.stringContaining('system:anonymous'),
  })
})

test('tokens for a time, and who they belong to from 1.28 on', async () => {
  const body = { spec: { audiences: [], expirationSeconds: 600 } }
  const issued = await core().createNamespacedServiceAccountToken({ namespace: 'apps', name: 'narrow', body })
  const token = issued.status?.token ?? ''
  const self = (url = emulator.url) => configOf(token, { ...emulator, url }).makeApiClient(AuthenticationV1Api)
  expect((await self().createSelfSubjectReview({ body: {} })).status?.userInfo?.username).toBe(
    'system:serviceaccount:apps:narrow',
  )
  emulator.endTokens()
  expect(await statusOf(core(token).readNamespacedSecret(at))).toMatchObject({ code: 401 })
  const old = await startEmulator({ version: '1.20' })
  const review = configOf(old.tokens.full, old).makeApiClient(AuthenticationV1Api).createSelfSubjectReview({ body: {} })
  await expect(review).rejects.toMatchObject({ code: 404 })
  await old.close()
})

test('lists: pages, names only, one by its name, and namespaces', async () => {
  emulator.addSecrets(7)
  await apply(secret({ A: '1' }))
  const found: string[] = []
  let more: string | undefined
  do {
    const page = await core().listNamespacedSecret({ namespace: 'apps', limit: 3, _continue: more })
    found.push(...page.items.map((item) => item.metadata?.name ?? ''))
    more = page.metadata?._continue
  } while (more)
  expect(found).toEqual(['app', ...Array.from({ length: 7 }, (_, n) => `other-${n}`)])

  const first = await core().listNamespacedSecret({ namespace: 'apps', limit: 3 })
  emulator.endPages()
  const late = core().listNamespacedSecret({ namespace: 'apps', limit: 3, _continue: first.metadata?._continue })
  expect(await statusOf(late)).toMatchObject({ code: 410, reason: 'Expired' })

  const one = await core().listNamespacedSecret({ namespace: 'apps', fieldSelector: 'metadata.name=app' })
  expect(one.items.map(({ data }) => data)).toEqual([{ A: base64('1') }])
  const names = await core().listNamespacedSecret(
    { namespace: 'apps', fieldSelector: 'metadata.name=app' },
    setHeaderOptions('Accept', 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'),
  )
  expect(names.items[0]).toMatchObject({ metadata: { name: 'app' } })
  expect(names.items[0]?.data).toBeUndefined()
  expect((await core().listNamespace()).items.map(({ metadata }) => metadata?.name)).toContain('other')
  expect(await statusOf(core(emulator.tokens.narrow).listNamespace())).toMatchObject({ code: 403 })
})

test('full queues refuse with a time to wait', async () => {
  emulator.setRateLimit({ burst: 1, refill: 1, intervalMs: 60_000 })
  await apply(secret({ A: '1' }))
  expect(await statusOf(core().readNamespacedSecret(at))).toMatchObject({
    code: 429,
    details: { retryAfterSeconds: 1 },
  })
})
