import { audit, SYSTEM, transact, verifyAudit, type Context } from '@keyferry/kernel'
import { verifyStore } from '@keyferry/kernel/authority'

/** What this process has said of its store, so that it is said once. */
const said = new WeakMap<Context['keyring'], Set<string>>()

/**
 * Looks for what was changed or put back outside Keyferry in rows that nobody reads for now, too: `verifyStore` and
 * `verifyAudit`. The log says so, and the audit log (`integrity.failure`), once per process. Reads the whole store.
 * Returns how much was found.
 */
export async function checkStore(ctx: Context): Promise<number> {
  const known = said.get(ctx.keyring) ?? new Set()
  said.set(ctx.keyring, known)
  const { broken, brokenFolders } = await verifyStore(ctx)
  const { problem } = await verifyAudit(ctx)
  const found = [
    ...broken.map(({ table, id, problem }) => ({ table, row: id, problem: `was ${problem}` })),
    ...brokenFolders.map(({ project, environment, path, problem }) => ({
      table: 'secrets',
      row: `${environment}:${path} of ${project}`,
      problem,
    })),
    ...(problem ? [{ table: 'audit', row: String(problem.seq), problem: problem.message }] : []),
  ]
  for (const failure of found) {
    const name = JSON.stringify(failure)
    if (known.has(name)) continue
    known.add(name)
    ctx.log.error(
      { part: 'integrity', ...failure },
      'the store was changed outside Keyferry; keyferry admin verify-store and verify-audit say what to do',
    )
    await transact(ctx, (tx) => audit(ctx, tx, SYSTEM, 'integrity.failure', null, failure))
  }
  return found.length
}
