import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failureOf, sessionTo } from '../conformance/reconciler.ts'
import type { DestinationError } from '../destination-error.ts'
import type { Change, Client } from '../destination.ts'
import { tagsFlag } from '../shared/clients/tags.ts'
import { startEmulator, type SecretsManagerEmulator, type SecretsManagerEmulatorOptions } from './emulator/index.ts'
import definition from './index.ts'

let emulator: SecretsManagerEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

async function restart(options: SecretsManagerEmulatorOptions): Promise<void> {
  await emulator.close()
  emulator = await startEmulator(options)
}

function opened(options: object = {}): Client {
  const session = sessionTo(definition, emulator.credentials)
  return definition.open(session, definition.target.parse(emulator.target), definition.options.parse(options))
}

const create = (key: string, value = 'v') => ({ action: 'create' as const, key, value, flags: {} })
const update = (key: string, value = 'v') => ({
  action: 'update' as const,
  key,
  value,
  flags: {},
  remoteIds: ['x'],
})
const remove = (key: string): Change => ({ action: 'delete', key, remoteIds: ['x'] })

async function apply(client: Client, changes: readonly Change[]) {
  const done = new Map<string, readonly string[] | undefined>()
  const failed = new Map<string, DestinationError>()
  const replacing: string[] = []
  const before = emulator.log.length
  await client.apply(changes, {
    replacing: async ({ key }) => void replacing.push(key),
    done: async ({ key }, ids) => void done.set(key, ids),
    failed: async ({ key }, error) => void failed.set(key, error),
  })
  return { done, failed, replacing, calls: callsSince(before) }
}

const callsSince = (before: number): string[] =>
  emulator.log.slice(before).map(({ path }) => path.split('.')[1] ?? path)

