/**
 * What every destination must do, run against its emulator over real sockets. A new folder is covered by being there. The
 * pipeline is not involved: a bare-bones ledger and difference stand in for it, so that a failure here is the client's.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { DestinationError, type Change, type Client, type DestinationDefinition, type DestinationErrorKind, type Observed } from './destination.ts'
import type { Emulator, Fault } from './emulator.ts'
import type { StartEmulator } from './emulators.ts'
import { formFields } from './forms.ts'
import { createHttp } from './http.ts'

export function conformance(definition: DestinationDefinition, startEmulator: StartEmulator): void {
  describe(`destination ${definition.name}`, () => {
    let emulator: Emulator
    beforeAll(async () => {
      emulator = await startEmulator()
    })
    afterEach(() => {
      emulator.heal()
      emulator.clear()
    })
    afterAll(() => emulator.close())

    const start = (): Hand => hand(definition, emulator)

    test('the credential of the emulator passes the check', async () => {
      const account = await definition.check(sessionOf(definition, emulator))
      expect(account.label).not.toBe('')
    })

    for (const [name, { needs, list, choice }] of Object.entries(definition.choices ?? {})) {
      const known = () => Object.fromEntries(needs.map((field) => [field, emulator.target[field] ?? '']))

      test(`the list ${name} fills a picker`, async () => {
        const rows = await list(sessionOf(definition, emulator), known())
        const choices = rows.map(choice)
        expect(choices.length).toBeGreaterThan(0)
        expect(new Set(choices.map(({ value }) => value)).size).toBe(choices.length)
      })

      test.each([401, 403, 500])(`the list ${name} throws on %d instead of looking empty`, async (status) => {
        for (let n = 1; n <= 10; n++) emulator.fail(n, { kind: 'status', status })
        await expect(list(sessionOf(definition, emulator), known())).rejects.toBeInstanceOf(DestinationError)
      })
    }

    test('what was created is listed as it was reported, and needs nothing more', async () => {
      const mine = start()
      const desired = numbered(30)
      await mine.converge(desired)
      expect(emulator.contents()).toEqual(desired)
      expect(await mine.difference(desired)).toEqual([])
    })

    test('changing one value touches no other key', async () => {
      const mine = start()
      const desired = numbered(30)
      await mine.converge(desired)
      const before = await mine.list()
      desired.set('KEY_7', 'changed')
      await mine.converge(desired)
      expect(emulator.contents()).toEqual(desired)
      const after = await mine.list()
      for (const ids of [before, after]) ids.delete('KEY_7')
      expect(after).toEqual(before)
      expect(await mine.difference(desired)).toEqual([])
    })

    test('removes what is ours and leaves what is foreign', async () => {
      emulator.put('FOREIGN', 'theirs')
      const mine = start()
      await mine.converge(numbered(5))
      const { failures } = await mine.converge(new Map())
      expect(failures).toEqual([])
      expect(emulator.contents()).toEqual(new Map([['FOREIGN', 'theirs']]))
    })

    test('replaces a foreign value', async () => {
      emulator.put('KEY_0', 'theirs')
      const mine = start()
      await mine.converge(numbered(2))
      expect(emulator.contents()).toEqual(numbered(2))
    })

    test('a key that vanished before its delete counts as deleted', async () => {
      const mine = start()
      await mine.converge(numbered(25))
      const changes = await mine.difference(new Map())
      for (const key of numbered(24).keys()) emulator.remove(key)
      const before = emulator.log.length
      expect((await mine.apply(changes)).failures).toEqual([])
      expect(emulator.contents()).toEqual(new Map())
      // The deletes, and a list or two to tell "gone" from "forbidden": not one list per key.
      expect(emulator.log.length - before).toBeLessThanOrEqual(25 + 3)
    })

    test('a key that vanished before its update is there again', async () => {
      const mine = start()
      await mine.converge(numbered(3))
      const desired = new Map(numbered(3)).set('KEY_1', 'changed')
      const changes = await mine.difference(desired)
      emulator.remove('KEY_1')
      await mine.apply(changes)
      await mine.converge(desired)
      expect(emulator.contents()).toEqual(desired)
    })

    test('hostile names and values arrive as they are, or are refused with a reason before any call', async () => {
      const mine = start()
      const reasons = [...hostile].map(([key, value]) => ({ key, value, reason: definition.limits.refuse(key, value) }))
      const held = new Map(reasons.filter(({ reason }) => reason === null).map(({ key, value }) => [key, value]))
      expect(held.size).toBeGreaterThan(10)
      const telling = reasons.filter(({ value, reason }) => value.trim().length >= 8 && reason?.includes(value))
      expect(telling).toEqual([])
      expect((await mine.converge(held)).failures).toEqual([])
      expect(emulator.contents()).toEqual(held)
      expect(await mine.difference(held)).toEqual([])
      await mine.converge(new Map())
      expect(emulator.contents()).toEqual(new Map())
    })

    test.each([0, 1, 199, 200, 201, 401])('lists all of %d keys', async (count) => {
      for (const [key, value] of numbered(count)) emulator.put(key, value)
      const listed = await start().list()
      expect([...listed.keys()].sort()).toEqual([...numbered(count).keys()].sort())
    })

    test.each<[string, Fault]>([
      ['an error', { kind: 'status', status: 500 }],
      ['a page of HTML', { kind: 'html' }],
      ['half a body', { kind: 'truncated' }],
      ['a refused credential', { kind: 'status', status: 401 }],
    ])('a list that meets %s throughout throws instead of looking empty', async (_, fault) => {
      for (const [key, value] of numbered(3)) emulator.put(key, value)
      for (let n = 1; n <= 10; n++) emulator.fail(n, fault)
      await expect(start().list()).rejects.toBeInstanceOf(DestinationError)
    })

    test.each(firstWriteFaults)('$name at the first write', async ({ fault, kinds, mayRecover }) => {
      const mine = start()
      const desired = new Map([...numbered(3)].map(([key, value]) => [key, `${value} ${VALUE_MARK}`]))
      emulator.fail(1, fault(emulator), (method) => method !== 'GET')
      const { failures } = await mine.converge(desired)
      for (const error of failures) {
        expect(kinds).toContain(error.kind)
        expect(error.message).not.toContain(VALUE_MARK)
        for (const secret of secretsOf(definition, emulator)) expect(error.message).not.toContain(secret)
      }
      expect(failures.length > 0 || mayRecover, 'the failure is reported').toBe(true)
      await mine.converge(desired)
      expect(emulator.contents()).toEqual(desired)
      // Nothing was created twice, in whatever way the call failed.
      for (const { remoteIds } of (await mine.list()).values()) expect(remoteIds.length).toBeLessThanOrEqual(1)
      expect(await mine.difference(desired)).toEqual([])
    })

    const interrupted = ([{ kind: 'status', status: 503 }, { kind: 'reset-after' }] satisfies Fault[]).flatMap((fault) =>
      [1, 2, 3, 5, 8].map((call) => ({ fault, call })),
    )
    test.each(interrupted)('$fault.kind at call $call, then a second run, ends where it should', async ({ fault, call }) => {
      emulator.put('FOREIGN', 'theirs')
      const mine = start()
      await mine.converge(numbered(6))
      const desired = new Map(numbered(9))
      desired.delete('KEY_0')
      desired.delete('KEY_1')
      desired.set('KEY_2', 'changed').set('KEY_3', 'changed too')
      const changes = await mine.difference(desired)
      emulator.fail(call, fault)
      await mine.apply(changes)
      await mine.converge(desired)
      expect(emulator.contents()).toEqual(new Map(desired).set('FOREIGN', 'theirs'))
      expect(await mine.difference(desired)).toEqual([])
    })
  })
}

const VALUE_MARK = 'sW0rdf1sh-very-secret'

interface FirstWriteFault {
  name: string
  fault(emulator: Emulator): Fault
  kinds: readonly DestinationErrorKind[]
  /** The client may settle it by itself. */
  mayRecover: boolean
}

