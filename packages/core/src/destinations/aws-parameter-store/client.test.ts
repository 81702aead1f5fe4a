import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf, sessionTo } from '../conformance/reconciler.ts'
import type { DestinationError } from '../destination-error.ts'
import type { Change, Client } from '../destination.ts'
import { tagsFlag } from '../shared/clients/tags.ts'
import { startEmulator, type ParameterStoreEmulator } from './emulator/index.ts'
import definition from './index.ts'

let emulator: ParameterStoreEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

interface Opening {
  credentials?: object
  method?: string
  target?: object
  options?: object
}

function opened({ credentials, method, target, options }: Opening = {}): Client {
  const session = sessionTo(definition, { ...emulator.credentials, ...credentials }, { waitBudgetMs: 500 }, method)
  const at = definition.target.parse({ ...emulator.target, ...target })
  return definition.open(session, at, definition.options.parse({ ...options }))
}

const create = (key: string, value = 'v') => ({ action: 'create' as const, key, value, flags: {} })
const update = (key: string, value = 'v') => ({
  action: 'update' as const,
  key,
  value,
  flags: {},
  remoteIds: ['v1'],
})
const remove = (key: string): Change => ({ action: 'delete', key, remoteIds: ['v1'] })

async function apply(client: Client, changes: readonly Change[]) {
  const done = new Map<string, readonly string[] | undefined>()
  const failed = new Map<string, DestinationError>()
  const before = emulator.log.length
  await client.apply(changes, {
    replacing: () => Promise.reject(new Error('nothing is replaced here')),
    done: async ({ key }, ids) => void done.set(key, ids),
    failed: async ({ key }, error) => void failed.set(key, error),
  })
  return { done, failed, calls: callsSince(before) }
}

const callsSince = (before: number): string[] =>
  emulator.log.slice(before).map(({ path }) => path.split('.')[1] ?? path)

test('a page per 50 parameters, a call per write, a call per ten deletes', async () => {
  const names = Array.from({ length: 120 }, (_, n) => `KEY_${n}`)
  const { calls: writes } = await apply(
    opened(),
    names.map((name) => create(name)),
  )
  expect(writes).toEqual(names.map(() => 'PutParameter'))
  const before = emulator.log.length
  expect(await opened().list()).toHaveLength(120)
  expect(callsSince(before)).toEqual(['DescribeParameters', 'DescribeParameters', 'DescribeParameters'])
  const { calls } = await apply(opened(), names.slice(0, 95).map(remove))
  expect(calls).toHaveLength(10)
  const values = await opened().readValues?.(['KEY_100', 'KEY_119', 'GONE'])
  expect(values).toEqual(
    new Map([
      ['KEY_100', 'v'],
      ['KEY_119', 'v'],
    ]),
  )
})

test('the version is the ID, so that a change by somebody else shows without its value', async () => {
  const { done } = await apply(opened(), [create('A')])
  const [id = ''] = done.get('A') ?? []
  expect(id).toMatch(/^v1 [0-9a-f-]{36}$/)
  expect(await opened().list()).toMatchObject([{ key: 'A', remoteIds: [id] }])
  emulator.put('A', 'theirs')
  expect(await opened().list()).toMatchObject([{ key: 'A', remoteIds: ['v2'], flags: {} }])
  // Deleted and created again, it has the version 1 again.
  emulator.remove('A')
  emulator.put('A', 'theirs')
  expect(await opened().list()).toMatchObject([{ key: 'A', remoteIds: ['v1'] }])
})

test('the KMS key is compared where it can be, however AWS spells it', async () => {
  const keyId = 'alias/keyferry'
  const client = opened({ options: { keyId } })
  await apply(client, [create('A')])
  emulator.put('PLAIN', 'v')
  const arn = 'arn:aws:kms:eu-central-1:123456789012:alias/keyferry'
  emulator.plant({ name: '/app/prod/BY_ARN', keyId: arn })
  emulator.plant({ name: '/app/prod/BY_ID', keyId: '0a1b2c3d-0000-4000-8000-000000000003' })
  const flags = new Map((await client.list()).map((one) => [one.key, one.flags['kmsKey']]))
  expect(flags).toEqual(
    new Map([
      ['A', keyId],
      ['BY_ARN', keyId],
      ['BY_ID', keyId],
      ['PLAIN', 'alias/aws/ssm'],
    ]),
  )
})

test('tags come with a new parameter, and in a call of their own with a changed one', async () => {
  const options = { tags: [{ key: 'team', value: 'core' }] }
  const flags = definition.flags(definition.options.parse(options), 'A', definition.target.parse(emulator.target))
  emulator.plant({ name: '/app/prod/B', tags: new Map([['theirs', 'kept']]), overwrite: false })
  const { calls } = await apply(opened({ options }), [
    { ...create('A'), flags },
    { ...update('B'), flags },
  ])
  expect(calls.toSorted((a, b) => a.localeCompare(b))).toEqual(['AddTagsToResource', 'PutParameter', 'PutParameter'])
  expect(emulator.parameters().map((one) => Object.fromEntries(one.tags))).toEqual([
    { team: 'core' },
    { theirs: 'kept', team: 'core' },
  ])
})