describe('a secret for each key', () => {
  test('a page per 100 secrets, and a call per change', async () => {
    const names = Array.from({ length: 230 }, (_, n) => `KEY_${n}`)
    for (const name of names) emulator.put(name, 'v')
    const before = emulator.log.length
    const client = opened()
    expect(await client.list()).toHaveLength(230)
    expect(callsSince(before)).toEqual(['ListSecrets', 'ListSecrets', 'ListSecrets'])
    const { calls } = await apply(client, [create('NEW'), update('KEY_1', 'changed'), remove('KEY_2')])
    expect(calls.toSorted((a, b) => a.localeCompare(b))).toEqual(['CreateSecret', 'DeleteSecret', 'UpdateSecret'])
    const values = await client.readValues?.([...names.slice(0, 21), 'GONE'])
    expect([...(values ?? [])]).toHaveLength(20)
    expect(values?.get('KEY_1')).toBe('changed')
  })

  test('what AWS manages, replicates or rotates, and a binary secret, is named or has no value', async () => {
    emulator.plant('RDS', 'v', { owningService: 'rds' })
    emulator.plant('REPLICA', 'v', { primaryRegion: 'us-east-1' })
    emulator.plant('ROTATED', 'v', { rotates: true })
    emulator.plant('BINARY', { binary: 'AAEC' })
    const listed = await opened().list()
    expect(listed.map(({ key, notManaged }) => [key, notManaged])).toEqual([
      ['BINARY', undefined],
      ['RDS', 'a secret of the AWS service rds'],
      ['REPLICA', 'a replica of a secret in us-east-1'],
      ['ROTATED', 'a secret that AWS rotates'],
    ])
    expect(await opened().readValues?.(['BINARY'])).toEqual(new Map())
    // Planned before the listing showed them.
    const { failed } = await apply(opened(), [create('RDS'), create('ROTATED')])
    expect([...failed.values()].map(({ kind }) => kind)).toEqual(['conflict', 'conflict'])
    expect(emulator.contents().get('ROTATED')).toBe('v')
  })

  test('a name in the bin is restored and set, and journaled before', async () => {
    await apply(opened(), [create('A', 'first')])
    await apply(opened(), [remove('A')])
    expect(emulator.contents()).toEqual(new Map())
    expect(emulator.secrets()).toHaveLength(1)
    expect(await opened().list()).toEqual([])
    const { replacing, calls } = await apply(opened(), [create('A', 'second')])
    expect(replacing).toEqual(['A'])
    expect(calls).toEqual(['CreateSecret', 'DescribeSecret', 'RestoreSecret', 'UpdateSecret'])
    expect(emulator.contents()).toEqual(new Map([['A', 'second']]))
  })

  test('without a recovery window the name is free after a while', async () => {
    await restart({ forcedDeleteMs: 200 })
    const client = opened({ recoveryWindowInDays: 0 })
    await apply(client, [create('A')])
    await apply(client, [remove('A')])
    expect(emulator.secrets()).toEqual([])
    const { failed } = await apply(client, [create('A')])
    expect(failed.get('A')).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('still deleting') })
    await expect.poll(async () => (await apply(client, [create('A')])).failed.size).toBe(0)
  })

  test('a listing that lags is settled by a fresh read', async () => {
    await restart({ listLagMs: 300_000 })
    const client = opened()
    const { done } = await apply(client, [create('A'), create('B')])
    await apply(client, [remove('B')])
    expect(await client.list()).toEqual([])
    expect(await client.reread?.(['A', 'B', 'C'])).toEqual([
      { key: 'A', remoteIds: done.get('A'), flags: {}, tags: {} },
    ])
    // A secret of somebody else that no listing shows yet, with our name: it is ours to write, as it would be listed.
    emulator.put('C', 'theirs')
    expect((await apply(client, [create('C', 'mine')])).calls).toEqual([
      'CreateSecret',
      'DescribeSecret',
      'UpdateSecret',
    ])
  })

  test('key and tags come with a new secret, and only what differs is sent later', async () => {
    const options = { keyId: 'alias/keyferry', tags: [{ key: 'team', value: 'core' }] }
    const client = opened(options)
    const flags = definition.flags(definition.options.parse(options), 'A', definition.target.parse(emulator.target))
    expect(flags).toEqual({ kmsKey: 'alias/keyferry', tags: '[["team","core"]]' })
    const { calls } = await apply(client, [{ ...create('A'), flags }])
    expect(calls).toEqual(['CreateSecret'])
    emulator.plant('PLAIN', 'v', { tags: new Map([['theirs', 'kept']]) })
    const listed = await client.list()
    expect(listed.map((one) => [one.key, one.flags, one.tags])).toEqual([
      ['A', { kmsKey: 'alias/keyferry' }, { team: 'core' }],
      ['PLAIN', { kmsKey: '' }, { theirs: 'kept' }],
    ])
    const changed = await apply(client, [
      { ...update('A', 'a2'), flags },
      { ...update('PLAIN', 'p2'), flags },
    ])
    expect(changed.calls.filter((call) => call === 'TagResource')).toHaveLength(1)
    expect(emulator.secrets().find(({ name }) => name === 'PLAIN')).toMatchObject({
      kmsKeyId: 'alias/keyferry',
      tags: new Map([
        ['theirs', 'kept'],
        ['team', 'core'],
      ]),
    })
  })

  test('a tag that is no longer wanted is removed, and no other', async () => {
    emulator.plant('A', 'v', { tags: new Map(['team', 'old', 'theirs'].map((key) => [key, 'x'])) })
    const client = opened()
    await client.list()
    const { calls } = await apply(client, [
      { ...update('A'), flags: tagsFlag({ team: 'x' }), written: tagsFlag({ team: 'x', old: 'x', gone: 'x' }) },
    ])
    expect(calls).toEqual(['UpdateSecret', 'UntagResource'])
    expect(emulator.secrets()[0]?.tags).toEqual(new Map(['team', 'theirs'].map((key) => [key, 'x'])))
  })

  test('metadata that AWS does not take as a tag is refused with its reason', () => {
    const refuse = (metadata: Record<string, string>, more: object = {}) =>
      definition.limits.refuse('A', 'v', {
        target: definition.target.parse(emulator.target),
        options: definition.options.parse({ syncSecretMetadataAsTags: true, ...more }),
        metadata,
      })
    const numbered = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, '']))
    expect(refuse({ owner: 'ada', 'équipe 1': 'a+b@c' })).toBeNull()
    expect(refuse({ 'aws:owner': 'ada' })).toContain('"aws:owner" can’t be a tag')
    expect(refuse({ note: 'a;b' })).toContain('"note" can’t be a tag')
    expect(refuse({ note: 'n'.repeat(257) })).toContain('256')
    expect(refuse(numbered(50))).toBeNull()
    expect(refuse(numbered(50), { tags: [{ key: 'team', value: 'core' }] })).toContain('51 tags')
    expect(refuse({ note: 'a;b' }, { syncSecretMetadataAsTags: false })).toBeNull()
  })

  test('rights that lack are named', async () => {
    emulator.put('A', 'v')
    emulator.principals.deny('secretsmanager:GetSecretValue')
    expect(await failureOf(opened().readValues?.(['A']) ?? Promise.resolve())).toMatchObject({
      kind: 'auth',
      message: expect.stringContaining('secretsmanager:GetSecretValue'),
    })
    emulator.principals.deny('secretsmanager:ListSecrets')
    expect(await failureOf(opened().list())).toMatchObject({
      kind: 'auth',
      message: expect.stringContaining('the right secretsmanager:ListSecrets'),
    })
  })
})

