import { ownerOfKey } from '@keyferry/access/sign-in'
import type { Actor, Context } from '@keyferry/kernel'

/** Keys remembered with their owners, which never change. */
const REMEMBERED = 10_000

/** The id of who answers for an actor: of an API key the person who made it, else the actor's own. */
export function owners(db: Context['db']): (actor: Actor) => Promise<string> {
  const known = new Map<string, string>()
  return async ({ kind, id }) => {
    if (kind === 'user') return id
    const owner = known.get(id) ?? (await ownerOfKey(db, id)) ?? id
    if (known.size >= REMEMBERED) known.clear()
    known.set(id, owner)
    return owner
  }
}
