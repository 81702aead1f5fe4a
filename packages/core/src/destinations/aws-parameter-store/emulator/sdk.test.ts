/** AWS's own client, unmodified, must not notice that it talks to the emulator. */
import {
  AddTagsToResourceCommand,
  DeleteParameterCommand,
  DeleteParametersCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  GetServiceSettingCommand,
  ListTagsForResourceCommand,
  paginateDescribeParameters,
  paginateGetParametersByPath,
  PutParameterCommand,
  RemoveTagsFromResourceCommand,
  SSMClient,
  type SSMClientConfig,
} from '@aws-sdk/client-ssm'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmulator, type ParameterStoreEmulator } from './index.ts'

const PATH = '/app/prod/'
let emulator: ParameterStoreEmulator
let clients: SSMClient[]
beforeEach(async () => {
  clients = []
  emulator = await startEmulator()
})
afterEach(async () => {
  for (const client of clients) client.destroy()
  await emulator.close()
})

function clientOf(config: SSMClientConfig = {}): SSMClient {
  const client = new SSMClient({
    endpoint: emulator.url,
    region: 'eu-central-1',
    credentials: emulator.principals.manager,
    maxAttempts: 1,
    ...config,
  })
  clients.push(client)
  return client
}

const put = (name: string, value = 'v', more: object = {}) =>
  new PutParameterCommand({ Name: `${PATH}${name}`, Value: value, Type: 'SecureString', ...more })

test('create, change, read and delete', async () => {
  const client = clientOf()
  expect(await client.send(put('A', 'a\nü{}'))).toMatchObject({ Version: 1, Tier: 'Standard' })
  expect(await client.send(put('A', 'a2', { Overwrite: true, KeyId: 'alias/keyferry' }))).toMatchObject({ Version: 2 })
  await expect(client.send(put('A', 'a3'))).rejects.toMatchObject({
    name: 'ParameterAlreadyExists',
    $metadata: { httpStatusCode: 400 },
  })
  const both = new GetParametersCommand({ Names: [`${PATH}A`, `${PATH}B`], WithDecryption: true })
  expect(await client.send(both)).toMatchObject({
    Parameters: [
      { Name: `${PATH}A`, Value: 'a2', Version: 2, Type: 'SecureString', LastModifiedDate: expect.any(Date) },
    ],
    InvalidParameters: [`${PATH}B`],
  })
  const { Parameter } = await client.send(new GetParameterCommand({ Name: `${PATH}A` }))
  expect(Parameter?.Value).toMatch(/^AQICAH/)
  expect(await client.send(new DeleteParametersCommand({ Names: [`${PATH}A`, `${PATH}B`] }))).toMatchObject({
    DeletedParameters: [`${PATH}A`],
    InvalidParameters: [`${PATH}B`],
  })
  await client.send(put('C'))
  await client.send(new DeleteParameterCommand({ Name: `${PATH}C` }))
  await expect(client.send(new DeleteParameterCommand({ Name: `${PATH}C` }))).rejects.toMatchObject({
    name: 'ParameterNotFound',
  })
  expect(emulator.contents()).toEqual(new Map())
})

test.each([false, true])('every page of both listings, short ones: %s', async (isSparse) => {
  await emulator.close()
  emulator = await startEmulator({ sparsePages: isSparse })
  const client = clientOf()
  const names = Array.from({ length: 120 }, (_, index) => `KEY_${index}`)
  for (const name of names) emulator.put(name, `value of ${name}`)
  emulator.plant({ name: `${PATH}deeper/KEY` })
  emulator.plant({ name: '/app/production/KEY' })

  const values = new Map<string | undefined, string | undefined>()
  let pages = 0
  const byPath = { Path: PATH, Recursive: false, WithDecryption: true }
  for await (const { Parameters = [] } of paginateGetParametersByPath({ client }, byPath)) {
    pages += 1
    for (const { Name, Value } of Parameters) values.set(Name, Value)
  }
  expect(values).toEqual(new Map(names.map((name) => [`${PATH}${name}`, `value of ${name}`])))
  if (!isSparse) expect(pages).toBe(12)

  const described = new Set<string | undefined>()
  const oneLevel = { ParameterFilters: [{ Key: 'Path', Option: 'OneLevel', Values: ['/app/prod'] }], MaxResults: 50 }
  for await (const { Parameters = [] } of paginateDescribeParameters({ client }, oneLevel))
    for (const { Name } of Parameters) described.add(Name)
  expect(described).toEqual(new Set(values.keys()))
})

