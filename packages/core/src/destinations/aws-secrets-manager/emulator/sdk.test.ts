/** AWS's own client, unmodified, must not notice that it talks to the emulator. */
import { randomUUID } from 'node:crypto'
import {
  BatchGetSecretValueCommand,
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  paginateBatchGetSecretValue,
  paginateListSecrets,
  PutSecretValueCommand,
  RestoreSecretCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateSecretCommand,
  type SecretsManagerClientConfig,
} from '@aws-sdk/client-secrets-manager'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startEmulator, type SecretsManagerEmulator, type SecretsManagerEmulatorOptions } from './index.ts'

let emulator: SecretsManagerEmulator
let clients: SecretsManagerClient[]
beforeEach(async () => {
  clients = []
  emulator = await startEmulator()
})
afterEach(async () => {
  for (const client of clients) client.destroy()
  await emulator.close()
})

function clientOf(config: SecretsManagerClientConfig = {}): SecretsManagerClient {
  const client = new SecretsManagerClient({
    endpoint: emulator.url,
    region: 'eu-central-1',
    credentials: emulator.principals.manager,
    maxAttempts: 1,
    ...config,
  })
  clients.push(client)
  return client
}

async function restart(options: SecretsManagerEmulatorOptions): Promise<void> {
  await emulator.close()
  emulator = await startEmulator(options)
}

const refusal = (name: string, message = '') => ({
  name,
  message: expect.stringContaining(message),
  $metadata: { httpStatusCode: 400 },
})

test('create, read, change and delete by force', async () => {
  const client = clientOf()
  const token = randomUUID()
  const create = { Name: 'app/A', SecretString: 'a1', ClientRequestToken: token }
  const created = await client.send(new CreateSecretCommand(create))
  expect(created).toMatchObject({ Name: 'app/A', VersionId: token })
  expect(created.ARN).toMatch(/^arn:aws:secretsmanager:eu-central-1:\d{12}:secret:app\/A-\w{6}$/)
  // The answer was lost: the same again changes nothing, and another value is refused.
  await client.send(new CreateSecretCommand(create))
  await expect(client.send(new CreateSecretCommand({ ...create, SecretString: 'x' }))).rejects.toMatchObject(
    refusal('ResourceExistsException', 'already in use'),
  )
  await expect(client.send(new CreateSecretCommand({ Name: 'app/A', SecretString: 'x' }))).rejects.toMatchObject(
    refusal('ResourceExistsException', 'already exists'),
  )

  const put = await client.send(new PutSecretValueCommand({ SecretId: 'app/A', SecretString: 'a2' }))
  expect(put.VersionStages).toEqual(['AWSCURRENT'])
  expect(await client.send(new GetSecretValueCommand({ SecretId: created.ARN }))).toMatchObject({
    SecretString: 'a2',
    VersionId: put.VersionId,
    CreatedDate: expect.any(Date),
  })
  const previous = new GetSecretValueCommand({ SecretId: 'app/A', VersionStage: 'AWSPREVIOUS' })
  expect(await client.send(previous)).toMatchObject({ SecretString: 'a1', VersionId: token })
  // An old version's token with its value answers as a success, and moves no stage.
  await client.send(new PutSecretValueCommand({ SecretId: 'app/A', SecretString: 'a1', ClientRequestToken: token }))
  expect(await client.send(new GetSecretValueCommand({ SecretId: 'app/A' }))).toMatchObject({ SecretString: 'a2' })

  const forced = { SecretId: 'app/A', ForceDeleteWithoutRecovery: true }
  await client.send(new DeleteSecretCommand(forced))
  expect(await client.send(new DeleteSecretCommand(forced))).toMatchObject({ Name: 'app/A' })
  await expect(client.send(new GetSecretValueCommand({ SecretId: 'app/A' }))).rejects.toMatchObject(
    refusal('ResourceNotFoundException', "can't find the specified secret"),
  )
  expect(emulator.contents()).toEqual(new Map())
})

