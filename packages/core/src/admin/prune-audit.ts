import {
  DAY_MS,
  audit,
  BadRequest,
  chainKey,
  earlierRows,
  floorSealOf,
  lockHead,
  maintain,
  readFloor,
  readHead,
  sealOf,
  verifyAudit,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import { carryMarks } from '@keyferry/kernel/authority'
import { streamedUpTo } from '../notifications/audit-stream.ts'

/** Every writer waits for the holder of the end of the chain, so a transaction removes no more rows than this. */
const CHUNK = 1_000

/**
 * Takes rows older than `days` off the beginning of the audit log. What is left begins at a sealed floor, the last row
 * that went, and is verified from there. What a stream has not delivered stays. Returns how many went. Throws
 * `BadRequest` naming the first wrong row when the log is not whole: pruning would hide that.
 */
export async function pruneAudit(ctx: Context, actor: Actor, { days }: { days: number }): Promise<number> {
  const before = new Date(ctx.now().getTime() - days * DAY_MS).toISOString()
  const end = await lastBefore(ctx, before)
  if (end === null) return 0
  const { problem, rows: present, head } = await verifyAudit(ctx)
  if (problem) throw new BadRequest(`The audit log is not pruned, because it is not whole: ${problem.message}`)
  await ctx.authority.catchUp(ctx.db)
  // Their numbers have no gaps.
  const rows = present - ((head?.seq ?? end) - end)
  let taken = 0
  for (;;) {
    const chunk = await maintain(ctx, async (tx) => {
      const chunk = await takeOff(ctx, tx, end)
      // With the first rows that go: of a process that ends before the last, the log would not say who removed them.
      if (taken === 0 && chunk > 0)
        await audit(ctx, tx, actor, 'instance.prune-audit', null, { rows, upTo: end, before })
      return chunk
    })
    taken += chunk
    if (chunk < CHUNK) return taken
  }
}

/** The same, once the oldest row is a day older than it may be: for callers that poll. */
export async function pruneAuditDaily(ctx: Context, actor: Actor, { days }: { days: number }): Promise<void> {
  const oldest = await ctx.db.selectFrom('audit').orderBy('seq').limit(1).select('at').executeTakeFirst()
  if (!oldest || Date.parse(oldest.at) >= ctx.now().getTime() - (days + 1) * DAY_MS) return
  await pruneAudit(ctx, actor, { days })
}

/** The last row of the beginning that is older throughout; null when the log begins later. */
async function lastBefore(ctx: Context, before: string): Promise<number | null> {
  const oldest = await ctx.db.selectFrom('audit').orderBy('seq').limit(1).select(['at']).executeTakeFirst()
  const head = await readHead(ctx.db)
  if (!oldest || !head || oldest.at >= before) return null
  const younger = await ctx.db
    .selectFrom('audit')
    .where('at', '>=', before)
    .where('seq', '>', 0)
    .orderBy('seq')
    .limit(1)
    .select('seq')
    .executeTakeFirst()
  const streamed = await streamedUpTo(ctx)
  const last = Math.min(younger ? younger.seq - 1 : head.seq, streamed ?? Infinity)
  return last > 0 ? last : null
}

/** Takes off up to `CHUNK` rows that are not after `end`, oldest first, and moves the floor. */
async function takeOff(ctx: Context, tx: Tx, end: number): Promise<number> {
  const head = await lockHead(ctx, tx)
  const key = chainKey(ctx, head)
  const rows = await tx
    .selectFrom('audit')
    .where('seq', '<=', end)
    .orderBy('seq')
    .limit(CHUNK)
    .select(['seq', 'hash', 'at', 'marks'])
    .execute()
  const last = rows.at(-1)
  if (!last) return 0
  await tx.deleteFrom('audit').where('seq', '<=', last.seq).execute()
  carryMarks(
    ctx,
    rows.flatMap(({ marks }) => marks ?? []),
  )
  const earlier = await earlierRows(tx, key)
  const left = { before: earlier.rows, beforeDigest: earlier.digest }
  await tx
    .updateTable('auditHead')
    .set({ ...left, seal: sealOf(key, { ...head, ...left }) })
    .where('id', '=', head.id)
    .execute()
  if (last.seq <= 0) return rows.length
  const { seq, hash, at } = last
  const floor = { seq, hash, at, seal: floorSealOf(key, last) }
  if (await readFloor(tx)) await tx.updateTable('auditFloors').set(floor).execute()
  else
    await tx
      .insertInto('auditFloors')
      .values({ id: 'floor', ...floor })
      .execute()
  return rows.length
}