test('metadata shows version, key, tier and type, and no value', async () => {
  const client = clientOf()
  await client.send(put('A'))
  await client.send(
    put('A', 'w'.repeat(5_000), { Overwrite: true, KeyId: 'alias/keyferry', Tier: 'Intelligent-Tiering' }),
  )
  emulator.plant({ name: '/ROOT', type: 'String' })
  emulator.plant({ name: 'BARE', type: 'StringList' })
  const { Parameters } = await client.send(new DescribeParametersCommand({}))
  expect(Parameters).toMatchObject([
    { Name: '/ROOT', Type: 'String', Tier: 'Standard' },
    { Name: `${PATH}A`, Type: 'SecureString', Version: 2, KeyId: 'alias/keyferry', Tier: 'Advanced' },
    { Name: 'BARE', Type: 'StringList' },
  ])
  expect(JSON.stringify(Parameters)).not.toContain('w'.repeat(10))
  const root = await client.send(new GetParametersByPathCommand({ Path: '/' }))
  expect(root.Parameters?.map(({ Name }) => Name)).toEqual(['/ROOT', 'BARE'])
  expect(
    await client.send(new GetServiceSettingCommand({ SettingId: '/ssm/parameter-store/high-throughput-enabled' })),
  ).toMatchObject({
    ServiceSetting: { SettingValue: 'false' },
  })
})

test('tags', async () => {
  const client = clientOf()
  const resource = { ResourceType: 'Parameter', ResourceId: `${PATH}A` } as const
  await client.send(put('A', 'v', { Tags: [{ Key: 'team', Value: 'core' }] }))
  await client.send(new AddTagsToResourceCommand({ ...resource, Tags: [{ Key: 'tier', Value: '1' }] }))
  await client.send(new RemoveTagsFromResourceCommand({ ...resource, TagKeys: ['team'] }))
  expect(await client.send(new ListTagsForResourceCommand(resource))).toMatchObject({
    TagList: [{ Key: 'tier', Value: '1' }],
  })
  await expect(
    client.send(put('A', 'v', { Overwrite: true, Tags: [{ Key: 'team', Value: 'core' }] })),
  ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining("can't be used together") })
  const gone = { ...resource, ResourceId: '/app/prod/GONE' }
  await expect(client.send(new ListTagsForResourceCommand(gone))).rejects.toMatchObject({ name: 'InvalidResourceId' })
})

test.each<[why: string, name: string, value: string, more: object, refusal: string]>([
  ['an empty value', 'A', '', {}, 'ValidationException'],
  ['a value above 4 KiB', 'A', 'x'.repeat(4_097), {}, 'ValidationException'],
  ['one above it in bytes alone', 'A', 'ü'.repeat(2_049), {}, 'ValidationException'],
  ['a value above 8 KiB', 'A', 'x'.repeat(8_193), { Tier: 'Advanced' }, 'ValidationException'],
  ['a nested parameter', 'A', 'a {{ssm:b}} c', {}, 'ValidationException'],
  ['a space in the name', 'A B', 'v', {}, 'ValidationException'],
  ['a name of 16 levels', Array(14).fill('a').join('/'), 'v', {}, 'HierarchyLevelLimitExceededException'],
  ['a name that is too long', 'N'.repeat(1_000), 'v', {}, 'ValidationException'],
  ['a KMS key that is not there', 'A', 'v', { KeyId: 'alias/nowhere' }, 'InvalidKeyId'],
  ['a KMS key that cannot be one', 'A', 'v', { KeyId: 'alias nowhere' }, 'ValidationException'],
  [
    '51 tags',
    'A',
    'v',
    { Tags: Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: '' })) },
    'TooManyTagsError',
  ],
  ['a value against its pattern', 'A', 'v', { AllowedPattern: '^\\d+$' }, 'ParameterPatternMismatchException'],
  ['no type', 'A', 'v', { Type: undefined }, 'ValidationException'],
])('%s is refused', async (_, name, value, more, refusal) => {
  await expect(clientOf().send(put(name, value, more))).rejects.toMatchObject({
    name: refusal,
    $metadata: { httpStatusCode: 400, requestId: expect.any(String) },
  })
  expect(emulator.parameters()).toEqual([])
})

