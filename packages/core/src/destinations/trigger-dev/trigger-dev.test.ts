import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { DestinationError } from '../destination-error.ts'
import type { Change, Report } from '../destination.ts'
import { failureOf, sessionTo } from '../conformance/reconciler.ts'
import { startEmulator, type TriggerDevEmulator } from './emulator/index.ts'
import triggerDev from './index.ts'

let emulator: TriggerDevEmulator
beforeEach(async () => {
  emulator = await startEmulator()
})
afterEach(() => emulator.close())

const sessionFor = (apiKey: string, url = emulator.url) => sessionTo(triggerDev, { apiKey, instanceUrl: url })

function opened(config: Record<string, string> = {}, apiKey = emulator.keys.personal) {
  const target = triggerDev.target.parse({ ...emulator.target, ...config })
  return triggerDev.open(sessionFor(apiKey), target, triggerDev.options.parse({}))
}

const create = (key: string, value: string, secret = true): Change => ({
  action: 'create',
  key,
  value,
  flags: { secret },
})
const remove = (key: string): Change => ({ action: 'delete', key, remoteIds: [] })
const many = (count: number, secret = true): Change[] =>
  Array.from({ length: count }, (_, n) => create(`KEY_${n}`, `value ${n}`, secret))

async function apply(changes: readonly Change[], client = opened()) {
  const done: string[] = []
  const failed = new Map<string, DestinationError>()
  const report: Report = {
    replacing: () => Promise.reject(new Error('nothing is ever replaced here')),
    done: async (change) => void done.push(change.key),
    failed: async (change, error) => void failed.set(change.key, error),
  }
  const before = emulator.log.length
  await client.apply(changes, report)
  const calls = emulator.log.slice(before).map(({ method, path }) => `${method} ${path.split('/').slice(6).join('/')}`)
  return { done, failed, calls }
}

