/**
 * One writer per target. A lease is held by one run, renewed while it works and fenced: its number only grows, so a run
 * that slept past its lease finds at its next check that another one took over, and makes no further call and no
 * further entry.
 */
import {
  batchLoader,
  boundRows,
  databaseTime,
  keptQuery,
  valuesTable,
  type Db,
  type Slot,
  type Tables,
} from '@keyferry/db'
import type { Context, Tx } from '@keyferry/kernel'
import { sql, type Kysely, type RawBuilder, type UpdateObject } from 'kysely'
import type { HeldLease } from './held-leases.ts'
import { LEASE_MS, renewLease } from './renew-lease.ts'
import { commitRunWork, type RunWork } from './run-transactions.ts'
import { stopwatch } from './stopwatch.ts'

const RENEW_MS = LEASE_MS / 3
/**
 * How long it is trusted without asking: less than it lasts, so that a call that starts just in time also arrives in
 * time.
 */
const FRESH_MS = LEASE_MS - RENEW_MS

export class LeaseLost extends Error {
  constructor() {
    super('another run took over this destination')
    this.name = 'LeaseLost'
  }
}

export interface Lease {
  /**
   * Before every vendor call: throws `LeaseLost` when the target may have another writer. Cheap while the lease is
   * fresh.
   */
  check(): Promise<void>
  /** Inside the transaction of a ledger entry: throws `LeaseLost`, and holds the lease row until the commit. */
  checkIn(tx: Tx): Promise<void>
  /** Does `work` in a transaction during which the target is held. Throws `LeaseLost`. */
  write<T>(work: (tx: Tx) => Promise<T>, how: Written): Promise<T>
  /** The same, and frees the target with the commit. */
  finish<T>(work: (tx: Tx) => Promise<T>, how: Written): Promise<T>
  /** Frees the target, unless that was done. */
  release(): Promise<void>
}

type Written = Pick<RunWork, 'rows' | 'mayBeForgotten'>

interface LeaseClaim {
  targetKey: string
  /** A run id. */
  holder: string
}

/** Takes the lease of `targetKey` for `holder` (a run id), or resolves to null while another run has it. */
export const takeLease = (ctx: Context, targetKey: string, holder: string): Promise<Lease | null> =>
  takeLeaseBy(ctx, { targetKey, holder }, () => claim(ctx.db, { targetKey, holder }))

/** The same, where the caller claims it: `claimed` answers the fence of `claimLeases`, or null. */
export async function takeLeaseBy(
  ctx: Context,
  { targetKey, holder }: LeaseClaim,
  claimed: () => Promise<number | null>,
): Promise<Lease | null> {
  // The lease lasts from before the question: a process that is paused, or a database that is slow, until the answer is
  // read takes its time from it.
  let renewed = stopwatch(ctx)
  const fence = await claimed()
  if (fence === null) return null

  const held = { targetKey, fence, holder }
  let lost = false
  let ended = false
  const renew = async (): Promise<void> => {
    const asked = stopwatch(ctx)
    const isRenewed = (await renewLease(ctx.db, held)) || (await renewWaiting(ctx.db, held)).length > 0
    if (isRenewed) renewed = asked
    else lost = true
  }
  const commit = async <T>(work: (tx: Tx) => Promise<T>, how: Written & Pick<RunWork, 'frees'>): Promise<T> => {
    let result: { value: T } | undefined
    const kept = async (tx: Tx): Promise<void> => {
      result = { value: await work(tx) }
    }
    // A result may be of a try that was undone.
    const isCommitted = await commitRunWork({ ctx, held, work: kept, ...how })
    if (isCommitted && result) return result.value
    lost = true
    throw new LeaseLost()
  }
  const timer = repeatTogether(() => {
    renew().catch((error: unknown) => ctx.log.warn({ err: error, targetKey }, 'lease not renewed'))
  })

  return {
    async check() {
      // Past its time (a paused process, a slow database) the lease may still be ours: only the database knows.
      if (!lost && renewed() >= FRESH_MS) await renew()
      if (lost) throw new LeaseLost()
    },
    async checkIn(tx) {
      if ((await holdRow(tx, held)).length > 0) return
      lost = true
      throw new LeaseLost()
    },
    write: (work, how) => commit(work, { ...how, frees: false }),
    async finish(work, how) {
      const value = await commit(work, { ...how, frees: true })
      ended = true
      return value
    },
    async release() {
      timer.stop()
      if (!ended) await freeHeld(ctx.db, held)
    },
  }
}

