import { createHash } from 'node:crypto'
import type { Db } from '@keyferry/db'
import type { Actor } from '@keyferry/kernel'
import { isKey } from '../people/api-keys.ts'

/**
 * better-auth writes to the token's row at every check; a busy script would cost the store one write per request. In
 * between it is enough that the row is still there: whichever process revoked it, it is gone at once.
 */
const REMEMBERED_MS = 5_000
const REMEMBERED = 1_000

/** Whose an API key is, as `verify` found it a few seconds ago or finds it now; null for a wrong or revoked one. */
export function tokenHolders(
  db: Db,
  verify: (token: string) => Promise<Actor | null>,
): (token: string) => Promise<Actor | null> {
  const remembered = new Map<string, { actor: Actor; until: number }>()

  /** A store that cannot be asked shows nothing that a key may see either; what needs no store is answered. */
  const isStillThere = (id: string): Promise<boolean> => isKey(db, id).catch(() => true)

  return async (token) => {
    const fingerprint = createHash('sha256').update(token).digest('base64url')
    const known = remembered.get(fingerprint)
    if (known && known.until > Date.now() && (await isStillThere(known.actor.id))) return known.actor
    remembered.delete(fingerprint)
    const actor = await verify(token)
    if (!actor || !(await isStillThere(actor.id))) return null
    if (remembered.size >= REMEMBERED) remembered.clear()
    remembered.set(fingerprint, { actor, until: Date.now() + REMEMBERED_MS })
    return actor
  }
}