test.each([false, true])('every page of the list and of the values, short ones: %s', async (isSparse) => {
  await restart({ sparsePages: isSparse })
  const client = clientOf()
  const names = Array.from({ length: 230 }, (_, index) => `KEY_${index}`)
  for (const name of names) emulator.put(name, `value of ${name}`)
  const listed = new Set<string | undefined>()
  let pages = 0
  for await (const { SecretList = [] } of paginateListSecrets({ client }, { MaxResults: 100 })) {
    pages += 1
    for (const { Name, SecretVersionsToStages } of SecretList) {
      listed.add(Name)
      expect(Object.values(SecretVersionsToStages ?? {})).toEqual([['AWSCURRENT']])
    }
  }
  expect(listed).toEqual(new Set(names))
  if (!isSparse) expect(pages).toBe(3)

  const values = new Map<string | undefined, string | undefined>()
  const filtered = { Filters: [{ Key: 'name' as const, Values: ['KEY_1'] }] }
  for await (const { SecretValues = [] } of paginateBatchGetSecretValue({ client }, filtered))
    for (const { Name, SecretString } of SecretValues) values.set(Name, SecretString)
  expect(values.size).toBe(111)
  const others = await client.send(new ListSecretsCommand({ Filters: [{ Key: 'name', Values: ['!KEY_'] }] }))
  expect(others.SecretList).toEqual([])
})

test('values of a list of names, those that are missing or refused beside them', async () => {
  const client = clientOf()
  emulator.put('A', 'a')
  emulator.plant('BINARY', { binary: 'AAEC' })
  emulator.plant('GOING', 'g', { deletesAt: Date.now() / 1000 })
  const answer = await client.send(new BatchGetSecretValueCommand({ SecretIdList: ['A', 'BINARY', 'GOING', 'GONE'] }))
  expect(answer.SecretValues).toMatchObject([
    { Name: 'A', SecretString: 'a' },
    { Name: 'BINARY', SecretBinary: new Uint8Array([0, 1, 2]) },
  ])
  expect(answer.Errors).toMatchObject([
    { SecretId: 'GOING', ErrorCode: 'InvalidRequestException' },
    { SecretId: 'GONE', ErrorCode: 'ResourceNotFoundException' },
  ])
  const many = Array.from({ length: 21 }, (_, index) => `KEY_${index}`)
  await expect(client.send(new BatchGetSecretValueCommand({ SecretIdList: many }))).rejects.toMatchObject(
    refusal('ValidationException', 'less than or equal to 20'),
  )
  await expect(client.send(new BatchGetSecretValueCommand({}))).rejects.toMatchObject(
    refusal('InvalidParameterException'),
  )
})

test('a scheduled deletion blocks the name until it is cancelled', async () => {
  const client = clientOf()
  emulator.put('A', 'a')
  const scheduled = await client.send(new DeleteSecretCommand({ SecretId: 'A', RecoveryWindowInDays: 7 }))
  expect(scheduled.DeletionDate?.getTime()).toBeGreaterThan(Date.now() + 6 * 86_400_000)
  expect(await client.send(new DescribeSecretCommand({ SecretId: 'A' }))).toMatchObject({
    DeletedDate: expect.any(Date),
  })
  expect((await client.send(new ListSecretsCommand({}))).SecretList).toEqual([])
  expect((await client.send(new ListSecretsCommand({ IncludePlannedDeletion: true }))).SecretList).toHaveLength(1)
  await expect(client.send(new CreateSecretCommand({ Name: 'A', SecretString: 'x' }))).rejects.toMatchObject(
    refusal('InvalidRequestException', 'already scheduled for deletion'),
  )
  for (const command of [
    () => client.send(new GetSecretValueCommand({ SecretId: 'A' })),
    () => client.send(new PutSecretValueCommand({ SecretId: 'A', SecretString: 'x' })),
    () => client.send(new TagResourceCommand({ SecretId: 'A', Tags: [] })),
    () => client.send(new DeleteSecretCommand({ SecretId: 'A', RecoveryWindowInDays: 7 })),
  ])
    await expect(command()).rejects.toMatchObject(refusal('InvalidRequestException', 'marked'))
  await client.send(new RestoreSecretCommand({ SecretId: 'A' }))
  await client.send(new PutSecretValueCommand({ SecretId: 'A', SecretString: 'a2' }))
  expect(emulator.contents()).toEqual(new Map([['A', 'a2']]))
  for (const wrong of [{ RecoveryWindowInDays: 6 }, { RecoveryWindowInDays: 7, ForceDeleteWithoutRecovery: true }])
    await expect(client.send(new DeleteSecretCommand({ SecretId: 'A', ...wrong }))).rejects.toMatchObject(
      refusal('InvalidParameterException'),
    )
})