/** The vendor echoes what it was sent, as some do: neither may reach a message. */
const saying =
  (status: number, headers?: Record<string, string>) =>
  (emulator: Emulator): Fault => {
    const echo = `invalid: ${VALUE_MARK} ${Object.values(emulator.credentials).join(' ')}`
    const body = { title: echo, error: echo, detail: echo, errors: [{ loc: ['body', 'value'], msg: echo, input: echo }] }
    return { kind: 'status', status, headers, body }
  }
const plain = (kind: 'reset' | 'reset-after' | 'truncated' | 'html') => (): Fault => ({ kind })

const firstWriteFaults: FirstWriteFault[] = [
  // One call may carry many keys: the client may find out which of them was meant by sending the others again.
  { name: '400', fault: saying(400), kinds: ['rejected'], mayRecover: true },
  { name: '401', fault: saying(401), kinds: ['auth'], mayRecover: false },
  { name: '403', fault: saying(403), kinds: ['auth'], mayRecover: false },
  { name: '409', fault: saying(409), kinds: ['rejected'], mayRecover: true },
  { name: '422', fault: saying(422), kinds: ['rejected'], mayRecover: false },
  { name: '429', fault: saying(429, { 'retry-after': '0' }), kinds: ['throttled'], mayRecover: true },
  { name: '500', fault: saying(500), kinds: ['unavailable'], mayRecover: true },
  { name: '503', fault: saying(503), kinds: ['unavailable'], mayRecover: true },
  { name: 'a reset', fault: plain('reset'), kinds: ['unavailable'], mayRecover: true },
  { name: 'a reset after the write', fault: plain('reset-after'), kinds: ['unavailable'], mayRecover: true },
  { name: 'half an answer', fault: plain('truncated'), kinds: ['unavailable'], mayRecover: true },
  { name: 'a page of HTML', fault: plain('html'), kinds: ['unavailable'], mayRecover: true },
]

const numbered = (count: number): Map<string, string> =>
  new Map(Array.from({ length: count }, (_, index) => [`KEY_${index}`, `value ${index}`]))

