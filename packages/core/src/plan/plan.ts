/**
 * The difference between what a target should hold and what it holds. Pure: no I/O, no clock, no vendor.
 *
 * | desired      | ledger       | observed                    | action, reason                                       |
 * |--------------|--------------|-----------------------------|------------------------------------------------------|
 * | yes          | -            | absent                      | create: new                                          |
 * | yes          | -            | present                     | update: takes over a foreign key                     |
 * | yes          | same digest  | present, same               | keep                                                 |
 * | yes          | same digest  | present, differs            | update: drift                                        |
 * | yes          | same digest  | absent                      | create: drift, deleted outside Keyferry              |
 * | yes          | other digest | any                         | update: value changed (create if absent)             |
 * | yes          | changing     | present                     | update: finishes a write that may have landed        |
 * | no           | ours         | present                     | owned, mirror: delete; none: keep, left behind       |
 * | no, renamed  | ours         | present                     | owned, mirror: delete after the new name; none: keep |
 * | no           | ours         | absent                      | forget the ledger row                                |
 * | no           | -            | present, schema covers it   | mirror: delete; else foreign                         |
 * | no           | -            | present, outside the schema | foreign, never touched                               |
 * | no           | -            | present, not managed        | foreign, never touched                               |
 * | not storable | -            | any                         | reject                                               |
 * | not storable | ours         | present                     | reject; delete what we wrote unless policy none      |
 * | excluded     | ours         | present                     | keep: excluded                                       |
 * | excluded     | -            | present                     | foreign, never touched                               |
 *
 * Two rows that the table owes to other rules: a key that another sync wrote at this target is foreign to us, and
 * refused when we want it too; a key of a type or scope that is not ours to see is refused when we want it.
 */
import { createHash } from 'node:crypto'
import type { Action, PlanReason, PlanReasonCode } from '@keyferry/schemas'
import type { LedgerEntry } from '../apply/ledger.ts'
import type { Flags, Observed } from '../destinations/destination.ts'
import { contradictsTags } from '../destinations/shared/clients/tags.ts'
import type { Desired, DesiredEntry } from './desired.ts'

/**
 * What may be deleted: `none` nothing, `owned` only what this sync wrote, `mirror` also every other key the key schema
 * covers.
 */
export type DeletionPolicy = 'mirror' | 'owned' | 'none'

export interface PlanInput {
  desired: Desired
  observed: readonly ObservedKey[]
  ledger: ReadonlyMap<string, LedgerEntry>
  policy: DeletionPolicy
  covers: (key: string) => boolean
  /** Whether a key is left alone; with the secret that it was written from, where the ledger has it. */
  excludes: (key: string, sourceKey: string | undefined) => boolean
  /** Keys that other syncs wrote at this very target, with words for the other sync. */
  claimed: ReadonlyMap<string, string>
  /** The most keys that the target holds; null: no limit. */
  maxKeys: number | null
}

/**
 * An observed key; `digest` is that of its readable value with its flags, absent where the vendor does not show the
 * value.
 */
export interface ObservedKey extends Observed {
  digest?: string
}

/** How a target came to differ from what we wrote though nothing changed here. */
export type DriftKind = 'vanished' | 'replaced' | 'value' | 'flag' | 'appeared'

export interface PlannedChange {
  key: string
  action: Action
  reason: PlanReason
  /** Overwrites a key that this sync did not write. */
  takesOver: boolean
  /** Digest of the value to write. */
  digest: string | null
  /**
   * Of a delete: the same secret's new name, which this plan writes or keeps; null when the secret itself is deleted.
   */
  renamedTo: string | null
  /** The vendor's ids of what stands there now. */
  remoteIds: readonly string[]
  /** Set when the change answers what somebody did at the target, not what happened here. */
  drift: DriftKind | null
}

/** A change that needs a vendor call. */
export type Write = PlannedChange & { action: 'create' | 'update' | 'delete' }

/** Whether a change needs a call of the provider. */
export const isWrite = (change: PlannedChange): change is Write =>
  change.action === 'create' || change.action === 'update' || change.action === 'delete'

export interface Plan {
  hash: string
  summary: Record<Action, number>
  /** Sorted by key; a rejected key whose earlier value is deleted has two. */
  changes: readonly PlannedChange[]
  /** Ledger rows whose key is gone at the target and not wanted. */
  forget: readonly string[]
}