test('key, description and tags', async () => {
  const client = clientOf()
  const Tags = [{ Key: 'team', Value: 'core' }]
  await client.send(new CreateSecretCommand({ Name: 'A', SecretString: 'a', KmsKeyId: 'alias/keyferry', Tags }))
  await client.send(new TagResourceCommand({ SecretId: 'A', Tags: [{ Key: 'tier', Value: '1' }] }))
  await client.send(new UntagResourceCommand({ SecretId: 'A', TagKeys: ['team'] }))
  const changed = await client.send(
    new UpdateSecretCommand({ SecretId: 'A', KmsKeyId: 'alias/keyferry-second', Description: 'About' }),
  )
  expect(changed.VersionId).toBeUndefined()
  expect(await client.send(new DescribeSecretCommand({ SecretId: 'A' }))).toMatchObject({
    KmsKeyId: 'alias/keyferry-second',
    Description: 'About',
    Tags: [{ Key: 'tier', Value: '1' }],
  })
  const token = randomUUID()
  const update = { SecretId: 'A', SecretString: 'a2', ClientRequestToken: token }
  expect(await client.send(new UpdateSecretCommand(update))).toMatchObject({ VersionId: token })
  // Even with the same value, as after an answer that was lost.
  await expect(client.send(new UpdateSecretCommand(update))).rejects.toMatchObject(refusal('ResourceExistsException'))
  expect(await client.send(new GetSecretValueCommand({ SecretId: 'A', VersionId: token }))).toMatchObject({
    SecretString: 'a2',
  })
})

test.each<[why: string, name: string, value: string, more: object, code: string]>([
  ['an empty value', 'A', '', {}, 'ValidationException'],
  ['a value above 65,536 bytes', 'A', 'ü'.repeat(32_769), {}, 'ValidationException'],
  ['a space in the name', 'A B', 'v', {}, 'ValidationException'],
  ['a name that is too long', 'N'.repeat(513), 'v', {}, 'ValidationException'],
  ['a KMS key that is not there', 'A', 'v', { KmsKeyId: 'alias/nowhere' }, 'EncryptionFailure'],
  ['a short token', 'A', 'v', { ClientRequestToken: 'short' }, 'ValidationException'],
  [
    '51 tags',
    'A',
    'v',
    { Tags: Array.from({ length: 51 }, (_, n) => ({ Key: `k${n}`, Value: '' })) },
    'InvalidParameterException',
  ],
])('%s is refused', async (_, name, value, more, code) => {
  const create = new CreateSecretCommand({ Name: name, SecretString: value, ...more })
  await expect(clientOf().send(create)).rejects.toMatchObject(refusal(code))
  expect(emulator.secrets()).toEqual([])
})

test('what AWS manages, replicas and a secret with a hundred versions are refused', async () => {
  const client = clientOf()
  emulator.plant('RDS', 'v', { owningService: 'rds' })
  emulator.plant('REPLICA', 'v', { primaryRegion: 'us-east-1' })
  emulator.put('BUSY', 'v0')
  for (let version = 1; version < 100; version++) emulator.put('BUSY', `v${version}`)
  const put = (SecretId: string) => client.send(new PutSecretValueCommand({ SecretId, SecretString: 'x' }))
  await expect(put('RDS')).rejects.toMatchObject(refusal('InvalidRequestException'))
  await expect(put('REPLICA')).rejects.toMatchObject(refusal('InvalidRequestException'))
  await expect(put('BUSY')).rejects.toMatchObject(refusal('LimitExceededException'))
  const { SecretList } = await client.send(new ListSecretsCommand({}))
  expect(SecretList).toMatchObject([
    { Name: 'BUSY' },
    { Name: 'RDS', OwningService: 'rds' },
    { PrimaryRegion: 'us-east-1' },
  ])
})