const hostile = new Map([
  ['NEWLINES', 'first\nsecond\r\nthird\n'],
  ['QUOTES', `"double" 'single' \`back\` \\ backslash`],
  ['DOLLARS', '$HOME ${NOT_A_REFERENCE} $$ $&'],
  ['EQUALS', 'a=b=c=='],
  ['EMOJI', '🔑 naïve 漢字 \u{1f468}\u200d\u{1f469}\u200d\u{1f467}'],
  ['JSON', '{"a":[1,null,"]}"]}'],
  ['HTML', '<script>&amp;</script>'],
  ['SPACES', '  both ends  '],
  ['BLANK', '   '],
  ['EMPTY', ''],
  ['LARGE', 'x'.repeat(60_000)],
  ['HUGE', 'x'.repeat(2_000_000)],
  ['NUL', 'a\0b'],
  ['LONE_SURROGATE', 'half \ud83d of a pair'],
  ['__proto__', 'proto'],
  ['constructor', 'built'],
  ['toString', 'text'],
  ['hasOwnProperty', 'own'],
  ['lower-case.with-dots', 'odd name'],
  ['WITH SPACE', 'odd name'],
  ['NAÏVE_🔑', 'odd name'],
  ['QUOTE"\'NAME', 'odd name'],
  ['PERCENT%2F?#&', 'odd name'],
  ['LINE\nBREAK', 'odd name'],
  ['1STARTS_WITH_DIGIT', 'odd name'],
  ['_LEADING', 'underscore'],
  ['N'.repeat(255), 'long name'],
  ['N'.repeat(5000), 'very long name'],
])

/** Stands in for the pipeline: remembers what it wrote and compares it with a list. */
interface Hand {
  list(): Promise<Map<string, Observed>>
  difference(desired: ReadonlyMap<string, string>): Promise<Change[]>
  apply(changes: readonly Change[]): Promise<{ failures: DestinationError[] }>
  /** List, compare, apply. */
  converge(desired: ReadonlyMap<string, string>): Promise<{ failures: DestinationError[] }>
}

function hand(definition: DestinationDefinition, emulator: Emulator): Hand {
  const options = definition.options.parse({})
  const target = definition.target.parse(emulator.target)
  const written = new Map<string, { value: string; remoteIds: readonly string[] }>()
  /** One client per run, as in the product. */
  const open = (): Client => definition.open(sessionOf(definition, emulator), target, options)

  const list = async (): Promise<Map<string, Observed>> => {
    const observed = await open().list()
    const byKey = new Map(observed.map((one) => [one.key, one]))
    expect(byKey.size, 'a key is listed once').toBe(observed.length)
    return byKey
  }

  const difference = async (desired: ReadonlyMap<string, string>): Promise<Change[]> => {
    const observed = await list()
    const writes = [...desired].flatMap(([key, value]): Change[] => {
      const flags = definition.flags(options, key)
      const there = observed.get(key)
      if (!there) return [{ action: 'create', key, value, flags }]
      const known = written.get(key)
      const sameIds = known !== undefined && [...known.remoteIds].sort().join() === [...there.remoteIds].sort().join()
      const sameFlags = Object.entries(there.flags).every(([name, shown]) => flags[name] === shown)
      return known?.value === value && sameIds && sameFlags ? [] : [{ action: 'update', key, value, flags, remoteIds: there.remoteIds }]
    })
    const deletes = [...written.keys()].flatMap((key): Change[] => {
      const there = observed.get(key)
      return there && !desired.has(key) ? [{ action: 'delete', key, remoteIds: there.remoteIds }] : []
    })
    return [...writes, ...deletes]
  }

  const apply = async (changes: readonly Change[]): Promise<{ failures: DestinationError[] }> => {
    const failures: DestinationError[] = []
    const settled: Change[] = []
    const applied = open().apply(changes, {
      replacing: () => Promise.resolve(),
      done(change, remoteIds = []) {
        settled.push(change)
        if (change.action === 'delete') written.delete(change.key)
        else written.set(change.key, { value: change.value, remoteIds })
        return Promise.resolve()
      },
      failed(change, error) {
        settled.push(change)
        failures.push(error)
        return Promise.resolve()
      },
    })
    await applied.then(
      () => expect(settled.length, 'every change is reported once').toBe(changes.length),
      (error: unknown) => {
        if (!(error instanceof DestinationError)) throw error
        failures.push(error)
      },
    )
    return { failures }
  }

  return { list, difference, apply, converge: async (desired) => apply(await difference(desired)) }
}

function sessionOf(definition: DestinationDefinition, emulator: Emulator) {
  const credentials = definition.connection.credentials.parse(emulator.credentials)
  const http = createHttp({
    baseUrl: definition.baseUrl(credentials),
    headers: definition.authorization(credentials),
    network: LOOPBACK,
    signal: new AbortController().signal,
  })
  return { credentials, http }
}

/** One object, so that its connections are kept open from run to run as in the product. */
const LOOPBACK = { allowPrivate: true }

const secretsOf = (definition: DestinationDefinition, emulator: Emulator): string[] =>
  formFields(definition.connection.credentials)
    .filter((field) => field.kind === 'password')
    .flatMap((field) => emulator.credentials[field.name] ?? [])