test('a tag that is no longer wanted is removed, and no other', async () => {
  emulator.plant({ name: '/app/prod/A', tags: new Map(['team', 'theirs'].map((key) => [key, 'x'])), overwrite: false })
  const { calls } = await apply(opened(), [{ ...update('A'), written: tagsFlag({ team: 'x' }) }])
  expect(calls).toEqual(['PutParameter', 'RemoveTagsFromResource'])
  expect(emulator.parameters()[0]?.tags).toEqual(new Map([['theirs', 'x']]))
})

test('a larger value needs intelligent tiering, and an advanced parameter stays one', async () => {
  const refuse = (tier: string, bytes: number) =>
    definition.limits.refuse('A', 'x'.repeat(bytes), {
      target: definition.target.parse(emulator.target),
      options: definition.options.parse({ tier }),
    })
  expect(refuse('standard', 4_096)).toBeNull()
  expect(refuse('standard', 4_097)).toContain('intelligent-tiering')
  expect(refuse('intelligent-tiering', 8_193)).toContain('8,192')
  const large = await apply(opened({ options: { tier: 'intelligent-tiering' } }), [create('A', 'x'.repeat(8_192))])
  expect(large.failed).toEqual(new Map())
  await apply(opened(), [update('A', 'small')])
  expect(emulator.parameters()).toMatchObject([{ value: 'small', tier: 'Advanced' }])
})

test('names that AWS reserves, levels, lengths and references are refused before any call', () => {
  const refuse = (path: string, key: string, value = 'v') =>
    definition.limits.refuse(key, value, {
      target: definition.target.parse({ region: 'eu-central-1', path }),
      options: definition.options.parse({}),
    })
  expect(refuse('/', 'AwsKey')).toContain('reserves')
  expect(refuse('/', 'ssm')).toContain('reserves')
  expect(refuse('/app/', 'AWS_REGION')).toBeNull()
  expect(refuse(`/${'a/'.repeat(14)}`, 'K')).toBeNull()
  expect(refuse(`/${'a/'.repeat(15)}`, 'K')).toContain('levels')
  expect(refuse('/app/', 'N'.repeat(959))).toBeNull()
  expect(refuse('/app/', 'N'.repeat(960))).toContain('longer')
  expect(refuse('/app/', 'a/b')).toContain('path')
  expect(refuse('/app/', 'K', 'x {{ssm:y}} z')).toContain('{{…}}')
})

test('a parameter of another type is named, and replaced only where AWS does that', async () => {
  const listed = async () =>
    (await opened().list()).map(({ key, otherType, notManaged }) => [key, otherType, notManaged])
  emulator.plant({ name: '/app/prod/TEXT', type: 'String' })
  emulator.plant({ name: '/app/prod/TIMED', policies: '[{"Type":"Expiration"}]' })
  expect(await listed()).toEqual([
    ['TEXT', 'a parameter of the type String', undefined],
    // What a write would not take off makes every run write again.
    ['TIMED', undefined, 'a parameter with an expiration policy'],
  ])
  const refused = await apply(opened(), [update('TEXT', 'mine')])
  expect(refused.failed.get('TEXT')).toMatchObject({ kind: 'rejected', message: expect.stringContaining('delete it') })
  // Created by somebody between the listing and the write.
  const raced = await apply(opened(), [create('TEXT', 'mine')])
  expect(raced.failed.get('TEXT')).toMatchObject({ kind: 'conflict' })
  expect(emulator.contents().get('TEXT')).toBe('planted')

  await emulator.close()
  emulator = await startEmulator({ typeChange: 'replaced' })
  emulator.plant({ name: '/app/prod/TEXT', type: 'String' })
  await apply(opened(), [update('TEXT', 'mine')])
  expect(emulator.parameters()).toMatchObject([{ type: 'SecureString', value: 'mine' }])
})

test('at the root, a parameter without a slash is not ours, and deeper ones are not listed', async () => {
  for (const name of ['BARE', 'TWIN', '/TWIN', '/deeper/KEY']) emulator.plant({ name })
  const listed = await opened({ target: { path: '/' } }).list()
  expect(listed.map(({ key, notManaged }) => [key, notManaged])).toEqual([
    ['TWIN', undefined],
    ['BARE', 'a parameter without a path'],
  ])
  expect(definition.sharedPlace?.(definition.target.parse({ region: 'eu-central-1', path: '/' }))).not.toBeNull()
})