test('reserved names, other types, tiers and labelled versions', async () => {
  const client = clientOf()
  const named = (name: string) => client.send(new PutParameterCommand({ Name: name, Value: 'v', Type: 'String' }))
  await expect(named('/aws/x')).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: 'No access to reserved parameter name: /aws/x.',
  })
  await expect(named('ssm-x')).rejects.toMatchObject({ name: 'ValidationException' })
  emulator.plant({ name: `${PATH}TEXT`, type: 'String' })
  await expect(client.send(put('TEXT', 'v', { Overwrite: true }))).rejects.toMatchObject({
    name: 'HierarchyTypeMismatchException',
  })
  emulator.plant({ name: `${PATH}BIG`, value: 'x'.repeat(8_192), tier: 'Advanced' })
  await expect(client.send(put('BIG', 'v', { Overwrite: true, Tier: 'Standard' }))).rejects.toMatchObject({
    message: expect.stringContaining("can't downgrade"),
  })
  emulator.put('OLD', 'v1')
  emulator.label(`${PATH}OLD`)
  for (let version = 2; version <= 100; version++) emulator.put('OLD', `v${version}`)
  await expect(client.send(put('OLD', 'v', { Overwrite: true }))).rejects.toMatchObject({
    name: 'ParameterMaxVersionLimitExceeded',
  })
})

test('more than ten names in one call are refused, and so is a page above its size', async () => {
  const client = clientOf()
  const names = Array.from({ length: 11 }, (_, index) => `${PATH}KEY_${index}`)
  const tooMany = { name: 'ValidationException', message: expect.stringContaining('less than or equal to 10') }
  await expect(client.send(new DeleteParametersCommand({ Names: names }))).rejects.toMatchObject(tooMany)
  await expect(client.send(new GetParametersCommand({ Names: names }))).rejects.toMatchObject(tooMany)
  await expect(client.send(new GetParametersByPathCommand({ Path: PATH, MaxResults: 11 }))).rejects.toMatchObject(
    tooMany,
  )
  await expect(client.send(new GetParametersByPathCommand({ Path: PATH, NextToken: 'x' }))).rejects.toMatchObject({
    name: 'InvalidNextToken',
  })
})

test('wrong keys, clocks, regions and rights are the errors the client knows', async () => {
  const describe = new DescribeParametersCommand({})
  const { manager, member } = emulator.principals
  const refused: readonly [config: SSMClientConfig, name: string][] = [
    [{ credentials: { ...manager, secretAccessKey: 'wrong' } }, 'InvalidSignatureException'],
    [{ credentials: { ...manager, accessKeyId: 'AKIANOBODY' } }, 'UnrecognizedClientException'],
    [{ credentials: { ...manager, sessionToken: 'wrong' } }, 'UnrecognizedClientException'],
    [{ region: 'us-west-2' }, 'InvalidSignatureException'],
    [{ credentials: member }, 'AccessDeniedException'],
  ]
  for (const [config, name] of refused) {
    await expect(clientOf(config).send(describe)).rejects.toMatchObject({ name, $metadata: { httpStatusCode: 400 } })
  }
  emulator.put('A', 'v')
  emulator.principals.deny('kms:Decrypt')
  const decrypted = new GetParametersByPathCommand({ Path: PATH, WithDecryption: true })
  await expect(clientOf().send(decrypted)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('kms:Decrypt'),
  })
})

test('a signed request that was changed or comes late is refused', async () => {
  const client = clientOf()
  client.middlewareStack.add(
    (next) => (args) => {
      const { request } = args
      if (request !== null && typeof request === 'object' && 'body' in request) request.body = '[]'
      return next(args)
    },
    { step: 'finalizeRequest', priority: 'low' },
  )
  await expect(client.send(new DescribeParametersCommand({}))).rejects.toMatchObject({
    name: 'InvalidSignatureException',
    message: expect.stringContaining('does not match'),
  })
  const offset = clientOf({ systemClockOffset: -6 * 60_000 })
  await expect(offset.send(new DescribeParametersCommand({}))).rejects.toMatchObject({
    message: expect.stringMatching(/^Signature expired: \d{8}T\d{6}Z is now earlier than/),
  })
})

test('throttling is a 400 that the client repeats', async () => {
  emulator.setRateLimit({ burst: 1, refill: 1, intervalMs: 200 })
  const client = clientOf({ maxAttempts: 5 })
  await client.send(new DescribeParametersCommand({}))
  await client.send(new DescribeParametersCommand({}))
  expect(emulator.log.map(({ status }) => status)).toContain(400)
  emulator.setRateLimit(true)
  const results = await Promise.allSettled(['A', 'B', 'C', 'D'].map((name) => clientOf().send(put(name))))
  expect(results.filter(({ status }) => status === 'rejected')).toMatchObject([
    { reason: { name: 'ThrottlingException', message: 'Rate exceeded' } },
  ])
})
