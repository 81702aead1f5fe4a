/**
 * Lists the records of one environment and writes them: all creates and updates in one call, all removals in another.
 * A record that other environments share is split first: it keeps its value there and leaves this one.
 */
import { applyEach } from '../shared/clients/apply-each.ts'
import { applyInBatches, type BatchLimits, type Refused } from '../shared/clients/batch.ts'
import { DestinationError } from '../destination-error.ts'
import type { Change, Client, Report, Write } from '../destination.ts'
import { scrub } from '../shared/http/scrub.ts'
import {
  demandsSensitive,
  type Failure,
  listVariables,
  moveVariable,
  readVariable,
  removeVariables,
  TAKEN,
  takenMessage,
  upsertVariables,
  type Variable,
  type VercelApi,
} from './api.ts'
import {
  isShared,
  keepsType,
  observedFrom,
  otherEnvironments,
  ownEnvironments,
  recordsAt,
  shownValue,
  typeFor,
  type Place,
} from './records.ts'

type Records = ReadonlyMap<string, readonly Variable[]>

/** Vercel documents no largest batch: as much as an environment holds, and halves where it refuses that. */
const BATCHES: BatchLimits = { keysPerCall: 1_000, charactersPerCall: 1024 * 1024 }

/** Calls in flight for records that need calls of their own. */
const CONCURRENCY = 10

export function vercelClient(api: VercelApi, place: Place): Client {
  let seen: Records | undefined
  const look = async (): Promise<Records> => {
    const { variables, hidden } = await listVariables(api)
    if (hidden > 0 && place.environment === 'production') {
      throw new DestinationError(
        'auth',
        `Vercel hides ${hidden} variables of production from this API token; give its owner access to production variables`,
      )
    }
    return recordsAt(place, variables)
  }
  return {
    list: async () => {
      seen = await look()
      return [...seen].map(([key, records]) => observedFrom(key, records))
    },
    apply: async (changes, report) => {
      if (changes.length === 0) return
      const records = seen ?? (await look())
      seen = undefined
      await apply({ api, place, report, records }, changes)
    },
    readValues: async () => readValues(api, await look()),
  }
}

interface Work {
  api: VercelApi
  place: Place
  report: Report
  records: Records
}

/** New values first: a renamed key exists under its new name before the old one is removed. */
async function apply(work: Work, changes: readonly Change[]): Promise<void> {
  const { api, report, records } = work
  const inPlace = changes.filter((change) => isInPlace(work, change))
  const writes = inPlace.filter((change) => change.action !== 'delete')
  const deletes = inPlace.filter((change) => change.action === 'delete')
  await applyInBatches(writes, report, BATCHES, (batch) => upsert(work, batch))
  let policy: Promise<boolean> | undefined
  const isDemanded = () => (policy ??= demandsSensitive(api))
  const rest = changes.filter((change) => !inPlace.includes(change))
  await applyEach(rest, report, (change) => rewrite(work, change, isDemanded), {
    concurrency: CONCURRENCY,
    replaces: true,
  })
  await applyInBatches(deletes, report, BATCHES, async (batch) => {
    const idsOf = (key: string): string[] => (records.get(key) ?? []).map(({ id }) => id)
    const ids = batch.flatMap(({ key }) => idsOf(key))
    const left = ids.length > 0 ? await removeVariables(api, ids) : new Set<string>()
    return batch
      .filter(({ key }) => idsOf(key).some((id) => left.has(id)))
      .map((change) => ({ change, error: notRemoved(change.key) }))
  })
}

const notRemoved = (key: string): DestinationError =>
  new DestinationError('unavailable', `Vercel did not remove ${key}; the next run tries again`)

/** Whether the change concerns no other environment and no type. */
function isInPlace({ place, records }: Work, change: Change): boolean {
  const held = records.get(change.key) ?? []
  if (held.some((record) => isShared(record, place))) return false
  return (
    change.action === 'delete' ||
    held.length === 0 ||
    (held.length === 1 && held.every((record) => keepsType(record, change.flags.sensitive === true)))
  )
}

