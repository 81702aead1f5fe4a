/** The ledger entries of a plan: before the first call, before a call that could lose a value, and for what landed. */
import type { Change } from '../destinations/destination.ts'
import { isWrite } from '../plan/plan.ts'
import type { Entry } from './ledger.ts'
import type { Difference } from './target.ts'

/** Those before the first call. `replaces`: the client deletes a value before it writes the next. */
export function entriesBefore(found: Difference, replaces: boolean): Entry[] {
  const { plan, ledger } = found
  const writes = plan.changes.filter(isWrite)
  // A key that is created, and not written down because the process ends in between, would look like somebody else's
  // ever after.
  const created = writes.filter(({ action, key }) => action === 'create' && !ledger.has(key))
  // A change whose answer is lost may have landed. If the source then has the former value again, the ledger would say
  // that it is there.
  const changed = writes.filter(({ action, key, digest }) => {
    const ours = ledger.get(key)
    return ours !== undefined && ours.digest !== digest && !(replaces && action === 'update')
  })
  // Most runs replace one key: its intent needs no transaction of its own. Of several, one may never be begun, and its
  // row would have lost what is known of the old value.
  const replaced = replaces && writes.length === 1 ? writes.filter(({ action }) => action === 'update') : []
  return [
    ...plan.forget.map((key) => ({ kind: 'gone', key }) as const),
    ...otherwiseMade(found).map((key) => ({ kind: 'confirmed', key, ...sourceOf(found, key) }) as const),
    ...created.map(
      ({ key }) => ({ kind: 'creating', key, flags: flagsOf(found, key), ...sourceOf(found, key) }) as const,
    ),
    ...changed.map(({ key }) => ({ kind: 'changing', key }) as const),
    ...replaced.map(({ key }) => replacingEntry(found, key)),
  ]
}

/** Written before a call that deletes the old value: a process that dies in between leaves the key known as lost. */
export const replacingEntry = (found: Difference, key: string): Entry => ({
  kind: 'replacing',
  key,
  ...sourceOf(found, key),
  remoteIds: found.ledger.get(key)?.remoteIds ?? [],
  flags: flagsOf(found, key),
})

/** `remoteIds`: the provider's ids of what was written. */
export function landedEntry(found: Difference, change: Change, remoteIds: readonly string[]): Entry {
  const { key } = change
  if (change.action === 'delete') return { kind: 'gone', key }
  const digest = found.desired.entries.get(key)?.digest ?? ''
  return { kind: 'written', key, ...sourceOf(found, key), remoteIds, digest, flags: change.flags }
}

function sourceOf({ desired }: Difference, key: string) {
  const { sourceKey = '', version = null, madeOf = null } = desired.entries.get(key) ?? {}
  return { sourceKey, version, madeOf }
}

const flagsOf = ({ desired }: Difference, key: string) => desired.entries.get(key)?.flags ?? {}

/** Keys that stay as they are though they are made of other versions by now, or of what the ledger does not know. */
function otherwiseMade({ plan, desired, ledger }: Difference): string[] {
  return plan.changes.flatMap(({ key, action }) => {
    const wanted = action === 'keep' ? desired.entries.get(key) : undefined
    return wanted && wanted.madeOf !== (ledger.get(key)?.madeOf ?? null) ? key : []
  })
}
