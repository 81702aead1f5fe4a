/** Stands in for the pipeline in the conformance suite: a bare-bones ledger and difference. For tests only. */
import { expect } from 'vitest'
import type { ConnectionDefinition, Session } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { Change, Client, DestinationDefinition, Observed } from '../destination.ts'
import { type NamedFault, VALUE_MARK } from './faults.ts'
import { suiteKeys, type SuiteKeys } from './keys.ts'
import type { Emulator } from '../shared/emulators/emulator.ts'
import type { StartEmulator } from '../emulators.ts'
import { type Credentials, httpFor, parseCredentials } from '../credentials.ts'
import { createHttp, type HttpOptions } from '../shared/http/http.ts'

/** Remembers what it wrote and compares it with a list. */
export interface TestReconciler {
  client(limits?: Limits): Client
  list(): Promise<Map<string, Observed>>
  difference(desired: ReadonlyMap<string, string>): Promise<Change[]>
  /** By one listing: changes that are still to be made, and keys that the vendor holds more than once. */
  remaining(desired: ReadonlyMap<string, string>): Promise<Remaining>
  apply(changes: readonly Change[], limits?: Limits): Promise<{ failures: DestinationError[] }>
  /** List, compare, apply. A list that fails is a failure too. */
  converge(desired: ReadonlyMap<string, string>, limits?: Limits): Promise<{ failures: DestinationError[] }>
}

interface Remaining {
  changes: readonly Change[]
  copies: readonly string[]
}

export const NOTHING_LEFT: Remaining = { changes: [], copies: [] }

export type Limits = Partial<Pick<HttpOptions, 'guard' | 'signal' | 'timeoutMs' | 'waitBudgetMs'>>

function testReconciler(definition: DestinationDefinition, emulator: Emulator): TestReconciler {
  const options = definition.options.parse({})
  const target = definition.target.parse(emulator.target)
  const written = new Map<string, { value: string; remoteIds: readonly string[] }>()
  const open = (limits?: Limits): Client => definition.open(sessionOf(definition, emulator, limits), target, options)

  const list = async (limits?: Limits): Promise<Map<string, Observed>> => {
    const client = open(limits)
    const observed = await client.list()
    const byKey = new Map(observed.map((one) => [one.key, one]))
    expect(byKey.size, 'a key is listed once').toBe(observed.length)
    // As a run does: a listing that lags is not believed about what was written.
    const doubtful = [...written].flatMap(([key, { remoteIds }]) =>
      byKey.get(key)?.remoteIds.every((id) => remoteIds.includes(id)) ? [] : [key],
    )
    if (!client.reread || doubtful.length === 0) return byKey
    for (const key of doubtful) byKey.delete(key)
    for (const one of await client.reread(doubtful)) byKey.set(one.key, one)
    return byKey
  }

  const difference = async (desired: ReadonlyMap<string, string>, limits?: Limits): Promise<Change[]> =>
    changesFrom(await list(limits), desired)

  const changesFrom = (observed: ReadonlyMap<string, Observed>, desired: ReadonlyMap<string, string>): Change[] => {
    const writes = [...desired].flatMap(([key, value]): Change[] => {
      const flags = definition.flags(options, key, target)
      const there = observed.get(key)
      if (!there) return [{ action: 'create', key, value, flags }]
      const known = written.get(key)
      const sameIds = known !== undefined && [...known.remoteIds].sort().join() === [...there.remoteIds].sort().join()
      const sameFlags = Object.entries(there.flags).every(([name, shown]) => flags[name] === shown)
      return known?.value === value && sameIds && sameFlags
        ? []
        : [{ action: 'update', key, value, flags, remoteIds: there.remoteIds }]
    })
    const deletes = [...written.keys()].flatMap((key): Change[] => {
      const there = observed.get(key)
      return there && !desired.has(key) ? [{ action: 'delete', key, remoteIds: there.remoteIds }] : []
    })
    return [...writes, ...deletes]
  }

  const apply = async (changes: readonly Change[], limits?: Limits): Promise<{ failures: DestinationError[] }> => {
    const failures: DestinationError[] = []
    const settled: Change[] = []
    const applied = open(limits).apply(changes, {
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

  return {
    client: open,
    list: () => list(),
    difference: (desired) => difference(desired),
    async remaining(desired) {
      const observed = await list()
      return { changes: changesFrom(observed, desired), copies: copiesIn(observed) }
    },
    apply,
    converge: async (desired, limits) => {
      try {
        return await apply(await difference(desired, limits), limits)
      } catch (error) {
        if (!(error instanceof DestinationError)) throw error
        return { failures: [error] }
      }
    },
  }
}

export const sessionOf = (
  definition: DestinationDefinition,
  { credentials, method }: Emulator,
  limits?: Limits,
): Session<Credentials> => sessionTo(definition, credentials, limits, method)

/** A session with these credentials, as a run has one. `method` defaults to the first. */
export function sessionTo<C>(
  definition: { connection: ConnectionDefinition<C> },
  fields: Record<string, unknown>,
  limits?: Limits,
  method?: string,
): Session<C>
export function sessionTo(
  { connection }: { connection: ConnectionDefinition },
  fields: Record<string, unknown>,
  limits: Limits = {},
  method = Object.keys(connection.methods)[0] ?? '',
): Session<Credentials> {
  const credentials = parseCredentials(connection, method, fields)
  const http = createHttp({
    ...httpFor(connection, credentials),
    network: LOOPBACK,
    signal: new AbortController().signal,
    ...limits,
  })
  return { credentials, http }
}

/** One object, so that its connections are kept open from run to run as in the product. */
const LOOPBACK = { allowPrivate: true }

/** Runs `work` with an emulator of its own. */
export async function withEmulator(
  definition: DestinationDefinition,
  startEmulator: StartEmulator,
  work: (begun: SuiteKeys & { emulator: Emulator; mine: TestReconciler }) => Promise<unknown>,
): Promise<void> {
  const emulator = await startEmulator()
  try {
    await work({ emulator, mine: testReconciler(definition, emulator), ...suiteKeys(definition, emulator) })
  } finally {
    await emulator.close()
  }
}

/** The error that `work` ends in; throws when it does not fail, or not as a client may. */
export const failureOf = (work: Promise<unknown>): Promise<DestinationError> =>
  work.then(
    () => Promise.reject(new Error('It did not fail')),
    (error: unknown) =>
      error instanceof DestinationError ? error : Promise.reject(new Error('It failed otherwise', { cause: error })),
  )

/** What `errors` are and give away, apart from what `fault` means: nothing. */
export const wrongIn = (
  errors: readonly DestinationError[],
  fault: Pick<NamedFault, 'kinds'>,
  credentials: readonly string[],
): string[] =>
  errors.flatMap(({ kind, message, stack }) => {
    const given = [VALUE_MARK, ...credentials].filter((secret) => `${message} ${stack}`.includes(secret))
    return fault.kinds.includes(kind) ? given : [...given, `${kind}: ${message}`]
  })

/** Keys that the vendor holds more than once. */
const copiesIn = (observed: ReadonlyMap<string, Observed>): string[] =>
  [...observed.values()].filter(({ remoteIds }) => remoteIds.length > 1).map(({ key }) => key)
