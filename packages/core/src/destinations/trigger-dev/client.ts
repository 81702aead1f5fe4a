/**
 * Lists and writes the variables of one environment. Only changed keys are sent, in chunks, secrets and readable ones
 * apart. Trigger.dev drops some variables without an error, and old servers ignore the secret flag. So after a write
 * the environment is listed once more, and a write counts only when that listing shows it.
 */
import { type BatchEnd, type BatchLimits, sendInBatches } from '../shared/clients/batch.ts'
import { concernsTarget, DestinationError } from '../destination-error.ts'
import type { Change, Client, Flags, Observed, Report, Write } from '../destination.ts'
import type { Http } from '../shared/http/http.ts'
import {
  deleteVariable,
  importVariables,
  INVALID_BODY,
  isAddressable,
  listVariables,
  type Place,
  type Variable,
} from './api.ts'

/**
 * The server writes one variable per transaction, so a large call is slow and cut off by proxies (trigger.dev issue
 * 1411); when it refuses one, halves find the variable that is to blame.
 */
const BATCHES: BatchLimits = {
  keysPerCall: 100,
  charactersPerCall: 512 * 1024,
  mayHalve: ({ status, code }) => (status === 400 || status === 413) && code !== INVALID_BODY,
}

export function triggerDevClient(http: Http, place: Place): Client {
  return {
    list: async () => {
      const listed = await listVariables(http, place)
      // A name with a colon is listed cut off at it, so two variables can look like one.
      return [...new Map(listed.map((variable) => [variable.name, observed(place, variable)])).values()]
    },
    apply: async (changes, report) => {
      const trouble = new AbortController()
      const work = { http, place, report, trouble }
      const writes = changes.filter((change) => change.action !== 'delete')
      // New values first: a renamed key exists under its new name before the old one is deleted.
      const landed = await write(work, writes)
      const deletes = changes.filter((change) => change.action === 'delete')
      await Promise.all([verify(work, landed), ...deletes.map((change) => remove(work, change))])
      trouble.signal.throwIfAborted()
    },
  }
}

interface Work {
  http: Http
  place: Place
  report: Report
  /** Aborted with the error that concerns the whole target: what has not been sent is not sent any more. */
  trouble: AbortController
}

function observed(place: Place, { name, value, isSecret }: Variable): Observed {
  return {
    key: name,
    remoteIds: [],
    ...(isSecret ? {} : { value }),
    flags: shownFlags(place, isSecret),
    ...(isAddressable(name) ? {} : { notManaged: 'a variable whose name the API cannot address' }),
  }
}

/** A branch shows a variable as secret when its parent's is, whatever its own flag: then the flag says nothing. */
const shownFlags = (place: Place, isSecret: boolean): Flags =>
  isSecret && place.branch !== null ? {} : { secret: isSecret }

/** Sends the writes; answers those the vendor accepted. The refused ones are reported here. */
async function write(work: Work, writes: readonly Write[]): Promise<Write[]> {
  const { http, place, report, trouble } = work
  const landed: Write[] = []
  // The flag is one per call.
  const batches = [true, false].flatMap((isSecret) =>
    sendInBatches(
      writes.filter(({ flags }) => (flags.secret ?? false) === isSecret),
      BATCHES,
      (batch) => importVariables(http, place, batch, isSecret, trouble.signal),
    ),
  )
  await Promise.all(
    batches.map(async (batch) => {
      const { accepted, refused } = await batch.catch((error: unknown): BatchEnd<Write> => {
        trouble.abort(error)
        return { accepted: [], refused: [] }
      })
      landed.push(...accepted)
      await Promise.all(refused.map(({ change, error }) => report.failed(change, error)))
    }),
  )
  return landed
}

/** Reports each accepted write by what the environment shows now, also when later trouble ended the run. */
async function verify(work: Work, landed: readonly Write[]): Promise<void> {
  if (landed.length === 0 || isHopeless(work.trouble.signal)) return
  let listed: Variable[]
  try {
    listed = await listVariables(work.http, work.place)
  } catch (error) {
    return work.trouble.abort(error)
  }
  const there = new Map(listed.map((variable) => [variable.name, variable]))
  await Promise.all(
    landed.map((change) => {
      const error = shortfall(work.place, change, there.get(change.key))
      return error === null ? work.report.done(change) : work.report.failed(change, error)
    }),
  )
}

/** Another call would meet the same: only throttling and silence may have passed. */
function isHopeless({ aborted, reason }: AbortSignal): boolean {
  if (!aborted) return false
  return !(reason instanceof DestinationError) || reason.kind === 'auth' || reason.kind === 'missing'
}

/** Why the listing does not show what was written; null when it does. */
function shortfall(place: Place, { key, value, flags }: Write, shown: Variable | undefined): DestinationError | null {
  if (!shown) {
    return new DestinationError(
      'rejected',
      `Trigger.dev accepted ${key} without an error, but did not store it: it drops some names and values silently`,
    )
  }
  const shows = shownFlags(place, shown.isSecret).secret
  if (flags.secret && shows === false) {
    return new DestinationError(
      'rejected',
      `Trigger.dev stored ${key} as a readable variable: this server is older than 4.5.0 and ignores the secret flag. Update it, or turn off "Mark variables as secret"`,
    )
  }
  if (!flags.secret && shows === true) {
    return new DestinationError(
      'rejected',
      `Trigger.dev keeps ${key} as a secret variable: this server is older than 4.5.0 and ignores the secret flag`,
    )
  }
  if (!shown.isSecret && shown.value !== value) {
    return new DestinationError(
      'unavailable',
      `${key} has another value right after it was written: someone else writes it too`,
    )
  }
  return null
}

async function remove(work: Work, change: Change): Promise<void> {
  const { signal } = work.trouble
  if (signal.aborted) return
  try {
    await deleteVariable(work.http, work.place, change.key, signal)
  } catch (error) {
    if (signal.aborted) return
    if (error instanceof DestinationError && !concernsTarget(error)) return work.report.failed(change, error)
    return work.trouble.abort(error)
  }
  await work.report.done(change)
}
