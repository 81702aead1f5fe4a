import { Conflict } from '@keyferry/kernel'
import type { SecretRow } from '../../tree/tree.ts'

/** Refuses a change of a secret that has another version than its writer saw (0: none). Throws `Conflict`. */
export function requireSeenVersion(key: string, seen: number | undefined, present: SecretRow | undefined): void {
  if (seen === undefined || seen === (present?.version ?? 0)) return
  if (!present) throw new Conflict(`${key} was deleted since you read it.`)
  const { version, updatedBy } = present
  throw new Conflict(`${present.key} was changed by ${updatedBy} since you read it. Its version is ${version} now.`, {
    version,
  })
}
