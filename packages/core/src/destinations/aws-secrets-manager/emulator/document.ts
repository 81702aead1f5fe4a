/** The keys of one secret whose value is a JSON object, as people in the AWS console edit it. */
import { randomUUID } from 'node:crypto'
import { addVersion, currentOf, newSecret } from './secrets.ts'
import type { Store } from './store.ts'

/** Members by name; those that are no text too. */
export function readMembers(store: Store, secretName: string): Map<string, unknown> {
  const secret = store.find(secretName)
  const document: unknown = JSON.parse((secret && currentOf(secret)?.text) ?? '{}')
  return new Map(Object.entries(document ?? {}))
}

export function writeMembers(store: Store, secretName: string, members: ReadonlyMap<string, unknown>): void {
  const secret = store.find(secretName) ?? newSecret(secretName)
  addVersion(secret, randomUUID(), { text: JSON.stringify(Object.fromEntries(members), null, 2), binary: null })
  store.add(secret)
}