describe('one secret with all keys', () => {
  const DOCUMENT = 'app/prod'
  beforeEach(() => restart({ mapping: 'many-to-one' }))
  const stored = () => {
    const secret = emulator.secrets().find(({ name }) => name === DOCUMENT)
    return secret?.versions.find(({ stages }) => stages.has('AWSCURRENT'))?.text ?? 'null'
  }
  const text = () => JSON.parse(stored())

  test('key and tags of the sync are those of the secret, and taken off again; tags of others stay', async () => {
    const tags = [{ key: 'team', value: 'core' }]
    const options = { keyId: 'alias/keyferry', tags }
    emulator.plant(DOCUMENT, '{"A":"a"}', { tags: new Map([['theirs', 'x']]) })
    const flags = definition.flags(definition.options.parse(options), 'A', definition.target.parse(emulator.target))
    const client = opened(options)
    expect((await client.list())[0]?.flags).toEqual({ kmsKey: '', tags: '[]' })
    const { calls } = await apply(client, [{ ...update('A', 'a'), flags }])
    expect(calls).toEqual(['TagResource', 'UpdateSecret', 'DescribeSecret'])
    expect((await opened(options).list())[0]?.flags).toEqual(flags)
    const [before] = emulator.secrets()
    expect([before?.kmsKeyId, Object.fromEntries(before?.tags ?? [])]).toEqual([
      'alias/keyferry',
      { theirs: 'x', team: 'core' },
    ])
    const off = opened()
    await off.list()
    await apply(off, [{ ...update('A', 'a'), written: flags }])
    expect(Object.fromEntries(emulator.secrets()[0]?.tags ?? [])).toEqual({ theirs: 'x' })
  })

  test('a tag that fails for a moment is set with the value, and blames nobody', async () => {
    const options = { tags: [{ key: 'team', value: 'core' }] }
    emulator.plant(DOCUMENT, '{"A":"old"}')
    const client = opened(options)
    await client.list()
    for (const n of [1, 2, 3])
      emulator.fail(n, { kind: 'status', status: 500 }, (_method, path) => path.endsWith('TagResource'))
    const { failed } = await apply(client, [{ ...update('A', 'new'), flags: tagsFlag({ team: 'core' }) }])
    expect(failed).toEqual(new Map())
    expect(text()).toEqual({ A: 'new' })
    expect(emulator.secrets()[0]?.tags).toEqual(new Map([['team', 'core']]))
  })

  test('it is created, and any number of changes is one write and its check', async () => {
    const names = Array.from({ length: 50 }, (_, n) => `KEY ${n}`)
    const before = emulator.log.length
    const client = opened()
    expect(await client.list()).toEqual([])
    await apply(
      client,
      names.map((name) => create(name)),
    )
    expect(callsSince(before)).toEqual(['GetSecretValue', 'CreateSecret'])
    await client.list()
    const { calls } = await apply(client, [update('KEY 0', 'changed'), remove('KEY 1'), create('NEW')])
    expect(calls).toEqual(['UpdateSecret', 'DescribeSecret'])
    expect(emulator.contents().size).toBe(50)
  })

  test('members of others stay, whatever their type, and the size limit is that of the document', async () => {
    emulator.plant(DOCUMENT, '{"PORT":80,"NESTED":{"a":[1]},"THEIRS":"kept","__proto__":"p"}')
    const client = opened()
    expect((await client.list()).map(({ key, otherType }) => [key, otherType])).toEqual([
      ['PORT', 'a JSON number'],
      ['NESTED', 'a JSON object'],
      ['THEIRS', undefined],
      ['__proto__', undefined],
    ])
    expect(await client.readValues?.(['THEIRS'])).toEqual(
      new Map([
        ['THEIRS', 'kept'],
        ['__proto__', 'p'],
      ]),
    )
    await apply(client, [create('A')])
    expect(Object.entries(text())).toEqual([
      ['PORT', 80],
      ['NESTED', { a: [1] }],
      ['THEIRS', 'kept'],
      ['__proto__', 'p'],
      ['A', 'v'],
    ])
    emulator.plant(DOCUMENT, '{"ID":9007199254740993,"RATE":1.0,"HUGE":1e400}')
    await apply(opened(), [create('A')])
    expect(stored()).toBe('{"ID":9007199254740993,"RATE":1.0,"HUGE":1e400,"A":"v"}')
    // Theirs leaves no room for ours: no parts are tried.
    emulator.plant(DOCUMENT, JSON.stringify({ THEIRS: 'x'.repeat(65_500) }))
    const { calls, failed } = await apply(opened(), [create('A', 'y'.repeat(60)), create('B'), create('C')])
    expect([calls, failed.size]).toEqual([['GetSecretValue', 'UpdateSecret'], 3])
    const size = (mappingBehavior: string) =>
      definition.limits.document?.size(
        new Map([['A', 'x'.repeat(65_530)]]),
        definition.target.parse({ region: 'eu-central-1', mappingBehavior, secretName: DOCUMENT }),
      )
    expect(size('many-to-one')).toBe(65_538)
    expect(size('one-to-one')).toBe(0)
  })

  test('a write of somebody in between is put back, and merged with ours', async () => {
    emulator.plant(DOCUMENT, '{"A":"a1","B":"b1"}')
    const client = opened()
    await client.list()
    emulator.put('B', 'theirs')
    emulator.put('C', 'theirs too')
    const { done, failed } = await apply(client, [update('A', 'a2'), update('B', 'b2')])
    expect([...done.keys()]).toEqual(['A'])
    expect(failed.get('B')).toMatchObject({ kind: 'conflict' })
    expect(text()).toEqual({ A: 'a2', B: 'theirs', C: 'theirs too' })
    emulator.plant(DOCUMENT, '# theirs, and no JSON')
    const late = await apply(client, [update('A', 'a3')])
    expect(late.failed.get('A')).toMatchObject({ kind: 'rejected', message: expect.stringContaining('JSON object') })
    expect(stored()).toBe('# theirs, and no JSON')
  })

  test('a secret that is no JSON object, or in the bin, is refused before anything is written', async () => {
    for (const value of ['plain text', '[1]', 'null', { binary: 'AAEC' }]) {
      emulator.clear()
      emulator.plant(DOCUMENT, value)
      const error = await failureOf(opened().list())
      expect(error).toMatchObject({ kind: 'rejected', message: expect.stringContaining('not a JSON object') })
      expect(error.message).not.toContain('plain text')
    }
    emulator.clear()
    emulator.plant(DOCUMENT, '{}', { deletesAt: Date.now() / 1000 })
    expect(await failureOf(opened().list())).toMatchObject({
      kind: 'missing',
      message: expect.stringContaining('restore'),
    })
  })
})
