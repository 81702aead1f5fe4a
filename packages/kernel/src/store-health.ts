import { KeyRotated, storeTrouble, type StoreTrouble } from '@keyferry/db'
import { timestamp, type Context } from './context.ts'
import { Unavailable } from './errors.ts'

const WORDS: Record<StoreTrouble, string> = {
  unreachable: 'The store cannot be reached just now; try again soon',
  refused: 'The database refused the connection. Check DATABASE_URL.',
  'read-only': 'The store takes no writes just now; try again soon',
  full: 'The disk of the store is full; nothing can be stored until there is room',
  damaged: 'Part of the store is damaged and cannot be read. Restore a backup.',
  failing: 'The disk of the store refuses to read or write; try again soon',
  overloaded: 'The store is overloaded just now; try again soon',
}

/** The error to answer with while the store does not work, or null when `thrown` is another error. */
export function unavailable(thrown: unknown): Unavailable | null {
  if (thrown instanceof KeyRotated) return new Unavailable('A key of the instance was rotated a moment ago; try again')
  const trouble = storeTrouble(thrown)
  return trouble === null ? null : new Unavailable(WORDS[trouble])
}

/** A small write: only a write shows that a store takes writes. Throws what the store says. */
export async function writeHeartbeat(ctx: Context): Promise<void> {
  const at = timestamp(ctx)
  await ctx.db
    .insertInto('heartbeats')
    .values({ id: 'readiness', at })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ at }))
    .execute()
}

/** Throws `Unavailable` while the store does not work. */
export async function proveStore(ctx: Context): Promise<void> {
  try {
    await writeHeartbeat(ctx)
  } catch (error) {
    throw unavailable(error) ?? error
  }
}

/** Stores that are set up, which doesn't end: whether one is need not wait for it a second time. */
const setUp = new WeakSet<Context['db']>()

/**
 * Whether the first account exists. While the store is away it counts as set up: the page for the first account would
 * be wrong.
 */
export async function isInitialized({ db }: Pick<Context, 'db'>): Promise<boolean> {
  if (setUp.has(db)) return true
  try {
    const found = (await db.selectFrom('organizations').select('id').executeTakeFirst()) !== undefined
    if (found) setUp.add(db)
    return found
  } catch (error) {
    if (storeTrouble(error) === null) throw error
    return true
  }
}