test('without the right to describe, the versions come from the path', async () => {
  for (let n = 0; n < 25; n++) emulator.put(`KEY_${n}`, 'v')
  emulator.principals.deny('ssm:DescribeParameters')
  const listed = await opened().list()
  expect(listed).toHaveLength(25)
  expect(listed[0]).toEqual({ key: 'KEY_0', remoteIds: ['v1'], flags: {} })
  const client = opened()
  await client.list()
  // Known by what such a listing shows, or the next run would take it for somebody else's.
  const { done } = await apply(client, [create('NEW')])
  const found = (await client.list()).find(({ key }) => key === 'NEW')
  expect(done.get('NEW')).toEqual(found?.remoteIds)
})

test('a refusal names the right or the field that is wrong, and never a value', async () => {
  const { member } = emulator.principals
  const failures = new Map(
    await Promise.all(
      Object.entries<Opening>({
        rights: { credentials: { accessKeyId: member.accessKeyId, secretAccessKey: member.secretAccessKey } },
        key: { credentials: { accessKeyId: 'AKIANOBODY' } },
        secret: { credentials: { secretAccessKey: 'wrong' } },
        region: { target: { region: 'eu-west-1' } },
      }).map(async ([name, opening]) => [name, await failureOf(opened(opening).list())] as const),
    ),
  )
  expect([...failures.values()].map(({ kind }) => kind)).toEqual(['auth', 'auth', 'auth', 'auth'])
  expect(failures.get('rights')?.message).toContain('ssm:')
  expect(failures.get('key')?.message).toContain('check its ID')
  expect(failures.get('secret')?.message).toContain('secret access key')
  expect(failures.get('region')?.message).toContain('the region')

  const pattern = '^\\d+$'
  emulator.plant({ name: '/app/prod/A', value: '1', allowedPattern: pattern })
  const { failed } = await apply(opened(), [update('A', 'very-secret-value'), update('B', 'x'.repeat(5_000))])
  expect(failed.get('A')?.message).toContain('allowed pattern')
  expect(failed.get('B')?.message).toBe('AWS refused the request (ValidationException)')
})

test('throttling is a 400 that is waited for', async () => {
  emulator.setRateLimit({ burst: 2, refill: 2, intervalMs: 200 })
  const session = sessionTo(definition, emulator.credentials)
  const client = definition.open(session, definition.target.parse(emulator.target), definition.options.parse({}))
  const { done } = await apply(client, [create('A'), create('B'), create('C')])
  expect(done.size).toBe(3)
})

test.each([false, true])(
  'a role is assumed once, and again when its keys end during a run (XML: %s)',
  async (isXml) => {
    emulator.principals.answersXml = isXml
    const { role } = emulator.principals
    const assuming = { method: 'assume-role', credentials: { roleArn: role.arn, externalId: role.externalId } }
    const session = sessionTo(definition, { ...emulator.credentials, ...assuming.credentials }, {}, 'assume-role')
    expect(await definition.connection.check(session)).toEqual({ label: '123456789012 · keyferry', id: '123456789012' })
    const client = opened(assuming)
    const before = emulator.log.length
    await apply(client, [create('A'), create('B')])
    emulator.principals.expireSessions()
    await apply(client, [update('A', 'later'), update('B', 'later')])
    expect(emulator.contents()).toEqual(
      new Map([
        ['A', 'later'],
        ['B', 'later'],
      ]),
    )
    expect(callsSince(before).filter((path) => path === '/sts')).toHaveLength(2)

    const stranger = { ...assuming, credentials: { ...assuming.credentials, externalId: 'another' } }
    expect(await failureOf(opened(stranger).list())).toMatchObject({
      kind: 'auth',
      message: expect.stringContaining('sts:AssumeRole'),
    })
  },
)

test('a picker offers the KMS keys of the region', async () => {
  const session = sessionTo(definition, emulator.credentials)
  const found = await definition.choices?.['kms-keys']?.list(session, { region: 'eu-central-1' })
  expect(found?.map(({ row }) => row)).toContainEqual({
    id: '0a1b2c3d-0000-4000-8000-000000000003',
    alias: 'alias/keyferry',
  })
  const toAws = sessionTo(definition, { ...emulator.credentials, endpointUrl: undefined })
  for (const region of ['x.evil.example/', 'a b', '@evil.example/', '']) {
    const listed = Promise.resolve(definition.choices?.['kms-keys']?.list(toAws, { region }))
    expect(await failureOf(listed)).toMatchObject({ kind: 'rejected', message: expect.stringContaining('may send to') })
  }
})

test('a changed parameter stays under the KMS key that it has', async () => {
  await apply(opened({ options: { keyId: 'alias/keyferry' } }), [create('A')])
  const client = opened()
  await client.list()
  await apply(client, [update('A', 'new')])
  const keyOf = async () => (await opened({ options: { keyId: 'alias/keyferry' } }).list())[0]?.flags
  expect(await keyOf()).toEqual({ kmsKey: 'alias/keyferry' })
  expect(emulator.contents().get('A')).toBe('new')
})
