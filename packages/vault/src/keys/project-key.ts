import { keptQuery, type Db, type Slot, type Tables } from '@keyferry/db'
import {
  NotFound,
  projectMissing,
  wrappedOrganizationKey,
  type Context,
  type DataKey,
  type Tx,
  type Wrapped,
} from '@keyferry/kernel'
import type { Kysely } from 'kysely'

/**
 * The project's data key. Throws `NotFound` when there is no such project, `DecryptionError` under another root key.
 */
export async function projectKey(ctx: Pick<Context, 'keyring'>, db: Db | Tx, projectId: string): Promise<DataKey> {
  const [project] = await keyOf(db, { projectId })
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
  return hold(ctx, tx, projectId, lockedKeyOf)
}

/**
 * The place of a writer who adds no reader: beside others like it, and never beside one that `lockProject` let in. The
 * folders that it writes it must hold itself. Throws `NotFound`.
 */
export function shareProject(ctx: Writing, tx: Tx, projectId: string): Promise<DataKey> {
  return hold(ctx, tx, projectId, sharedKeyOf)
}

type Writing = Pick<Context, 'keyring' | 'caller'>

interface OfProject {
  projectId: string
}
const select = (db: Kysely<Tables>, slot: Slot<OfProject>) =>
  db.selectFrom('projects').where('id', '=', slot('projectId')).select('dataKey')
const keyOf = keptQuery(select)
const sharedKeyOf = keptQuery((db, slot: Slot<OfProject>) => select(db, slot).forShare())
const lockedKeyOf = keptQuery((db, slot: Slot<OfProject>) => select(db, slot).forNoKeyUpdate())

async function hold(ctx: Writing, tx: Tx, projectId: string, held: typeof keyOf): Promise<DataKey> {
  const [project] = await held(tx, { projectId })
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
