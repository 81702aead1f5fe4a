/** What was changed or put back outside Keyferry, in rows that nobody reads for now, too. */
import { DAY_MS, audit, SYSTEM, transact, verifyAudit, type Context, type Tx } from '@keyferry/kernel'
import { verifyStore } from '@keyferry/kernel/authority'
import { enqueueOfInstance } from '../notifications/outbox.ts'

/** A row, the contents of a folder or the audit log that isn't as Keyferry wrote it. */
interface Failure extends Record<string, string> {
  table: string
  row: string
  problem: string
}

/** Milliseconds until the same failure is reported again, by whichever process finds it. */
const REPORTED_EVERY_MS = DAY_MS
/** Every row may have been changed: more than this are counted, and not reported one by one. */
const REPORTED = 1_000

/** How many failures this process found when it checked last, by its keyring: a context has copies. */
const lastFound = new WeakMap<Context['keyring'], number>()

/** Failures that this process found when it checked last; null before its first check. */
export const foundInStore = (ctx: Context): number | null => lastFound.get(ctx.keyring) ?? null

/**
 * Does what `verifyStore` and `verifyAudit` do, and reports each failure to the log and the audit log
 * (`integrity.failure`), and to the targets of the instance's notices (`integrity.failed`), once a day. Reads the whole
 * store. Returns how many failures there are.
 */
export async function checkStore(ctx: Context): Promise<number> {
  const found = await failures(ctx)
  lastFound.set(ctx.keyring, found.length)
  ctx.metrics.storeChecked(found.length)
  if (found.length === 0) return 0
  const reported = await transact(ctx, (tx) => report(ctx, tx, found))
  for (const failure of reported)
    ctx.log.error(
      { part: 'integrity', ...failure },
      'the store was changed outside Keyferry; keyferry admin verify-store and verify-audit say what to do',
    )
  return found.length
}

async function failures(ctx: Context): Promise<Failure[]> {
  const { broken, brokenFolders } = await verifyStore(ctx)
  const { problem } = await verifyAudit(ctx)
  return [
    ...broken.map(({ table, id, problem }) => ({ table, row: id, problem: `was ${problem}` })),
    ...brokenFolders.map(({ project, environment, path, what, problem }) => ({
      table: what,
      row: `${environment}:${path} of ${project}`,
      problem,
    })),
    ...(problem ? [{ table: 'audit', row: String(problem.seq), problem: problem.message }] : []),
  ]
}

/** Reports what no process has reported within a day, and returns it. */
async function report(ctx: Context, tx: Tx, found: readonly Failure[]): Promise<Failure[]> {
  const since = new Date(ctx.now().getTime() - REPORTED_EVERY_MS).toISOString()
  const rows = await tx
    .selectFrom('audit')
    .where('action', '=', 'integrity.failure')
    .where('at', '>', since)
    .select('details')
    .execute()
  const before = new Set(rows.map(({ details }) => details))
  const news = found.filter((failure) => !before.has(JSON.stringify(failure))).slice(0, REPORTED)
  for (const failure of news) await audit(ctx, tx, SYSTEM, 'integrity.failure', null, failure)
  if (news.length > 0) {
    const reason = { code: 'changed-outside', count: found.length } as const
    await enqueueOfInstance(ctx, tx, { type: 'integrity.failed', reason })
  }
  return news
}
