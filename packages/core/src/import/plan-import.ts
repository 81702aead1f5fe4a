/**
 * What an import takes from a target into the vault. Pure: no I/O, no clock, no vendor.
 *
 * | at the target           | in the vault | prioritize-source | prioritize-destination |
 * |-------------------------|--------------|-------------------|------------------------|
 * | a value                 | -            | new               | new                    |
 * | a value                 | equal        | same              | same                   |
 * | a value                 | another      | kept              | changed                |
 * | an empty value          | another      | kept              | kept                   |
 * | no value, not ours, ... | any          | left out          | left out               |
 */
import { createHash } from 'node:crypto'
import { secretKey, secretValue, type ImportAction, type ImportPriority, type ImportReason } from '@keyferry/schemas'
import { whyNotStorable } from '@keyferry/vault'
import type { z } from 'zod'
import type { Observed } from '../destinations/destination.ts'
import type { KeySchema } from '../plan/key-schema.ts'

export interface ImportInput {
  /** What the target holds, with the values that the vendor shows. */
  observed: readonly Observed[]
  /** What the folder shows by key, imports and references included. `version` null: not the folder's own secret. */
  vault: ReadonlyMap<string, { value: string; version: number | null }>
  schema: KeySchema
  /** Names that other syncs wrote at this target, with words for the other sync. */
  claimed: ReadonlyMap<string, string>
  priority: ImportPriority
}

export interface ImportedKey {
  /** The name at the target. */
  name: string
  /** The secret's key; null when it is left out before a key is known. */
  key: string | null
  action: ImportAction
  /** Why it is kept or left out. */
  reason: ImportReason | null
  /** Another team's or another sync's key: not shown to those who cannot read the whole project. */
  isForeign: boolean
}

/** A value that the vault takes, or has already. */
export interface Taken extends ImportedKey {
  key: string
  value: string
  /** Of the folder's own secret, when the plan was made; null when it has none. */
  version: number | null
  observed: Observed
}

export interface ImportPlan {
  hash: string
  /** Sorted by name. */
  keys: readonly ImportedKey[]
  /** Secrets to create or change. */
  puts: readonly Taken[]
  /** Keys whose value the vault has already. */
  same: readonly Taken[]
}

/** `digest`: a keyed digest, so that the plan's hash says nothing about the values that it covers. */
export function planImport(input: ImportInput, digest: (name: string, value: string) => string): ImportPlan {
  const keysByName = Map.groupBy(input.vault.keys(), (key) => input.schema.name(key))
  const keys = input.observed
    .map((entry) => planKey(entry, input, keysByName.get(entry.key) ?? []))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const taken = keys.filter((one): one is Taken => 'value' in one)
  const covered = keys.map((one) => [
    one.name,
    one.action,
    ...('value' in one ? [one.version, digest(one.name, one.value)] : []),
  ])
  return {
    hash: createHash('sha256').update(JSON.stringify(covered)).digest('hex'),
    keys,
    puts: taken.filter(({ action }) => action === 'new' || action === 'changed'),
    same: taken.filter(({ action }) => action === 'same'),
  }
}

/** Why a key of the target is no business of the import; null when it is. */
export function whyNotOurs(
  { key: name, notManaged, otherType }: Observed,
  { schema, claimed }: Pick<ImportInput, 'schema' | 'claimed'>,
): Pick<ImportedKey, 'reason' | 'isForeign'> | null {
  const owner = claimed.get(name)
  if (owner !== undefined) return { reason: { code: 'written-by', detail: owner }, isForeign: true }
  if (!schema.covers(name)) return { reason: { code: 'outside-schema' }, isForeign: true }
  if (notManaged !== undefined) return { reason: { code: 'not-managed', detail: notManaged }, isForeign: true }
  if (otherType !== undefined) return { reason: { code: 'other-type', detail: otherType }, isForeign: false }
  return null
}

function planKey(observed: Observed, input: ImportInput, presentKeys: readonly string[]): ImportedKey | Taken {
  const { key: name, value } = observed
  const leftOut = (reason: ImportReason | null, key: string | null = null, isForeign = false): ImportedKey => ({
    name,
    key,
    action: 'left-out',
    reason,
    isForeign,
  })
  const notOurs = whyNotOurs(observed, input)
  if (notOurs) return leftOut(notOurs.reason, null, notOurs.isForeign)
  const key = secretKeyOf(name, input.schema, presentKeys)
  if (typeof key !== 'string') return leftOut(key.problem)
  if (value === undefined) return leftOut({ code: 'value-unreadable' }, key)
  const present = input.vault.get(key)
  const taken = (action: ImportAction, reason: ImportReason | null = null): Taken => ({
    name,
    key,
    action,
    reason,
    isForeign: false,
    value,
    version: present?.version ?? null,
    observed,
  })
  if (present?.value === value) return taken('same')
  if (present && input.priority === 'prioritize-source') return taken('kept', { code: 'vault-differs' })
  if (present && value === '') return taken('kept', { code: 'empty-value' })
  const objection = whyNotTaken(key, value, present !== undefined)
  if (objection !== null) return leftOut(objection, key)
  return taken(present ? 'changed' : 'new')
}

/** The reverse of the key schema; a secret that the vault has already is found by the name that it has there. */
function secretKeyOf(
  name: string,
  schema: KeySchema,
  presentKeys: readonly string[],
): string | { problem: ImportReason } {
  const [first, ...others] = presentKeys
  if (first !== undefined && others.length === 0) return first
  const written = presentKeys.find((key) => schema.sentName(key) === name)
  if (written !== undefined) return written
  if (first !== undefined) return { problem: { code: 'several-secrets', detail: `${first}, ${others[0]}` } }
  const key = name.slice(schema.prefix.length, name.length - schema.suffix.length)
  return schema.name(key) === name ? key : { problem: { code: 'other-name', detail: schema.name(key) } }
}

/** What the vault has against the pair, or null. The value is not named. */
function whyNotTaken(key: string, value: string, isPresent: boolean): ImportReason | null {
  if (!isPresent) {
    const { data, error } = secretKey.safeParse(key)
    if (error) return { code: 'key-not-allowed', detail: ruleOf(error) }
    if (data !== key) return { code: 'key-not-allowed', detail: 'Secret key must not begin or end with a space' }
  }
  const { error } = secretValue.safeParse(value)
  if (error) return { code: 'value-not-allowed', detail: ruleOf(error) }
  const objection = whyNotStorable(value)
  return objection === null ? null : { code: 'value-not-allowed', detail: `its value ${objection}` }
}

const ruleOf = ({ issues }: z.ZodError): string => issues[0]?.message ?? 'the vault does not take it'