/** The differences between source and target and what to do about each, by the table above. */
export function makePlan(input: PlanInput): Plan {
  const observed = new Map(input.observed.map((entry) => [entry.key, entry]))
  const keys = new Set([
    ...input.desired.entries.keys(),
    ...input.desired.refused.keys(),
    ...observed.keys(),
    ...input.ledger.keys(),
  ])
  const names = new Map([...input.desired.entries].map(([name, { sourceKey }]) => [sourceKey, name]))
  const changes: PlannedChange[] = []
  const forget: string[] = []
  for (const key of [...keys].sort()) {
    const verdict = planKey(key, input, observed.get(key), names)
    if (verdict === 'forget') forget.push(key)
    else changes.push(...verdict)
  }
  const fitting = withinMaxKeys(changes, observed.size, input.maxKeys)
  return { hash: planHash(fitting), summary: summarize(fitting), changes: fitting, forget }
}

/**
 * Of what would be created, as much as there is room for, by name. A new name takes no room in the end, but its old one
 * stays until it is there.
 */
function withinMaxKeys(changes: readonly PlannedChange[], held: number, maxKeys: number | null): PlannedChange[] {
  if (maxKeys === null) return [...changes]
  const created = new Set(changes.flatMap(({ action, key }) => (action === 'create' ? [key] : [])))
  const newNames = new Set(changes.flatMap(({ renamedTo }) => renamedTo ?? []).filter((name) => created.has(name)))
  const leaves = ({ action, renamedTo }: PlannedChange): boolean =>
    action === 'delete' && (renamedTo === null || !newNames.has(renamedTo))
  const free = maxKeys - held + changes.filter(leaves).length
  const detail = `the destination stores at most ${maxKeys} keys`
  let room = free
  return changes.map((change) => {
    if (change.action !== 'create') return change
    const fits = newNames.has(change.key) ? free > 0 : --room >= 0
    return fits ? change : { ...change, action: 'reject', reason: { code: 'refused', detail }, digest: null }
  })
}

/** `names`: name at the target by secret key. */
function planKey(
  key: string,
  input: PlanInput,
  present: ObservedKey | undefined,
  names: ReadonlyMap<string, string>,
): PlannedChange[] | 'forget' {
  const { desired, ledger, policy } = input
  const wanted = desired.entries.get(key)
  const refused = desired.refused.get(key)
  const ours = ledger.get(key)
  const change: MakeChange = (action, reason, extra = {}) => ({
    key,
    action,
    reason: typeof reason === 'string' ? { code: reason } : reason,
    takesOver: false,
    digest: action === 'create' || action === 'update' ? (wanted?.digest ?? null) : null,
    renamedTo: null,
    remoteIds: present?.remoteIds ?? [],
    drift: null,
    ...extra,
  })
  const at = { key, present, owner: input.claimed.get(key), change }

  if (!wanted && !refused && input.excludes(key, ours?.sourceKey)) {
    if (present) return [change(ours ? 'keep' : 'foreign', 'excluded')]
    return ours ? 'forget' : []
  }
  if (refused) {
    const rejected = change('reject', { code: 'refused', detail: refused.reason })
    if (!ours || !present || policy === 'none' || refused.stays) return [rejected]
    return [change('delete', 'stale'), rejected]
  }
  if (wanted) return [planDesired(at, wanted, ours)]
  if (!ours) return [planForeign(at, input)]
  return present ? [planStale(at, input, names.get(ours.sourceKey) ?? null)] : 'forget'
}

type MakeChange = (action: Action, reason: PlanReasonCode | PlanReason, extra?: Partial<PlannedChange>) => PlannedChange

/** A key, and what stands at the target under it. */
interface KeyAtTarget {
  key: string
  present: ObservedKey | undefined
  /** The other sync that writes it. */
  owner: string | undefined
  change: MakeChange
}

/** A key that the source has. */
function planDesired(
  { present, owner, change }: KeyAtTarget,
  wanted: DesiredEntry,
  ours: LedgerEntry | undefined,
): PlannedChange {
  if (owner !== undefined) return change('reject', { code: 'claimed', detail: owner })
  if (present?.notManaged !== undefined) {
    const reason = { code: 'not-managed' as const, detail: present.notManaged }
    return change('reject', reason, { drift: ours ? 'replaced' : null })
  }
  if (!ours) {
    if (!present) return change('create', 'new')
    return change('update', adoption(present), { takesOver: true })
  }
  if (!present) {
    if (ours.intent === 'replacing') return change('create', 'finishes-replacement', { drift: 'vanished' })
    if (ours.digest === '') return change('create', 'not-written-yet')
    if (ours.digest !== wanted.digest) return change('create', 'value-changed')
    return change('create', 'drift-removed', { drift: 'vanished' })
  }
  if (ours.digest === '') return change('update', 'finishes-write')
  if (ours.digest !== wanted.digest) return change('update', 'value-changed')
  if (ours.intent === 'changing') return change('update', 'finishes-write')
  const drift = contradiction(ours, present)
  return drift === null ? change('keep', 'in-sync') : change('update', drift.reason, { drift: drift.kind })
}

