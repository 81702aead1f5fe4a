/** Everything one run, plan or preview needs of a sync, opened: definition, client, key schema, project key. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { batchLoader, inList, keptQuery, type ConnectionTable, type Db, type Slot, type SyncTable } from '@keyferry/db'
import { NotFound, type Context, type DataKey } from '@keyferry/kernel'
import type { Reads } from '@keyferry/vault'
import type { Selectable } from 'kysely'
import { refuseNotAllowed } from '../connections/allowed.ts'
import { openSession } from '../connections/open-session.ts'
import { destination } from '../destinations/registry.ts'
import { DestinationError } from '../destinations/destination-error.ts'
import type { Client, DestinationDefinition } from '../destinations/destination.ts'
import { digestOf, parseTarget, readDesired, type Desired, type DesiredEntry } from '../plan/desired.ts'
import { keySchema, type KeySchema } from '../plan/key-schema.ts'
import { makePlan, type ObservedKey, type Plan } from '../plan/plan.ts'
import type { Replacements } from '../sync/call-guard.ts'
import { driftOptions, type StoredOptions } from '../sync/options.ts'
import { observe } from './observe.ts'
import { upgradeDigests, readTargetLedgers, type LedgerEntry } from './ledger.ts'

/** The part of a sync that decides what is written where: a stored row, or the body of a preview. */
export type SyncSpec = Pick<
  Selectable<SyncTable>,
  'destination' | 'projectId' | 'connectionId' | 'folderId' | 'target' | 'targetKey' | 'options'
> & { id: string | null }

export interface OpenTarget {
  spec: SyncSpec
  definition: DestinationDefinition
  target: Record<string, unknown>
  options: StoredOptions
  schema: KeySchema
  key: DataKey
  client: Client
  connection: Selectable<ConnectionTable>
  replacements: Replacements | undefined
  /** Requests sent to the vendor so far. */
  calls(): number
  close(): Promise<void>
}

export interface OpenLimits {
  signal: AbortSignal
  /** Awaited before every vendor call; throws when the run may no longer make any. */
  guard?: () => Promise<void>
  /** Those of the client are noted here. */
  replacements?: Replacements
  /**
   * Only what the sync wrote where it points is deleted: that needs no permission any more, because no value leaves.
   */
  removes?: boolean
}

/** Throws `NotFound`, and `ConnectionNotAllowed` before any vendor call. */
export async function openTarget(
  ctx: Context,
  spec: SyncSpec,
  { removes = false, replacements, ...limits }: OpenLimits,
): Promise<OpenTarget> {
  const options: StoredOptions = JSON.parse(spec.options)
  const definition = destination(spec.destination)
  const [{ session, connection, close }, { environment, key }] = await Promise.all([
    openSession(ctx, spec.connectionId, { ...limits, rateLimits: definition.rateLimits }),
    source(ctx, spec.folderId),
  ])
  const target = parseTarget(definition, spec.target)
  if (!removes) refuseNotAllowed(connection, spec.projectId, JSON.parse(spec.target))
  return {
    spec,
    definition,
    options,
    target,
    schema: keySchema(options.keySchema, environment, definition.limits.storedName),
    key,
    client: definition.open(session, target, options.own),
    connection,
    replacements,
    calls: () => session.http.calls,
    close,
  }
}

/** What the folder of a sync is in: the slug of its environment, and the key of its project. */
async function source(ctx: Context, folderId: string): Promise<{ environment: string; key: DataKey }> {
  const place = await sources(ctx.db, folderId)
  if (!place) throw new NotFound(`Folder with ID ${folderId} not found`)
  const { projectId, dataKey, environment } = place
  return { environment, key: ctx.keyring.open(projectId, dataKey) }
}

const sources = batchLoader(async (db: Db, folderIds: readonly string[]) => {
  const byId = new Map((await sourceRows(db, { folderIds })).map((row) => [row.id, row]))
  return (folderId) => byId.get(folderId)
})

const sourceRows = keptQuery((db, slot: Slot<{ folderIds: readonly string[] }>) =>
  db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .innerJoin('projects', 'projects.id', 'environments.projectId')
    .where((eb) => inList(db, eb.ref('folders.id'), slot('folderIds')))
    .select(['folders.id', 'environments.slug as environment', 'environments.projectId', 'projects.dataKey']),
)

export interface Difference {
  plan: Plan
  desired: Desired
  observed: readonly ObservedKey[]
  ledger: ReadonlyMap<string, LedgerEntry>
  /** Why the values that the vendor hides could not be compared, though the sync asks for it. */
  unread?: DestinationError
}

