/**
 * Devin has no update: a changed value is a journaled delete followed by a create. Organization secrets are written one
 * call each, ten at a time. A create is never repeated blindly, and a secret is never deleted because its new value was
 * refused.
 */
import { applyEach } from '../shared/clients/apply-each.ts'
import { DestinationError } from '../destination-error.ts'
import type { Change, Client, Report, Write } from '../destination.ts'
import { sharedListing, type SharedListing } from '../shared/clients/shared-listing.ts'
import { createSecret, deleteSecret, listSecrets, type DevinApi, type DevinSecret } from './api.ts'
import { copiesOf, observedFrom } from './observed.ts'

/** Calls in flight. Devin's rate limits are not documented (2026-11-22); http.ts slows down when it refuses. */
const CONCURRENCY = 10

export function devinClient(api: DevinApi): Client {
  return {
    replaces: true,
    list: async () => observedFrom(await listSecrets(api)),
    apply: (changes, report) => {
      const work = { api, report, listing: sharedListing(() => listSecrets(api)) }
      // A failed listing would be requested again by every change that follows.
      return applyEach(changes, report, (change) => carryOut(work, change), {
        concurrency: CONCURRENCY,
        replaces: true,
        concernsTarget: work.listing.failed,
      })
    },
  }
}

interface Work {
  api: DevinApi
  report: Report
  listing: SharedListing<DevinSecret>
}

/** Carries out one change. Answers the ids the key has now. */
async function carryOut(work: Work, change: Change): Promise<readonly string[]> {
  if (change.action === 'delete') {
    await remove(work, change.remoteIds)
    return []
  }
  if (change.action === 'create') return [await create(work, change, [])]
  await work.report.replacing(change)
  await remove(work, change.remoteIds)
  return [await recreate(work, change, change.remoteIds)]
}

/** Deletes each id. One that is gone counts as deleted. */
async function remove({ api, listing }: Work, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    if (await deleteSecret(api, id)) continue
    // Ids never come back, so any list made since the run began proves that one is gone; that it is there, only a new
    // one.
    if (listing.latest()?.every((secret) => secret.secret_id !== id)) continue
    if ((await listing.next()).every((secret) => secret.secret_id !== id)) continue
    throw new DestinationError(
      'auth',
      `this API key may list the secrets of ${api.orgId} but not delete one; give the service user ManageOrgSecrets in Devin`,
      {
        status: 403,
      },
    )
  }
}

/**
 * Creates a key that the target does not hold; `before` are ids that it held and that prove nothing. Answers the new
 * id.
 */
async function create(work: Work, change: Write, before: readonly string[]): Promise<string> {
  const id = await createOnce(work, change, before)
  if (id !== null) return id
  // 409: someone made the key in the meantime, with a value nobody can read back. It is replaced like any other, once.
  const taken = copiesOf(await work.listing.next(), change.key)
  if (taken.length === 0) throw taken409(change.key)
  await work.report.replacing(change)
  await remove(work, taken)
  const second = await createOnce(work, change, [...before, ...taken])
  if (second === null) throw taken409(change.key)
  return second
}

const taken409 = (key: string): DestinationError =>
  new DestinationError(
    'rejected',
    `Devin answers that "${key}" exists already, but shows no secret of the organization by that name`,
    { status: 409 },
  )

/** Creates what was just deleted; says so when it fails. */
async function recreate(work: Work, change: Write, before: readonly string[]): Promise<string> {
  try {
    return await create(work, change, before)
  } catch (error) {
    if (!(error instanceof DestinationError)) throw error
    const { kind, message, status, retryAt } = error
    throw new DestinationError(
      kind,
      `${message}. Devin cannot change a value in place, so the old one was removed first`,
      {
        status: status ?? undefined,
        retryAt: retryAt ?? undefined,
        cause: error,
      },
    )
  }
}

/**
 * One create. An unclear answer is settled by listing: a copy with an id that was not there before is ours, and without
 * one the call is made a second and last time. Null: the name is taken.
 */
async function createOnce({ api, listing }: Work, change: Write, before: readonly string[]): Promise<string | null> {
  try {
    return await createSecret(api, change.key, change.value)
  } catch (error) {
    if (!(error instanceof DestinationError) || error.kind !== 'unavailable') throw error
  }
  const landed = copiesOf(await listing.next(), change.key).find((id) => !before.includes(id))
  return landed ?? createSecret(api, change.key, change.value)
}