/** A key that we wrote and the source no longer has. `newName`: that of its secret by now. */
function planStale(
  { owner, change }: KeyAtTarget,
  { policy, claimed }: PlanInput,
  newName: string | null,
): PlannedChange {
  if (owner !== undefined) return change('foreign', { code: 'taken-over', detail: owner })
  if (policy === 'none') return change('keep', 'left-behind')
  // A new name that another sync has, or that we must not touch, is no rename: the old one is deleted as any other.
  if (newName !== null && !claimed.has(newName))
    return change('delete', { code: 'renamed', detail: newName }, { renamedTo: newName })
  return change('delete', 'not-in-source')
}

/** A key that we did not write and the source does not have. */
function planForeign({ key, present, owner, change }: KeyAtTarget, { policy, covers }: PlanInput): PlannedChange {
  if (owner !== undefined) return change('foreign', { code: 'written-by', detail: owner })
  if (present?.notManaged !== undefined) return change('foreign', { code: 'foreign-type', detail: present.notManaged })
  if (!covers(key)) return change('foreign', 'outside-schema')
  if (policy !== 'mirror') return change('foreign', 'not-written-here')
  const reason: PlanReason =
    present?.otherType === undefined ? { code: 'mirrored' } : { code: 'mirrored-type', detail: present.otherType }
  return change('delete', reason, { takesOver: true, drift: 'appeared' })
}

/** The same plan with only the changes that `take` takes: what it forgets is left to a whole run. */
export function partOf(plan: Plan, take: (change: PlannedChange) => boolean): Plan {
  const changes = plan.changes.filter(take)
  return { hash: planHash(changes), summary: summarize(changes), changes, forget: [] }
}

const adoption = ({ otherType }: ObservedKey): PlanReason =>
  otherType === undefined ? { code: 'takes-over' } : { code: 'takes-over-type', detail: otherType }

/** What the listing shows against the ledger; null when nothing contradicts it. */
function contradiction(ours: LedgerEntry, present: ObservedKey): { kind: DriftKind; reason: PlanReason } | null {
  if (present.otherType !== undefined)
    return { kind: 'replaced', reason: { code: 'drift-type', detail: present.otherType } }
  if (present.remoteIds.length > 1) return { kind: 'replaced', reason: { code: 'drift-copies' } }
  if (present.remoteIds.some((id) => !ours.remoteIds.includes(id)))
    return { kind: 'replaced', reason: { code: 'drift-replaced' } }
  if (present.revision !== undefined && ours.revision !== null && present.revision !== ours.revision)
    return { kind: 'replaced', reason: { code: 'drift-replaced' } }
  const flag = contradictsFlag(ours.flags, present)
  if (flag !== undefined) return { kind: 'flag', reason: { code: 'drift-flag', detail: flag } }
  if (present.digest !== undefined && present.digest !== ours.digest)
    return { kind: 'value', reason: { code: 'drift-value' } }
  return null
}

/** The hash covers keys, actions and digests: the same plan found again has the same hash, whenever that is. */
function planHash(changes: readonly PlannedChange[]): string {
  // At once: a call for each of many thousand keys takes three times as long.
  const text = changes.map(({ key, action, digest }) => JSON.stringify([key, action, digest])).join('')
  return createHash('sha256').update(text).digest('hex')
}

/** The first flag that the vendor shows otherwise than it is to be. */
export const contradictsFlag = (wanted: Flags, { flags, tags }: Pick<Observed, 'flags' | 'tags'>): string | undefined =>
  Object.keys(flags).find((name) => flags[name] !== (wanted[name] ?? false)) ??
  (tags && contradictsTags(wanted, tags) ? 'tags' : undefined)

function summarize(changes: readonly PlannedChange[]): Record<Action, number> {
  const summary: Record<Action, number> = { create: 0, update: 0, delete: 0, keep: 0, foreign: 0, reject: 0 }
  for (const change of changes) summary[change.action]++
  return summary
}
