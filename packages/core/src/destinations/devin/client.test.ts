import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DestinationError } from '../destination-error.ts'
import type { Change } from '../destination.ts'
import { sessionTo } from '../conformance/reconciler.ts'
import { startEmulator, type DevinEmulator, type Duplicates } from './emulator/index.ts'
import devin from './index.ts'

let emulator: DevinEmulator
beforeAll(async () => {
  emulator = await startEmulator()
})
afterEach(() => {
  emulator.heal()
  emulator.clear()
  emulator.setDuplicates('409')
  emulator.setRateLimit(false)
})
afterAll(() => emulator.close())

const client = (apiKey = emulator.keys.manager, target = devin.target.parse(emulator.target)) =>
  devin.open(sessionTo(devin, { apiKey, instanceUrl: emulator.url }), target, {})

const create = (key: string, value: string): Change => ({ action: 'create', key, value, flags: {} })

/** Applies and returns what was reported, in order. */
async function apply(changes: readonly Change[], apiKey?: string) {
  const told: string[] = []
  const errors: DestinationError[] = []
  const ids = new Map<string, readonly string[]>()
  await client(apiKey).apply(changes, {
    replacing: async (change) => {
      // The journal comes before anything is lost.
      told.push(`replacing ${change.key} while it is ${emulator.contents().has(change.key) ? 'there' : 'gone'}`)
    },
    done: async (change, remoteIds = []) => {
      told.push(`done ${change.key}`)
      ids.set(change.key, remoteIds)
    },
    failed: async (change, error) => {
      told.push(`failed ${change.key}`)
      errors.push(error)
    },
  })
  return { told, errors, ids }
}

/** `GET`, `POST` and `DELETE` since the n-th request. */
const calls = (from = 0): string[] => emulator.log.slice(from).map((request) => request.method)

describe('list', () => {
  test('one key with several copies is one entry with all ids', async () => {
    const ids = [emulator.plant({ key: 'TWICE' }), emulator.plant({ key: 'TWICE' })]
    emulator.plant({ key: 'TWICE', access_type: 'personal' })
    expect(await client().list()).toEqual([{ key: 'TWICE', remoteIds: ids, flags: {} }])
  })

  test('says what is another type, and what is not ours to touch', async () => {
    emulator.plant({ key: 'OTP', secret_type: 'totp' })
    emulator.plant({ key: 'SITE', secret_type: 'cookie' })
    emulator.plant({ key: 'BOTH', secret_type: 'totp' })
    emulator.plant({ key: 'BOTH' })
    emulator.plant({ key: 'NEW', secret_type: 'passkey' })
    emulator.plant({ key: 'MINE', access_type: 'personal' })
    emulator.plant({ key: 'REPO', access_type: 'repository' })
    emulator.plant({ key: null })
    const listed = new Map(
      (await client().list()).map(({ key, otherType, notManaged }) => [key, otherType ?? notManaged]),
    )
    expect(listed).toEqual(
      new Map([
        ['OTP', 'a TOTP secret'],
        ['SITE', 'a cookie secret'],
        ['BOTH', 'a TOTP secret'],
        ['NEW', 'a passkey secret'],
        ['MINE', 'a personal secret'],
        ['REPO', 'a secret of another scope'],
      ]),
    )
  })

  test.each([
    ['a page without items', { end_cursor: null }],
    ['a page that does not say where the next one is', { items: [], end_cursor: null, has_next_page: true }],
    ['a page that points to itself for ever', { items: [], end_cursor: 'again', has_next_page: true }],
  ])('%s throws', async (_, body) => {
    for (const n of [1, 2, 3]) emulator.fail(n, { kind: 'status', status: 200, body })
    await expect(client().list()).rejects.toMatchObject({ kind: 'unavailable' })
  })

  const orgId = () => emulator.target.orgId ?? ''
  test.each([
    ['a wrong key', () => client('cog_wrong'), 'auth', /not valid or has expired/],
    ['a key without the right', () => client(emulator.keys.member), 'auth', /lacks the right ManageOrgSecrets in org-/],
    [
      'a key of another organization',
      () => client(emulator.keys.stranger),
      'auth',
      /belongs to the organization org-fedcba9876543210, not to org-0123/,
    ],
    [
      'an organization nobody has',
      () => client(emulator.keys.enterprise, { orgId: 'org-none' }),
      'missing',
      /shows no organization org-none/,
    ],
  ] as const)('%s has its own message', async (_, open, kind, message) => {
    expect(orgId()).toMatch(/^org-/)
    await expect(open().list()).rejects.toMatchObject({ kind, message: expect.stringMatching(message) })
  })
})