describe('writing', () => {
  test('one changed key of a thousand: list, import, verify, and less than 1 kB sent', async () => {
    await apply(many(1000))
    const before = emulator.log.length
    const client = opened()
    await client.list()
    const { done } = await apply(
      [{ action: 'update', key: 'KEY_7', value: 'changed', flags: { secret: true }, remoteIds: [] }],
      client,
    )
    expect(done).toEqual(['KEY_7'])
    const calls = emulator.log.slice(before)
    expect(calls.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET'])
    expect(calls.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(1000)
  })

  test('a hundred to a call, secrets and readable ones apart, each with its flag', async () => {
    const readable = Array.from({ length: 30 }, (_, n) => create(`READABLE_${n}`, `r${n}`, false))
    const { done, calls } = await apply([...many(250), ...readable])
    expect(done).toHaveLength(280)
    expect(calls).toEqual([...Array.from({ length: 4 }, () => 'POST prod/import'), 'GET prod'])
    expect(emulator.variables('prod').get('KEY_0')).toEqual({ value: 'value 0', isSecret: true })
    expect(emulator.variables('prod').get('READABLE_0')).toEqual({ value: 'r0', isSecret: false })
    const listed = new Map((await opened().list()).map((one) => [one.key, one]))
    expect(listed.get('KEY_0')).toEqual({ key: 'KEY_0', remoteIds: [], flags: { secret: true } })
    expect(listed.get('READABLE_0')).toEqual({
      key: 'READABLE_0',
      remoteIds: [],
      value: 'r0',
      flags: { secret: false },
    })
  })

  test('large values go out in several calls', async () => {
    const { done, calls } = await apply([1, 2, 3].map((n) => create(`BIG_${n}`, 'x'.repeat(300_000))))
    expect(done).toHaveLength(3)
    expect(calls).toEqual(['POST prod/import', 'POST prod/import', 'POST prod/import', 'GET prod'])
  })

  test('one variable the server cannot store does not stop the others', async () => {
    const bad = 'A'.repeat(3000)
    const { done, failed } = await apply([...many(50), create(bad, 'secret-of-the-bad-one'), ...many(0)])
    expect(done).toHaveLength(50)
    expect([...failed.keys()]).toEqual([bad])
    expect(failed.get(bad)).toMatchObject({ kind: 'rejected', status: 400 })
    expect(failed.get(bad)?.message).not.toContain('secret-of')
  })

  test('what the server drops without an error is reported, and the rest counts', async () => {
    const { done, failed } = await apply([
      create('TRIGGER_API_URL', 'https://elsewhere'),
      create('BLANK', ' '),
      create('GOOD', 'g'),
    ])
    expect(done).toEqual(['GOOD'])
    expect([...failed.keys()].sort()).toEqual(['BLANK', 'TRIGGER_API_URL'])
    expect(failed.get('BLANK')?.message).toContain('but did not store it')
  })

  test('a key called __proto__ arrives, and is deleted again', async () => {
    await apply(['__proto__', 'constructor', 'toString'].map((key) => create(key, `of ${key}`)))
    expect([...emulator.contents()]).toEqual(['__proto__', 'constructor', 'toString'].map((key) => [key, `of ${key}`]))
    await apply(['__proto__', 'constructor', 'toString'].map(remove))
    expect(emulator.contents().size).toBe(0)
  })

  test('a server that ignores the secret flag is found out', async () => {
    await emulator.close()
    emulator = await startEmulator({ version: '4.4' })
    const { done, failed } = await apply([create('SECRET', 's'), create('READABLE', 'r', false)])
    expect(done).toEqual(['READABLE'])
    expect(failed.get('SECRET')?.message).toContain('older than 4.5.0')
  })

  test.each(['reset-after', 'hang-after'] as const)(
    'an import that was carried out but not answered (%s) is settled',
    async (kind) => {
      emulator.fail(1, { kind }, (method) => method === 'POST')
      const credentials = { apiKey: emulator.keys.personal, instanceUrl: emulator.url }
      const client = triggerDev.open(
        sessionTo(triggerDev, credentials, { timeoutMs: 2_000 }),
        triggerDev.target.parse(emulator.target),
        triggerDev.options.parse({}),
      )
      expect((await apply(many(3), client)).done).toHaveLength(3)
      expect(emulator.contents().size).toBe(3)
    },
  )

  test('new values are there before old ones go', async () => {
    emulator.put('OLD', 'o')
    const { calls } = await apply([remove('OLD'), create('NEW', 'n')])
    expect(calls[0]).toBe('POST prod/import')
    expect([...calls].sort()).toEqual(['DELETE prod/OLD', 'GET prod', 'POST prod/import'])
  })

  test('a wrong key stops everything at once, and nothing more is sent', async () => {
    const error = await failureOf(
      apply([...many(250), ...many(500).map(({ key }) => remove(`OLD_${key}`))], opened({}, 'tr_pat_wrong')),
    )
    expect(error.kind).toBe('auth')
    expect(emulator.log.every(({ method }) => method === 'POST')).toBe(true)
    expect(emulator.log.length).toBeLessThanOrEqual(3)
  })

  test('what had landed when trouble began is still reported', async () => {
    emulator.fail(3, { kind: 'status', status: 429, headers: { 'retry-after': '3600' } }, (method) => method === 'POST')
    const done: string[] = []
    const report: Report = {
      replacing: async () => undefined,
      done: async (change) => void done.push(change.key),
      failed: async () => undefined,
    }
    const error = await failureOf(opened().apply(many(250), report))
    expect(error.kind).toBe('throttled')
    expect(error.retryAt?.getTime()).toBeGreaterThan(Date.now() + 3_500_000)
    expect(done.length).toBe(emulator.contents().size)
    expect(done.length).toBeGreaterThan(0)
  })
})

describe('deleting', () => {
  test('absent here or in the whole project counts as done, and needs no list', async () => {
    await apply([create('ELSEWHERE', 'e')], opened({ environment: 'staging' }))
    emulator.put('HERE', 'h')
    const { done, calls } = await apply(['HERE', 'ELSEWHERE', 'NOWHERE', 'A/B C?#'].map(remove))
    expect(done.sort()).toEqual(['A/B C?#', 'ELSEWHERE', 'HERE', 'NOWHERE'])
    expect(calls.sort()).toEqual([
      'DELETE prod/A%2FB%20C%3F%23',
      'DELETE prod/ELSEWHERE',
      'DELETE prod/HERE',
      'DELETE prod/NOWHERE',
    ])
    expect(emulator.variables('stg').has('ELSEWHERE')).toBe(true)
  })

  test('names that no address can carry are not ours to touch', async () => {
    for (const key of ['import', '..', 'FINE']) emulator.put(key, 'v')
    const notManaged = (await opened().list()).filter((one) => one.notManaged !== undefined).map((one) => one.key)
    expect(notManaged).toEqual(['import', '..'])
  })

  test('a thousand fly at full width while the bucket is full', async () => {
    for (const { key } of many(1000)) emulator.put(key, 'v')
    const client = opened()
    await client.list()
    const release = emulator.hold((method) => method === 'DELETE')
    const applied = apply(
      many(1000).map(({ key }) => remove(key)),
      client,
    )
    await expect.poll(() => emulator.maxInFlight()).toBeGreaterThan(100)
    release()
    expect((await applied).done).toHaveLength(1000)
  })

  test('an empty bucket is waited for, with hardly a refusal', async () => {
    for (const { key } of many(100)) emulator.put(key, 'v')
    emulator.setRateLimit({ burst: 40, refill: 20, intervalMs: 500 })
    const client = opened()
    await client.list()
    expect(
      (
        await apply(
          many(100).map(({ key }) => remove(key)),
          client,
        )
      ).done,
    ).toHaveLength(100)
    expect(emulator.log.filter(({ status }) => status === 429).length).toBeLessThan(10)
  })
})

describe('where it writes', () => {
  test('staging and stg are one place; a branch is another; refs are cut', () => {
    const key = (config: Record<string, string>): string =>
      triggerDev.targetKey(triggerDev.target.parse({ projectRef: 'proj_a', ...config }))
    expect(key({ environment: 'staging' })).toBe(key({ environment: 'stg' }))
    expect(key({ environment: 'preview' })).not.toBe(key({ environment: 'preview', branch: 'x' }))
    expect(key({ environment: 'preview', branch: 'refs/heads/x' })).toBe(key({ environment: 'preview', branch: 'x' }))
    expect(key({ environment: 'dev', branch: 'default' })).toBe(key({ environment: 'dev' }))
    expect(key({ environment: 'prod', branch: 'x' })).toBe(key({ environment: 'prod' }))
  })

  test('a branch is sent for preview and dev only', async () => {
    emulator.branch('preview', 'feature/x')
    await apply([create('P', 'p')], opened({ environment: 'preview', branch: 'feature/x' }))
    expect(emulator.variables('preview', { branch: 'feature/x' }).has('P')).toBe(true)
    expect(emulator.variables('preview').size).toBe(0)
    await apply([create('Q', 'q')], opened({ environment: 'prod', branch: 'feature/x' }))
    expect(emulator.variables('prod').has('Q')).toBe(true)
  })

  test('on a branch of a secret parent, a readable variable is neither drift nor failure', async () => {
    emulator.branch('preview', 'x')
    await apply([create('SHARED', 's')], opened({ environment: 'preview' }))
    const client = opened({ environment: 'preview', branch: 'x' })
    expect((await apply([create('SHARED', 'own', false)], client)).done).toEqual(['SHARED'])
    expect(await client.list()).toEqual([{ key: 'SHARED', remoteIds: [], flags: {} }])
  })

  test.each([
    ['a project nobody has', { projectRef: 'proj_nobody' }],
    ['a branch that is not there', { environment: 'preview', branch: 'gone' }],
  ])('%s is missing', async (_, config) => {
    const error = await failureOf(opened(config).list())
    expect(error.kind).toBe('missing')
    expect(error.message).toContain(Object.values(config).at(-1))
  })

  test('an environment the plan lacks is missing', async () => {
    emulator.dropEnvironment('stg')
    expect(await failureOf(opened({ environment: 'staging' }).list())).toMatchObject({ kind: 'missing' })
  })

  test('an environment key writes only where it belongs', async () => {
    await apply([create('A', 'a')], opened({}, emulator.keys.prod))
    expect(emulator.contents().get('A')).toBe('a')
    const before = emulator.log.length
    const error = await failureOf(opened({}, emulator.keys.dev).list())
    expect(error).toMatchObject({ kind: 'auth' })
    expect(error.message).toContain('"dev"')
    expect(emulator.log.length).toBe(before)
    expect(await failureOf(opened({ projectRef: emulator.projects[1] }, emulator.keys.prod).list())).toMatchObject({
      kind: 'missing',
    })
  })
})

describe('flags', () => {
  const flags = (options: Record<string, unknown>, key: string) =>
    triggerDev.flags(triggerDev.options.parse(options), key, triggerDev.target.parse(emulator.target))
  test('secret unless said otherwise, for all or for some', () => {
    expect(flags({}, 'A')).toEqual({ secret: true })
    expect(flags({ markAsSecret: false }, 'A')).toEqual({ secret: false })
    expect(flags({ markAsSecretExcept: 'A, __proto__' }, '__proto__')).toEqual({ secret: false })
    expect(flags({ markAsSecret: false, markAsSecretExcept: 'A B' }, 'B')).toEqual({ secret: true })
    expect(flags({ markAsSecretExcept: 'A' }, 'toString')).toEqual({ secret: true })
  })
})

describe('limits', () => {
  const refuse = (key: string, value: string) =>
    triggerDev.limits.refuse(key, value, {
      target: triggerDev.target.parse(emulator.target),
      options: triggerDev.options.parse({}),
    })

  test.each([
    ['TRIGGER_SECRET_KEY', 'v', /sets TRIGGER_SECRET_KEY itself/],
    ['TRIGGER_API_URL', 'v', /drops it without an error/],
    ['A', '', /drops a blank value without an error/],
    ['A', ' \n\t', /drops a blank value/],
    ['A-B', 'v', /letters, digits and underscores/],
    ['1A', 'v', /does not start with a digit/],
    ['', 'v', /letters/],
    ['A', '<redacted>', /placeholder/],
    ['A', 'x\0y', /NUL/],
    ['import', 'v', /called "import"/],
  ])('%s=%j is refused', (key, value, reason) => {
    expect(refuse(key, value)).toMatch(reason)
  })

  test.each(['TRIGGER_ORG_ID', 'OTEL_X', 'path', '_A', 'A1', '__proto__'])('%s is held', (key) => {
    expect(refuse(key, ' v ')).toBeNull()
  })
})

describe('reading values', () => {
  const read = async (config: Record<string, string>, apiKey?: string): Promise<ReadonlyMap<string, string>> => {
    const { readValues } = opened(config, apiKey)
    if (!readValues) throw new Error('It cannot read values here')
    return readValues([])
  }

  test('a personal token fetches the key of the environment, an environment key needs none; both see secrets in clear', async () => {
    await apply([...many(2), create('OTEL_RESOURCE_ATTRIBUTES', 'team=a')])
    for (const [apiKey, calls] of [
      [emulator.keys.personal, 2],
      [emulator.keys.organization, 2],
      [emulator.keys.prod, 1],
    ] as const) {
      const before = emulator.log.length
      const values = await read({}, apiKey)
      expect(emulator.log.length - before).toBe(calls)
      expect(values.get('KEY_0')).toBe('value 0')
      // Listed under another name there.
      expect(values.get('OTEL_RESOURCE_ATTRIBUTES')).toBe('team=a')
      expect([...values.values()]).not.toContain('<redacted>')
    }
  })

  test('staging by both of its names, and a branch by its header', async () => {
    emulator.branch('preview', 'feature/x')
    await apply([create('A', 'staged')], opened({ environment: 'stg' }))
    await apply([create('A', 'branched')], opened({ environment: 'preview', branch: 'feature/x' }))
    expect((await read({ environment: 'stg' })).get('A')).toBe('staged')
    expect((await read({ environment: 'staging' })).get('A')).toBe('staged')
    expect((await read({ environment: 'preview', branch: 'feature/x' })).get('A')).toBe('branched')
  })

  test('the environment that branches inherit from has no such read', () => {
    expect(opened({ environment: 'preview' }).readValues).toBeUndefined()
  })

  test('a key of another environment is refused, and one without the right gets that reason, without words of the vendor', async () => {
    expect((await failureOf(read({ environment: 'stg' }, emulator.keys.prod))).kind).toBe('auth')
    await apply([create('A', 'canary-1c')])
    const refused = await failureOf(read({}, emulator.keys.prodWriteOnly))
    expect(refused).toMatchObject({ kind: 'auth', status: 403 })
    emulator.fail(2, { kind: 'status', status: 400, body: { error: `canary-1c ${emulator.keys.prod}` } })
    const { message } = await failureOf(read({}))
    expect(message).not.toContain('canary-1c')
    expect(message).not.toContain(emulator.keys.prod)
  })
})