test('the list lags behind, and a forced delete blocks the name for a while', async () => {
  await restart({ listLagMs: 300, forcedDeleteMs: 300 })
  const client = clientOf()
  const create = new CreateSecretCommand({ Name: 'A', SecretString: 'a' })
  await client.send(create)
  const list = async () => (await client.send(new ListSecretsCommand({}))).SecretList?.map(({ Name }) => Name)
  expect(await list()).toEqual([])
  expect(await client.send(new DescribeSecretCommand({ SecretId: 'A' }))).toMatchObject({ Name: 'A' })
  await expect.poll(list).toEqual(['A'])
  await client.send(new DeleteSecretCommand({ SecretId: 'A', ForceDeleteWithoutRecovery: true }))
  expect(await list()).toEqual(['A'])
  await expect(client.send(create)).rejects.toMatchObject(refusal('InvalidRequestException'))
  await expect
    .poll(() =>
      client.send(create).then(
        () => true,
        () => false,
      ),
    )
    .toBe(true)
})

test('wrong keys and rights, and throttling by group of calls', async () => {
  const list = new ListSecretsCommand({})
  const { manager, member } = emulator.principals
  const refused: readonly [config: SecretsManagerClientConfig, name: string][] = [
    [{ credentials: { ...manager, secretAccessKey: 'wrong' } }, 'InvalidSignatureException'],
    [{ credentials: { ...manager, accessKeyId: 'AKIANOBODY' } }, 'UnrecognizedClientException'],
    [{ region: 'us-west-2' }, 'InvalidSignatureException'],
    [{ credentials: member }, 'AccessDeniedException'],
  ]
  for (const [config, name] of refused) await expect(clientOf(config).send(list)).rejects.toMatchObject(refusal(name))
  emulator.put('A', 'a')
  emulator.principals.deny('secretsmanager:PutSecretValue', 'kms:Decrypt')
  const put = new PutSecretValueCommand({ SecretId: 'A', SecretString: 'a2' })
  await expect(clientOf().send(put)).rejects.toMatchObject(
    refusal('AccessDeniedException', 'is not authorized to perform: secretsmanager:PutSecretValue'),
  )
  await expect(clientOf().send(new GetSecretValueCommand({ SecretId: 'A' }))).rejects.toMatchObject(
    refusal('AccessDeniedException', 'KMS'),
  )
  emulator.setRateLimit(true)
  const client = clientOf()
  const creates = Array.from({ length: 60 }, (_, n) => new CreateSecretCommand({ Name: `KEY_${n}`, SecretString: 'v' }))
  const results = await Promise.allSettled(creates.map((create) => client.send(create)))
  const rejected = results.filter(({ status }) => status === 'rejected')
  expect(rejected[0]).toMatchObject({ reason: refusal('ThrottlingException', 'Rate exceeded') })
  await client.send(list)
})

test('all keys in one secret', async () => {
  await restart({ mapping: 'many-to-one' })
  const client = clientOf()
  emulator.put('A', 'a')
  emulator.put('__proto__', 'p')
  const { SecretString = '' } = await client.send(new GetSecretValueCommand({ SecretId: 'app/prod' }))
  expect(new Map(Object.entries(JSON.parse(SecretString)))).toEqual(emulator.contents())
  const document = { A: 'a2', PORT: 80, FLAGS: { x: true } }
  await client.send(new PutSecretValueCommand({ SecretId: 'app/prod', SecretString: JSON.stringify(document) }))
  emulator.put('B', 'b')
  emulator.remove('A')
  expect(emulator.contents()).toEqual(new Map([['B', 'b']]))
  const kept = await client.send(new GetSecretValueCommand({ SecretId: 'app/prod' }))
  expect(JSON.parse(kept.SecretString ?? '')).toEqual({ PORT: 80, FLAGS: { x: true }, B: 'b' })
})
