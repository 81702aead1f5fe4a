/**
 * Each key of a sync, as far as Keyferry knows without asking the vendor: vault against ledger, and what the last run
 * said.
 */
import { Unresolvable, type Actor, type Context } from '@keyferry/kernel'
import type { keyState } from '@keyferry/schemas'
import { isOutOfReach, namerOf, projectKey, reachedOf } from '@keyferry/vault'
import type { z } from 'zod'
import { upgradeDigests, readLedger, type LedgerEntry } from '../apply/ledger.ts'
import { destination } from '../destinations/registry.ts'
import { outcomesOf } from '../history/runs.ts'
import { parseTarget, readDesired, type Desired } from '../plan/desired.ts'
import { keySchema } from '../plan/key-schema.ts'
import { driftTexts } from '../sync/drift-record.ts'
import { findSync, type SyncAddress } from '../sync/find.ts'
import type { ExcludedKey, StoredOptions } from '../sync/options.ts'
import { sourcePlace } from '../sync/source-place.ts'

type KeyState = z.output<typeof keyState>

/** None while the caller may not know every folder that the keys come from. Throws `NotFound`. */
export async function listKeys(ctx: Context, _actor: Actor, input: SyncAddress): Promise<KeyState[]> {
  const sync = await findSync(ctx, input)
  if (await isOutOfReach(ctx, sync.projectId, { reached: reachedOf(sync), source: sync.folderId })) return []
  const options: StoredOptions = JSON.parse(sync.options)
  const { environment } = await sourcePlace(ctx.db, sync.folderId)
  const definition = destination(sync.destination)
  const schema = keySchema(options.keySchema, environment, definition.limits.storedName)
  const key = await projectKey(ctx, ctx.db, sync.projectId)
  const { id: syncId, targetKey } = sync
  const ledger = upgradeDigests(key, await readLedger(ctx, ctx.db, { syncId, targetKey, dataKey: key }))
  const outcomes = sync.lastRunId === null ? [] : await outcomesOf(ctx.db, sync.lastRunId)
  const failures = new Map(
    outcomes.filter((outcome) => outcome.state === 'failed').map(({ key, reason }) => [key, reason]),
  )
  const excluded = new Map((options.excluded ?? []).map((each) => [schema.name(each.key), each]))
  try {
    const desired = await readDesired(ctx, {
      folderId: sync.folderId,
      definition,
      target: parseTarget(definition, sync.target),
      options: options.own,
      schema,
      key,
      reads: namerOf(ctx, sync.projectId),
      excluded: new Set(options.excluded?.map((each) => each.key)),
    })
    const leaving = options.deletionPolicy === 'none' ? null : sync.state === 'blocked' ? WAITS : DELETES
    return withExcluded(withDrift(statesOf(desired, ledger, failures, leaving), driftTexts(sync)), excluded)
  } catch (error) {
    if (!(error instanceof Unresolvable)) throw error
    return withExcluded(blockedStates(error, ledger, schema.name), excluded)
  }
}

const DELETES = 'no longer in the source: the next run deletes it'
const WAITS = 'no longer in the source: deletion awaiting approval'

/**
 * `leaving`: what becomes of keys that are no longer in the source; null where the deletion policy leaves them there.
 */
function statesOf(
  desired: Desired,
  ledger: ReadonlyMap<string, LedgerEntry>,
  failures: ReadonlyMap<string, string>,
  leaving: string | null,
): KeyState[] {
  const names = new Set([...desired.entries.keys(), ...desired.refused.keys(), ...ledger.keys()])
  return [...names].sort().map((key) => {
    const wanted = desired.entries.get(key)
    const refused = desired.refused.get(key)
    const written = ledger.get(key)
    const base = {
      key,
      sourceKey: wanted?.sourceKey ?? refused?.sourceKey ?? null,
      writtenAt: written?.writtenAt ?? null,
      remoteId: written?.remoteIds[0] ?? null,
    }
    if (refused) return { ...base, state: 'rejected', reason: refused.reason }
    if (!wanted && leaving === null) return { ...base, state: 'left-behind', reason: 'no longer in the source' }
    if (!wanted)
      return { ...base, state: failures.has(key) ? 'failed' : 'pending', reason: failures.get(key) ?? leaving }
    if (written?.digest === wanted.digest && written.intent === null) return { ...base, state: 'in-sync', reason: null }
    const failure = failures.get(key)
    if (failure !== undefined) return { ...base, state: 'failed', reason: failure }
    return {
      ...base,
      state: 'pending',
      reason: written && written.digest !== '' ? 'value changed' : 'not written yet',
    }
  })
}

/**
 * What the last drift check found, where nothing else is to be said of a key; and the keys that only the target
 * has.
 */
function withDrift(states: readonly KeyState[], reasons: ReadonlyMap<string, string>): KeyState[] {
  const known = new Set(states.map(({ key }) => key))
  const appeared = [...reasons]
    .filter(([key]) => !known.has(key))
    .map(([key, reason]): KeyState => ({
      key,
      sourceKey: null,
      state: 'drifted',
      reason,
      writtenAt: null,
      remoteId: null,
    }))
  const shown = states.map((one): KeyState => {
    const reason = reasons.get(one.key)
    return one.state === 'in-sync' && reason !== undefined ? { ...one, state: 'drifted', reason } : one
  })
  return [...shown, ...appeared].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** `excluded`: by name at the target. Nothing else is said of them. */
function withExcluded(states: readonly KeyState[], excluded: ReadonlyMap<string, ExcludedKey>): KeyState[] {
  const known = new Map(states.map((state) => [state.key, state]))
  const left = [...excluded].map(([key, { key: sourceKey, reason }]): KeyState => {
    const written = known.get(key)
    const { writtenAt, remoteId } = written ?? { writtenAt: null, remoteId: null }
    return { key, sourceKey, state: 'excluded', reason, writtenAt, remoteId }
  })
  return [...states.filter(({ key }) => !excluded.has(key)), ...left].sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** A source that cannot be read says nothing about its good keys: they are shown as they were written. */
function blockedStates(
  error: Unresolvable,
  ledger: ReadonlyMap<string, LedgerEntry>,
  name: (key: string) => string,
): KeyState[] {
  const bad = new Map(error.problems.map(({ key, reason }) => [name(key), { sourceKey: key, reason }]))
  return [...new Set([...bad.keys(), ...ledger.keys()])].sort().map((key) => {
    const problem = bad.get(key)
    const written = ledger.get(key)
    return {
      key,
      sourceKey: problem?.sourceKey ?? null,
      state: problem ? 'failed' : 'pending',
      reason: problem?.reason ?? 'waiting until every secret of the folder resolves',
      writtenAt: written?.writtenAt ?? null,
      remoteId: written?.remoteIds[0] ?? null,
    }
  })
}