/** Changes a held lease; answers no row where it is lost. */
const updateHeld = (set: (db: Kysely<Tables>, holder: RawBuilder<string>) => UpdateObject<Tables, 'leases'>) =>
  keptQuery((db, slot: Slot<HeldLease>) =>
    db
      .updateTable('leases')
      .set(set(db, slot('holder')))
      .where('targetKey', '=', slot('targetKey'))
      .where('fence', '=', slot('fence'))
      .where('holder', '=', slot('holder'))
      .returning('targetKey'),
  )

const renewWaiting = updateHeld((db) => ({ expiresAt: databaseTime(db, LEASE_MS) }))
const holdRow = updateHeld((_, holder) => ({ holder }))
const freeHeld = updateHeld(() => ({ holder: null }))

/** Calls `work` every few seconds, at the same moments for all runs of the process. */
function repeatTogether(work: () => void): { stop(): void } {
  let timer: NodeJS.Timeout
  const wait = (): void => {
    timer = setTimeout(next, RENEW_MS - (performance.now() % RENEW_MS)).unref()
  }
  const next = (): void => {
    work()
    wait()
  }
  wait()
  return { stop: () => clearTimeout(timer) }
}

/**
 * Keeps everybody else from deciding on these targets, and from taking their leases, until the transaction ends. A
 * transaction locks all of its targets at once, in the order of their keys, so that no two wait for each other.
 */
export async function lockTargets(tx: Tx, targetKeys: readonly string[]): Promise<void> {
  for (const targetKey of [...new Set(targetKeys)].sort()) {
    await tx
      .insertInto('leases')
      .values({ targetKey, fence: 0, holder: null, expiresAt: '' })
      .onConflict((conflict) => conflict.column('targetKey').doNothing())
      .execute()
    await tx.selectFrom('leases').where('targetKey', '=', targetKey).select('fence').forUpdate().execute()
  }
}

/**
 * Ends the run of a sync that holds this target: it makes no further entry. The target stays held until the lease would
 * have expired, because a call may be on its way.
 */
export async function endLeaseOfSync(
  tx: Tx,
  { targetKey, syncId }: { targetKey: string; syncId: string },
): Promise<void> {
  await tx
    .updateTable('leases')
    .set((eb) => ({ fence: eb('fence', '+', 1) }))
    .where('targetKey', '=', targetKey)
    // A run without a row has written nothing yet: whose it is, is not known, and it begins again.
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('runs')
            .whereRef('runs.id', '=', 'leases.holder')
            .where('runs.syncId', '!=', syncId)
            .select('runs.id'),
        ),
      ),
    )
    .execute()
}

const claim = batchLoader(async (db: Db, asked: readonly LeaseClaim[]) => {
  const fences = await claimLeases(db, asked)
  return ({ holder }) => fences.get(holder) ?? null
})

/**
 * The new fences by holder; none while another holder's lease is fresh. One statement decides, so two claims cannot
 * both win; and it uses the database's clock, so that processes whose clocks differ agree. Of two at the same time for
 * one target the first gets it.
 */
export async function claimLeases(db: Db | Tx, asked: readonly LeaseClaim[]): Promise<ReadonlyMap<string, number>> {
  const first = new Map(asked.toReversed().map((one) => [one.targetKey, one]))
  // Locks rows in key order to avoid dead-locks between concurrent multi-row updates.
  const rows = [...first.values()].sort((a, b) => (a.targetKey < b.targetKey ? -1 : 1))
  const claimed = await claimRows(db, { asked: boundRows(rows) })
  return new Map(claimed.flatMap(({ holder, fence }) => (holder === null ? [] : [[holder, fence] as const])))
}

const claimRows = keptQuery((db, slot: Slot<{ asked: string }>) =>
  db
    .insertInto('leases')
    .columns(['targetKey', 'holder', 'fence', 'expiresAt'])
    .expression((eb) =>
      eb
        .selectFrom(valuesTable<LeaseClaim>(db, slot('asked'), { targetKey: 'text', holder: 'text' }).as('asked'))
        .select(['asked.targetKey', 'asked.holder', eb.lit(1).as('fence'), databaseTime(db, LEASE_MS).as('expiresAt')])
        // Without a condition SQLite takes the conflict clause for a part of the select.
        .where(sql<boolean>`true`),
    )
    .onConflict((conflict) =>
      conflict
        .column('targetKey')
        .doUpdateSet((eb) => ({
          fence: eb('leases.fence', '+', 1),
          holder: eb.ref('excluded.holder'),
          expiresAt: eb.ref('excluded.expiresAt'),
        }))
        .where((eb) => eb.or([eb('leases.holder', 'is', null), eb('leases.expiresAt', '<', databaseTime(db))])),
    )
    .returning(['targetKey', 'holder', 'fence']),
)

/** Frees every lease. For the embedded profile at its start: no other process can be holding one. */
export async function freeAllLeases(ctx: Context): Promise<void> {
  await ctx.db.updateTable('leases').set({ holder: null }).execute()
}
