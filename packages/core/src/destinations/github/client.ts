/**
 * One call per change. Secrets are replaced in place. Variables have one call to create and one to change, each of
 * which leads to the other when somebody was faster.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { applyEach } from '../shared/clients/apply-each.ts'
import { DestinationError } from '../destination-error.ts'
import type { Change, Client, Observed, Write } from '../destination.ts'
import { sharedListing } from '../shared/clients/shared-listing.ts'
import { deleteRow, type GithubApi, type GithubRow, listRows, patchVariable, postVariable, putSecret } from './api.ts'
import { deletionsAt } from './deletions.ts'
import { createSealing, type Sealing } from './sealing.ts'
import { areVariables, collectionPath } from './target.ts'

/** GitHub allows 100 and advises fewer; a run is limited by its points a minute anyway. */
const CONCURRENCY = 10

export function githubClient(api: GithubApi): Client {
  const isReadable = areVariables(api.target)
  const sealing = createSealing(api)
  const deletions = deletionsAt(`${api.instance}${collectionPath(api.target).toLowerCase()}`)
  let seen: ReadonlyMap<string, GithubRow> = new Map()
  const rowsThere = async (): Promise<GithubRow[]> => {
    const rows = (await listRows(api)).filter((row) => !deletions.isGone(row))
    seen = new Map(rows.map((row) => [row.name, row]))
    return rows
  }
  return {
    list: async () => (await rowsThere()).map((row) => observed(row, isReadable)),
    ...(isReadable ? {} : { prepare: sealing.prepare }),
    apply(changes, report) {
      const listing = sharedListing(rowsThere)
      const sealed = sealAhead(
        sealing,
        changes.filter((change) => change.action !== 'delete'),
      )
      const isThere = async (name: string): Promise<boolean> =>
        (listing.latest() ?? (await listing.next())).some((row) => row.name === name)
      const carryOut = async (change: Change): Promise<readonly string[]> => {
        const row = seen.get(change.key)
        if (change.action === 'delete') await remove(api, change.key, isThere)
        else if (isReadable) await writeVariable(api, change)
        else await writeSecret(api, { sealing, sealed }, change)
        if (change.action !== 'delete') deletions.forget(change.key)
        else if (row) deletions.note(row)
        return []
      }
      api.http.expect(api.writes, changes.length)
      return applyEach(changes, report, carryOut, {
        concurrency: CONCURRENCY,
        concernsTarget: () => sealing.failed() || listing.failed(),
      })
    },
  }
}

/** The time tells somebody else's write of a secret, whose value nobody sees. */
const observed = ({ name, value, updated_at, visibility }: GithubRow, isReadable: boolean): Observed => ({
  key: name,
  remoteIds: [],
  flags: visibility === undefined ? {} : { visibility },
  ...(isReadable ? { value } : { revision: updated_at }),
})

interface SealedAhead {
  take(change: Write): ReturnType<Sealing['seal']>
  /** Once the request of `change` is on its way. */
  sealNext(change: Write): Promise<void>
}

/** Seals the values of the next requests while those before them are on their way. */
function sealAhead(sealing: Sealing, writes: readonly Write[]): SealedAhead {
  const ready = new Map<Write, ReturnType<Sealing['seal']>>()
  return {
    take(change) {
      const sealed = ready.get(change) ?? sealing.seal(change.value)
      ready.delete(change)
      return sealed
    },
    async sealNext(change) {
      await nextTurn()
      const next = writes[writes.indexOf(change) + CONCURRENCY]
      if (!next) return
      const sealed = sealing.seal(next.value)
      // It may never be taken.
      sealed.catch(() => {})
      ready.set(next, sealed)
    },
  }
}

async function writeSecret(
  api: GithubApi,
  { sealing, sealed }: { sealing: Sealing; sealed: SealedAhead },
  change: Write,
): Promise<void> {
  const { key, value } = change
  try {
    await Promise.all([putSecret(api, key, await sealed.take(change)), sealed.sealNext(change)])
  } catch (error) {
    // GitHub does not document how it says that the public key is outdated, so any refusal may mean that.
    if (!(error instanceof DestinationError) || error.code !== 'refused' || !(await sealing.renew())) throw error
    await putSecret(api, key, await sealing.seal(value))
  }
}

async function writeVariable(api: GithubApi, { action, key, value }: Write): Promise<void> {
  if (action === 'update' && (await patchVariable(api, key, value))) return
  try {
    if (await postVariable(api, key, value)) return
  } catch (error) {
    // A variable that exists was answered with 500 for some weeks (cli/cli#8633), and a lost answer may mean one too.
    if (!(error instanceof DestinationError) || error.kind !== 'unavailable') throw error
    if (await patchVariable(api, key, value)) return
    throw error
  }
  if (await patchVariable(api, key, value)) return
  throw new DestinationError('rejected', `GitHub says that the variable "${key}" exists, and that it does not`)
}

/** GitHub answers 404 for a row that is gone and for a missing right; one listing distinguishes them for all. */
async function remove(api: GithubApi, key: string, isThere: (name: string) => Promise<boolean>): Promise<void> {
  if (await deleteRow(api, key)) return
  if (!(await isThere(key))) return
  throw new DestinationError(
    'auth',
    `GitHub shows "${key}", and refuses to delete it (404); check the token's rights`,
    {
      status: 404,
    },
  )
}
