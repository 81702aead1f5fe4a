import type { Observed } from '../destination.ts'
import type { DevinSecret } from './api.ts'

const TYPES = new Map([
  ['totp', 'a TOTP secret'],
  ['cookie', 'a cookie secret'],
])

/**
 * The secrets of an organization by key. Devin may hold one key several times; the copies of the organization are one
 * entry with all their ids. A personal secret belongs to its owner, and a key that is only personal is not ours to
 * touch.
 */
export function observedFrom(secrets: readonly DevinSecret[]): Observed[] {
  const copies = new Map<string, DevinSecret[]>()
  for (const secret of secrets) {
    if (typeof secret.key !== 'string') continue
    const known = copies.get(secret.key)
    if (known) known.push(secret)
    else copies.set(secret.key, [secret])
  }
  return [...copies].map(([key, all]) => {
    const ours = all.filter(isOfOrganization)
    if (ours.length === 0) return { key, remoteIds: all.map(idOf), flags: {}, notManaged: scopeOf(all) }
    const others = new Set(
      ours
        .filter((one) => one.secret_type !== 'key-value')
        .map((one) => TYPES.get(one.secret_type) ?? `a ${one.secret_type} secret`),
    )
    return {
      key,
      remoteIds: ours.map(idOf),
      flags: {},
      otherType: others.size === 0 ? undefined : [...others].join(' and '),
    }
  })
}

/** The ids of every copy of `key` that belongs to the organization. */
export const copiesOf = (secrets: readonly DevinSecret[], key: string): string[] =>
  secrets.filter((secret) => secret.key === key && isOfOrganization(secret)).map(idOf)

const isOfOrganization = (secret: DevinSecret): boolean => secret.access_type === 'org'
const idOf = (secret: DevinSecret): string => secret.secret_id
const scopeOf = (secrets: readonly DevinSecret[]): string =>
  secrets.every((secret) => secret.access_type === 'personal') ? 'a personal secret' : 'a secret of another scope'