describe('writes', () => {
  test('one changed secret costs a delete and a create, journaled before the old value is deleted', async () => {
    const first = await apply([create('A', 'one'), create('B', 'two')])
    const from = emulator.log.length
    const { told, ids } = await apply([
      { action: 'update', key: 'A', value: 'new', flags: {}, remoteIds: first.ids.get('A') ?? [] },
    ])
    expect(calls(from)).toEqual(['DELETE', 'POST'])
    expect(told).toEqual(['replacing A while it is there', 'done A'])
    expect(ids.get('A')).not.toEqual(first.ids.get('A'))
    expect(emulator.secrets()).toMatchObject([
      { key: 'B', value: 'two' },
      { key: 'A', value: 'new', secret_type: 'key-value', is_sensitive: true, note: 'Synced by Keyferry' },
    ])
  })

  test('an update covers every copy of the key, a TOTP secret included, and no personal one', async () => {
    const remoteIds = [emulator.plant({ key: 'A', secret_type: 'totp' }), emulator.plant({ key: 'A' })]
    emulator.plant({ key: 'A', access_type: 'personal', value: 'theirs' })
    await apply([{ action: 'update', key: 'A', value: 'new', flags: {}, remoteIds }])
    expect(emulator.secrets()).toMatchObject([
      { access_type: 'personal', value: 'theirs' },
      { access_type: 'org', value: 'new', secret_type: 'key-value' },
    ])
  })

  test('ten are on their way at once, and no more', async () => {
    // Until the first answer there are fewer.
    let seen = 0
    const release = emulator.hold(() => seen++ > 0)
    const going = apply(Array.from({ length: 100 }, (_, n) => create(`K${n}`, 'v')))
    await expect.poll(() => emulator.maxInFlight()).toBe(10)
    release()
    await going
    expect(emulator.maxInFlight()).toBe(10)
  })

  test('a refused value costs only its own key, and nothing is deleted for it', async () => {
    emulator.plant({ key: 'OLD', value: 'kept' })
    const { told, errors } = await apply([create('BAD', 'x'.repeat(70_000)), create('GOOD', 'v')])
    expect(told.toSorted()).toEqual(['done GOOD', 'failed BAD'])
    expect(errors).toMatchObject([
      {
        kind: 'rejected',
        status: 422,
        message: expect.stringContaining('Validation failed; String should have at most 65536 characters'),
      },
    ])
    expect(emulator.contents()).toEqual(
      new Map([
        ['OLD', 'kept'],
        ['GOOD', 'v'],
      ]),
    )
  })

  test('a 422 over a key that someone made in the meantime never costs their value', async () => {
    emulator.setDuplicates('422')
    emulator.put('A', 'theirs')
    expect((await apply([create('A', 'ours')])).told).toEqual(['failed A'])
    expect(emulator.contents().get('A')).toBe('theirs')
  })

  test('a 409 means that someone made it: it is replaced, once, and journaled', async () => {
    emulator.put('A', 'theirs')
    const { told } = await apply([create('A', 'ours')])
    expect(told).toEqual(['replacing A while it is there', 'done A'])
    expect(emulator.secrets()).toMatchObject([{ key: 'A', value: 'ours' }])
  })

  test('a 409 that stays, with nothing to be seen, is a refusal', async () => {
    emulator.fail(1, { kind: 'status', status: 409 }, (method) => method === 'POST')
    const { errors } = await apply([create('A', 'ours')])
    expect(errors).toMatchObject([{ kind: 'rejected', status: 409 }])
  })

  test.each<Duplicates>(['409', '422', 'copy'])(
    'an answer that got lost makes no second copy where a duplicate is %s',
    async (mode) => {
      emulator.setDuplicates(mode)
      emulator.fail(1, { kind: 'reset-after' }, (method) => method === 'POST')
      emulator.fail(3, { kind: 'status', status: 502 }, (method) => method === 'POST')
      const { told, ids } = await apply([create('A', '1'), create('B', '2'), create('C', '3')])
      expect(told.toSorted()).toEqual(['done A', 'done B', 'done C'])
      for (const { key, secret_id } of emulator.secrets()) expect(ids.get(key ?? '')).toEqual([secret_id])
      expect(emulator.secrets()).toHaveLength(3)
    },
  )

  test('a lost answer of an update is not mistaken for the copy that was there before', async () => {
    const id = emulator.plant({ key: 'A', value: 'old' })
    emulator.fail(1, { kind: 'reset' }, (method) => method === 'POST')
    const { ids } = await apply([{ action: 'update', key: 'A', value: 'new', flags: {}, remoteIds: [id] }])
    expect(emulator.secrets()).toMatchObject([{ value: 'new', secret_id: ids.get('A')?.[0] }])
  })

  test('a list that lags behind the delete does not pass off the old copy as the new one', async () => {
    const id = emulator.plant({ key: 'A', value: 'old' })
    const stale = { items: [{ secret_id: id, key: 'A', secret_type: 'key-value', access_type: 'org' }] }
    emulator.fail(1, { kind: 'reset' }, (method) => method === 'POST')
    emulator.fail(1, { kind: 'status', status: 200, body: stale }, (method) => method === 'GET')
    const { ids } = await apply([{ action: 'update', key: 'A', value: 'new', flags: {}, remoteIds: [id] }])
    expect(emulator.secrets()).toMatchObject([{ value: 'new', secret_id: ids.get('A')?.[0] }])
  })

  test('a personal secret of the same name is not taken for ours', async () => {
    emulator.plant({ key: 'A', access_type: 'personal', value: 'theirs' })
    emulator.fail(1, { kind: 'reset' }, (method) => method === 'POST')
    await apply([create('A', 'ours')])
    expect(emulator.contents()).toEqual(new Map([['A', 'ours']]))
  })

  test('a create that is refused after its delete says that the old value is gone', async () => {
    const id = emulator.plant({ key: 'A', value: 'old' })
    emulator.fail(1, { kind: 'status', status: 422 }, (method) => method === 'POST')
    const { told, errors } = await apply([{ action: 'update', key: 'A', value: 'new', flags: {}, remoteIds: [id] }])
    expect(told).toEqual(['replacing A while it is there', 'failed A'])
    expect(errors).toMatchObject([
      { kind: 'rejected', message: expect.stringContaining('the old one was removed first') },
    ])
  })

  test('many that vanished are distinguished from a missing right by one or two lists', async () => {
    const changes = Array.from({ length: 60 }, (_, n): Change => {
      const key = `K${n}`
      return { action: 'delete', key, remoteIds: [emulator.plant({ key })] }
    })
    for (const { key } of changes) emulator.remove(key)
    const from = emulator.log.length
    expect((await apply(changes)).errors).toEqual([])
    expect(calls(from).filter((method) => method === 'GET').length).toBeLessThanOrEqual(2)
  })

  test('a delete that is refused while the secret is there stops the run: the right is missing', async () => {
    const ids = Array.from({ length: 30 }, (_, n) => emulator.plant({ key: `K${n}` }))
    for (let n = 1; n <= 30; n++) emulator.fail(n, { kind: 'status', status: 403 }, (method) => method === 'DELETE')
    const changes = ids.map((id, n): Change => ({ action: 'delete', key: `K${n}`, remoteIds: [id] }))
    await expect(apply(changes)).rejects.toMatchObject({
      kind: 'auth',
      message: expect.stringContaining('ManageOrgSecrets'),
    })
    expect(emulator.contents().size).toBe(30)
    expect(calls(0).length).toBeGreaterThan(0)
  })

  test.each([401, 403, 500])(
    'a vendor that deletes but answers %s to a create costs one old value at most',
    async (status) => {
      const changes = Array.from({ length: 12 }, (_, index): Change => {
        const key = `K${index}`
        return { action: 'update', key, value: 'new', flags: {}, remoteIds: [emulator.plant({ key, value: 'old' })] }
      })
      const isCreate = (method: string) => method === 'POST'
      for (let n = 1; n <= 24; n++) emulator.fail(n, { kind: 'status', status }, isCreate)
      await expect(apply(changes)).rejects.toThrow()
      expect(emulator.contents().size).toBe(11)
      emulator.heal()
      emulator.setLatency(20)
      const rest = changes.map((change, index): Change => (index === 0 ? create('K0', 'new') : change))
      await apply(rest)
      emulator.setLatency(0)
      expect(new Set(emulator.contents().values())).toEqual(new Set(['new']))
      expect(emulator.maxInFlight()).toBeGreaterThan(1)
    },
  )

  test('a key that is revoked on the way stops the run instead of failing a thousand times', async () => {
    const from = emulator.log.length
    const changes = Array.from({ length: 200 }, (_, n) => create(`K${n}`, 'v'))
    await expect(apply(changes, 'cog_revoked')).rejects.toMatchObject({ kind: 'auth' })
    expect(calls(from).length).toBeLessThanOrEqual(20)
  })

  test('a vendor that is down stops the run', async () => {
    const down = await startEmulator()
    const credentials = { apiKey: down.keys.manager, instanceUrl: down.url }
    await down.close()
    const reported: string[] = []
    const changes = Array.from({ length: 200 }, (_, n) => create(`K${n}`, 'v'))
    const applied = devin.open(sessionTo(devin, credentials), { orgId: 'org-1' }, {}).apply(changes, {
      replacing: () => Promise.resolve(),
      done: () => Promise.resolve(),
      failed: async (change) => void reported.push(change.key),
    })
    await expect(applied).rejects.toMatchObject({ kind: 'unavailable' })
    expect(reported.length).toBeLessThanOrEqual(20)
  })

  test('what the report throws ends the run, with nothing left on the way', async () => {
    const changes = Array.from({ length: 50 }, (_, n) => create(`K${n}`, 'v'))
    const applied = client().apply(changes, {
      replacing: () => Promise.resolve(),
      done: () => Promise.reject(new Error('the lease is gone')),
      failed: () => Promise.resolve(),
    })
    await expect(applied).rejects.toThrow('the lease is gone')
    const held = emulator.contents().size
    expect(held).toBeLessThanOrEqual(20)
  })
})

test('the emulator shows no value, has no update, and hides nothing behind a wrong key', async () => {
  const id = emulator.plant({ key: 'A', value: 'hidden-value' })
  const base = `${emulator.url}/v3/organizations/${String(emulator.target.orgId)}/secrets`
  const call = async (method: string, url: string, key = emulator.keys.manager) => {
    const answer = await fetch(url, { method, headers: { authorization: `Bearer ${key}` } })
    return { status: answer.status, text: await answer.text() }
  }
  expect((await call('GET', base)).text).not.toContain('hidden-value')
  for (const method of ['GET', 'PUT', 'PATCH']) expect((await call(method, `${base}/${id}`)).status).toBe(405)
  expect((await call('GET', base, 'cog_x')).status).toBe(401)
  expect((await call('GET', `${base}?first=201`)).status).toBe(422)
  expect((await call('DELETE', `${base}/${id}`)).text).not.toContain('hidden-value')
  expect((await call('DELETE', `${base}/${id}`)).status).toBe(403)
  emulator.setRateLimit({ burst: 1, refill: 1, intervalMs: 60_000 })
  expect([(await call('GET', base)).status, (await call('GET', base)).status]).toEqual([200, 429])
})