/** Writes these keys as records of this environment only. Answers those that Vercel refused. */
async function upsert({ api, place, records }: Work, batch: readonly Write[]): Promise<Refused<Write>[]> {
  const entries = batch.map(({ key, value, flags }) => ({
    key,
    value,
    type: typeFor(records.get(key) ?? [], flags.sensitive === true),
    ...ownEnvironments(place),
    gitBranch: place.branch,
  }))
  const { created, failed } = await upsertVariables(api, entries)
  const failures = new Map(failed.map((failure) => [failure.key, failure]))
  const shown = new Map(created.map((record) => [record.key, record]))
  const unnamed = failed.find(({ key }) => batch.every((change) => change.key !== key))
  return batch.flatMap((change) => {
    const record = shown.get(change.key)
    const failure = failures.get(change.key) ?? (record === undefined ? unnamed : undefined)
    if (failure !== undefined) return [{ change, error: refusedWith(change.key, failure, batch) }]
    const isPromoted = record?.type === 'sensitive' && change.flags.sensitive !== true
    return isPromoted ? [{ change, error: demanded(change.key) }] : []
  })
}

function refusedWith(key: string, { code, words }: Failure, batch: readonly Write[]): DestinationError {
  if (TAKEN.has(code)) return new DestinationError('conflict', `${key}: ${takenMessage}`, { code })
  const safeWords = scrub(
    words,
    batch.map(({ value }) => value),
  )
  const safeCode = /^\w{1,64}$/.test(code) ? code : 'unknown code'
  return new DestinationError('rejected', `Vercel refuses ${key} (${safeCode}): ${safeWords}`)
}

const demanded = (key: string): DestinationError =>
  new DestinationError(
    'rejected',
    `The team's policy keeps ${key} sensitive; turn on "Sensitive" in this sync, or change the policy in Vercel`,
  )

/** A change of a record that has other environments or another type. Vercel changes neither in place. */
async function rewrite(work: Work, change: Change, isDemanded: () => Promise<boolean>): Promise<readonly string[]> {
  const { place, report } = work
  const held = work.records.get(change.key) ?? []
  if (change.action === 'delete') {
    for (const record of held) await release(work, record)
    return []
  }
  const losesSensitive = change.flags.sensitive !== true && held.some(({ type }) => type === 'sensitive')
  // Removed first, it could not be created again.
  if (losesSensitive && place.environment !== 'development' && (await isDemanded())) throw demanded(change.key)
  await report.replacing(change)
  for (const record of held) await release(work, record)
  const [refused] = await upsert(work, [change])
  if (refused === undefined) return []
  for (const record of held) if (isShared(record, place)) await giveBack(work, record)
  throw refused.error
}

/**
 * Takes a record out of this environment; in others it stays as it is. One that was shared is read again: it may have
 * been given to another environment since the listing, and Vercel replaces the whole list.
 */
async function release({ api, place }: Work, listed: Variable): Promise<void> {
  const record = isShared(listed, place) ? await readVariable(api, listed.id) : listed
  if (record === null) return
  if (isShared(record, place)) await moveVariable(api, record.id, otherEnvironments(record, place))
  else if ((await removeVariables(api, [record.id])).size > 0) throw notRemoved(record.key)
}

/** Gives a record that was taken out of this environment back to it, beside those that it has by now. */
async function giveBack({ api, place }: Work, { id }: Variable): Promise<void> {
  const record = await readVariable(api, id)
  if (record === null) return
  const own = ownEnvironments(place)
  await moveVariable(api, id, {
    target: [...new Set([...record.target, ...own.target])],
    customEnvironmentIds: [...new Set([...record.customEnvironmentIds, ...own.customEnvironmentIds])],
  })
}

/** The listing's values, and those that only a read of the record shows. Sensitive ones are never shown. */
async function readValues(api: VercelApi, records: Records): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>()
  for (const [key, [record]] of records) {
    if (record === undefined || record.type === 'sensitive') continue
    const value = shownValue(record) ?? (await readVariable(api, record.id))?.value
    if (value !== undefined) values.set(key, value)
  }
  return values
}
