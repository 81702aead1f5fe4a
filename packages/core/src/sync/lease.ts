/**
 * One writer per target. A lease is held by one run, renewed while it works and fenced: its number only grows, so a run that
 * slept past its lease finds at its next check that another one took over, and makes no further call and no further entry.
 */
import type { Context, Tx } from '../context.ts'

/** Milliseconds after which a lease that is not renewed may be taken by another run. */
export const LEASE_MS = 15_000
const RENEW_MS = LEASE_MS / 3
/** How long it is trusted without asking: less than it lasts, so that a call that starts just in time also arrives in time. */
const FRESH_MS = LEASE_MS - RENEW_MS

export class LeaseLost extends Error {
  constructor() {
    super('another run took over this target')
    this.name = 'LeaseLost'
  }
}

export interface Lease {
  /** Before every vendor call: throws `LeaseLost` when the target may have another writer. Cheap while the lease is fresh. */
  check(): Promise<void>
  /** Inside the transaction of a ledger entry: throws `LeaseLost`, and holds the lease row until the commit. */
  checkIn(tx: Tx): Promise<void>
  release(): Promise<void>
}

/** Takes the lease of `targetKey` for `holder` (a run id), or resolves to null while another run has it. */
export async function takeLease(ctx: Context, targetKey: string, holder: string): Promise<Lease | null> {
  // The lease lasts from before the question: a process that is paused, or a database that is slow, until the answer is read takes
  // its time from it.
  const claimedAt = ctx.now().getTime()
  const fence = await ctx.db.transaction().execute((tx) => claim(ctx, tx, targetKey, holder))
  if (fence === null) return null

  let lost = false
  let freshUntil = claimedAt + FRESH_MS
  const renew = async (): Promise<void> => {
    const asked = ctx.now().getTime()
    const { numUpdatedRows } = await ctx.db
      .updateTable('leases')
      .set({ expiresAt: expiry(ctx) })
      .where('targetKey', '=', targetKey)
      .where('fence', '=', fence)
      .where('holder', '=', holder)
      .executeTakeFirst()
    if (numUpdatedRows === 0n) lost = true
    else freshUntil = asked + FRESH_MS
  }
  const timer = setInterval(() => {
    renew().catch((error: unknown) => ctx.log.warn({ err: error, targetKey }, 'lease not renewed'))
  }, RENEW_MS)
  timer.unref()

  return {
    async check() {
      // Past its time (a paused process, a slow database) the lease may still be ours: only the database knows.
      if (!lost && ctx.now().getTime() >= freshUntil) await renew()
      if (lost) throw new LeaseLost()
    },
    async checkIn(tx) {
      const { numUpdatedRows } = await tx
        .updateTable('leases')
        .set({ holder })
        .where('targetKey', '=', targetKey)
        .where('fence', '=', fence)
        .where('holder', '=', holder)
        .executeTakeFirst()
      if (numUpdatedRows > 0n) return
      lost = true
      throw new LeaseLost()
    },
    async release() {
      clearInterval(timer)
      await ctx.db
        .updateTable('leases')
        .set({ holder: null })
        .where('targetKey', '=', targetKey)
        .where('fence', '=', fence)
        .where('holder', '=', holder)
        .execute()
    },
  }
}

/** Keeps everybody else from deciding on this target, and from taking its lease, until the transaction ends. */
export async function lockTarget(ctx: Context, tx: Tx, targetKey: string): Promise<void> {
  await insertLease(tx, targetKey)
  await tx
    .selectFrom('leases')
    .where('targetKey', '=', targetKey)
    .select('fence')
    .$if(ctx.db.dialect === 'postgres', (query) => query.forUpdate())
    .execute()
}

async function insertLease(tx: Tx, targetKey: string): Promise<void> {
  await tx
    .insertInto('leases')
    .values({ targetKey, fence: 0, holder: null, expiresAt: '' })
    .onConflict((conflict) => conflict.column('targetKey').doNothing())
    .execute()
}

/** The new fence, or null while another holder's lease is fresh. One statement decides, so two claims cannot both win. */
async function claim(ctx: Context, tx: Tx, targetKey: string, holder: string): Promise<number | null> {
  await insertLease(tx, targetKey)
  const claimed = await tx
    .updateTable('leases')
    .set((eb) => ({ fence: eb('fence', '+', 1), holder, expiresAt: expiry(ctx) }))
    .where('targetKey', '=', targetKey)
    .where((eb) => eb.or([eb('holder', 'is', null), eb('expiresAt', '<', ctx.now().toISOString())]))
    .returning('fence')
    .executeTakeFirst()
  return claimed?.fence ?? null
}

/** Frees every lease. For the embedded profile at its start: no other process can be holding one. */
export async function freeAllLeases(ctx: Context): Promise<void> {
  await ctx.db.updateTable('leases').set({ holder: null }).execute()
}

const expiry = (ctx: Context): string => new Date(ctx.now().getTime() + LEASE_MS).toISOString()