/**
 * Steps 3 to 5: desired, observe, plan. Throws `Unresolvable`, and `Forbidden` for a value from out of the reach of
 * `reads`, before any vendor call. `writes`: the caller applies the plan.
 */
export async function difference(
  ctx: Context,
  target: OpenTarget,
  reads: Reads,
  { writes = false } = {},
): Promise<Difference> {
  const { spec, definition, options, schema, key } = target
  const excluded = new Set(options.excluded?.map((each) => each.key))
  const desired = await readDesired(ctx, {
    folderId: spec.folderId,
    definition,
    target: target.target,
    options: options.own,
    schema,
    key,
    reads,
    excluded,
  })
  return compare(ctx, target, desired, { policy: options.deletionPolicy, excluded, writes })
}

/** The difference that removes everything this sync wrote, whatever its policy; other keys stay. */
export function removalDifference(ctx: Context, target: OpenTarget): Promise<Difference> {
  return compare(ctx, target, NOTHING, { policy: 'owned', excluded: new Set() })
}

/** The same at a target the sync has left; keys that other syncs still have to remove there are theirs. */
export function cleanupDifference(ctx: Context, target: OpenTarget): Promise<Difference> {
  return compare(ctx, target, NOTHING, { policy: 'owned', excluded: new Set(), isCleanup: true })
}

const NOTHING: Desired = { entries: new Map(), refused: new Map() }

interface Comparing {
  policy: StoredOptions['deletionPolicy']
  /** Keys of secrets. */
  excluded: ReadonlySet<string>
  isCleanup?: boolean
  writes?: boolean
}

async function compare(
  ctx: Context,
  target: OpenTarget,
  desired: Desired,
  { policy, excluded, isCleanup = false, writes = false }: Comparing,
): Promise<Difference> {
  const { spec, definition, schema, key } = target
  const listing = target.client.list()
  const ledgers = requestsSent().then(async () => {
    const { own, ...others } = await readTargetLedgers(ctx, key, spec)
    const ledger = upgradeDigests(key, own)
    const isWritten = ([name, { digest }]: [string, DesiredEntry]): boolean => {
      const ours = ledger.get(name)
      return ours?.digest === digest && ours.intent !== 'changing'
    }
    if (writes && ![...desired.entries].every(isWritten)) target.client.prepare?.()
    return { own: ledger, ...others }
  })
  const [listed, read, { own: ledger, claimed, left }] = await Promise.all([
    observe(ctx, target, listing, ledgers),
    readHidden(target, desired),
    ledgers,
  ])
  const observed = listed.map((entry): ObservedKey => {
    if (entry.value !== undefined) return { ...entry, digest: digestOf(key, entry.key, entry.value, entry.flags) }
    const hidden = read.values.get(entry.key)
    const written = ledger.get(entry.key)
    // Only what we wrote is compared; of the value nothing is kept but the digest. Flags the listing hides are taken as
    // written.
    if (hidden === undefined || !written) return entry
    return { ...entry, digest: digestOf(key, entry.key, hidden, { ...written.flags, ...entry.flags }) }
  })
  // What another sync still has to remove may be taken over, but is not deleted before that sync has filled its new
  // target.
  for (const [key, words] of left) {
    const wanted = desired.entries.has(key) || desired.refused.has(key)
    if (!wanted && (isCleanup || !ledger.has(key))) claimed.set(key, words)
  }
  const maxKeys = definition.limits.maxKeys?.(target.target) ?? null
  const names = new Set([...excluded].map((sourceKey) => schema.name(sourceKey)))
  const plan = makePlan({
    desired,
    observed,
    ledger,
    policy,
    covers: (name) => schema.covers(name),
    excludes: (name, sourceKey) => names.has(name) || (sourceKey !== undefined && excluded.has(sourceKey)),
    claimed,
    maxKeys,
  })
  return { plan, desired, observed, ledger, unread: read.unread }
}

/** Turns of the loop until a request that was begun has left, so that the vendor is at work meanwhile. */
const TURNS = 3

async function requestsSent(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await nextTurn()
}

/**
 * Values that the listing hides, if the sync asks for them and the vendor has them; without them a run proceeds as
 * usual.
 */
async function readHidden(
  { spec, client, options }: OpenTarget,
  desired: Desired,
): Promise<{ values: ReadonlyMap<string, string>; unread?: DestinationError }> {
  const compares = spec.id !== null && desired.entries.size > 0
  if (!compares || !driftOptions(options).driftReadsValues || !client.readValues) return { values: new Map() }
  try {
    return { values: await client.readValues([...desired.entries.keys()]) }
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error
    return { values: new Map(), unread: error }
  }
}
