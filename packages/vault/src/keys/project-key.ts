import type { Db } from '@keyferry/db'
import {
  NotFound,
  projectMissing,
  wrappedOrganizationKey,
  type Context,
  type DataKey,
  type Tx,
  type Wrapped,
} from '@keyferry/kernel'

/**
 * The project's data key. Throws `NotFound` when there is no such project, `DecryptionError` under another root key.
 */
export async function projectKey(ctx: Pick<Context, 'keyring'>, db: Db | Tx, projectId: string): Promise<DataKey> {
  const project = await db.selectFrom('projects').where('id', '=', projectId).select('dataKey').executeTakeFirst()
  if (!project) throw new NotFound(projectMissing(projectId))
  return ctx.keyring.open(projectId, project.dataKey)
}

/**
 * Takes the one writer's place of a project until the transaction ends; every writer of the vault comes through here or
 * `shareProject` first.
 *
 * Without it, on Postgres, a change of folder H could compute its readers while another transaction, not yet committed,
 * makes F import G, which imports H: the reader F would be missed and its target stay stale. A writer that adds a
 * reader (an import, a reference, a sync) must hold this lock too. Throws `NotFound`.
 */
export function lockProject(ctx: Writing, tx: Tx, projectId: string): Promise<DataKey> {
  return hold(ctx, tx, projectId, (query) => query.forNoKeyUpdate())
}

/**
 * The place of a writer who adds no reader: beside others like it, and never beside one that `lockProject` let in. The
 * folders that it writes it must hold itself. Throws `NotFound`.
 */
export function shareProject(ctx: Writing, tx: Tx, projectId: string): Promise<DataKey> {
  return hold(ctx, tx, projectId, (query) => query.forShare())
}

type Writing = Pick<Context, 'keyring' | 'caller'>

const select = (tx: Tx, projectId: string) => tx.selectFrom('projects').where('id', '=', projectId).select('dataKey')

async function hold(
  ctx: Writing,
  tx: Tx,
  projectId: string,
  lock: (query: ReturnType<typeof select>) => ReturnType<typeof select>,
): Promise<DataKey> {
  const project = await lock(select(tx, projectId)).executeTakeFirst()
  if (!project) throw new NotFound(projectMissing(projectId))
  // Places may have changed hands since the verb was let through; from here on they stand still.
  await ctx.caller?.verify(tx)
  return ctx.keyring.open(projectId, project.dataKey)
}

/**
 * The organization's wrapped key, held until the transaction ends: a key made like it is not forgotten by a change of
 * the root key.
 */
export function organizationKeyOf(tx: Tx): Promise<Wrapped> {
  return wrappedOrganizationKey(tx).forKeyShare().executeTakeFirstOrThrow()
}
