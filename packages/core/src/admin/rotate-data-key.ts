/**
 * Rotation of a project's data key. It begins with a new generation of the key, which seals everything from that
 * moment. What older ones sealed is sealed again in the background, a batch per transaction, and the older ones are
 * thrown away at the end. Both can be opened at any time, so a crash anywhere leaves only work to continue. While a
 * text remains that could not be decrypted the older ones stay: the rotation is blocked, and says what it is.
 *
 * Syncs see no change. A digest of the ledger is brought up to the new generation without its value (see
 * crypto/data-key). That happens under the lease of its target, so no run compares digests of two generations; a run
 * that comes earlier upgrades what it reads.
 */
import type { KeyRotationTable } from '@keyferry/db'
import { audit, BadRequest, maintain, SYSTEM, timestamp, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { lockProject } from '@keyferry/vault'
import type { Selectable } from 'kysely'
import { upgradeStoredDigests } from './upgrade-digests.ts'
import { AFTER, COLUMNS, resealBatch } from './reseal-project.ts'
import { describeUnreadable, merged, type Unreadable } from './unreadable.ts'

type Rotation = Selectable<KeyRotationTable>

/**
 * Begins; the sweep of a serving process, or `continueRotations`, does the rest. One that is blocked tries what could
 * not be decrypted again, or with `discard` gives that up. Throws `NotFound`, and `BadRequest` while one is under way.
 */
export function rotateDataKey(
  ctx: Context,
  actor: Actor,
  { projectId, discard = false }: { projectId: string; discard?: boolean },
): Promise<void> {
  return maintain(ctx, async (tx) => {
    await lockProject(ctx, tx, projectId)
    const present = await tx
      .selectFrom('dataKeyRotations')
      .where('projectId', '=', projectId)
      .select(['startedAt', 'phase', 'unreadable'])
      .executeTakeFirst()
    if (present?.phase === 'blocked') {
      const next = { phase: discard ? ('digests' as const) : ('secrets' as const), cursor: '', unreadable: '[]' }
      await tx.updateTable('dataKeyRotations').set(next).where('projectId', '=', projectId).execute()
      const given: Unreadable[] = discard ? JSON.parse(present.unreadable) : []
      const discarded = await describeUnreadable(tx, given)
      await audit(ctx, tx, actor, 'project.rotate-data-key', projectId, discard ? { discarded } : {})
      return
    }
    if (present)
      throw new BadRequest(
        `A rotation of the data key of this project has been running since ${present.startedAt}. Wait until it is done.`,
      )
    await changeKey(ctx, tx, projectId, 'renew')
    await tx
      .insertInto('dataKeyRotations')
      .values({
        projectId,
        phase: 'secrets',
        cursor: '',
        done: 0,
        startedAt: timestamp(ctx),
        startedBy: actor.name,
        columns: COLUMNS,
      })
      .execute()
    await audit(ctx, tx, actor, 'project.rotate-data-key', projectId, {})
  })
}

/** A rotation that is not done. */
export interface OpenRotation {
  projectId: string
  /** Rows so far. */
  done: number
  startedAt: string
  /**
   * What cannot be decrypted, for people. Not empty once everything else is done: the rotation waits for an operator.
   */
  unreadable: string[]
}

/** Oldest first. */
export async function listRotations(ctx: Context): Promise<OpenRotation[]> {
  const rows = await ctx.db
    .selectFrom('dataKeyRotations')
    .select(['projectId', 'done', 'startedAt', 'phase', 'unreadable'])
    .orderBy('startedAt')
    .orderBy('projectId')
    .execute()
  return Promise.all(
    rows.map(async ({ phase, unreadable, ...row }) => ({
      ...row,
      unreadable: phase === 'blocked' ? await describeUnreadable(ctx.db, JSON.parse(unreadable)) : [],
    })),
  )
}

/**
 * Goes on with every rotation until it is done, is blocked, waits for a running sync, or `signal` aborts. Safe to call
 * at any time, from any process.
 */
export async function continueRotations(ctx: Context, signal: AbortSignal): Promise<void> {
  for (const { projectId } of await listRotations(ctx)) {
    while (!signal.aborted && (await step(ctx, projectId)) === 'again') continue
  }
}

/** One batch. `waiting`: for a sync that is running, or for an operator. */
async function step(ctx: Context, projectId: string): Promise<'again' | 'waiting' | 'done'> {
  const rotation = await ctx.db
    .selectFrom('dataKeyRotations')
    .where('projectId', '=', projectId)
    .selectAll()
    .executeTakeFirst()
  if (!rotation) return 'done'
  const { phase } = rotation
  if (rotation.columns !== COLUMNS) return beginAgain(ctx, projectId)
  if (phase === 'blocked') return 'waiting'
  if (phase === 'digests')
    return (await upgradeStoredDigests(ctx, projectId)).isWaiting ? 'waiting' : end(ctx, rotation)
  await maintain(ctx, async (tx) => {
    const key = await lockProject(ctx, tx, projectId)
    // Another process may have been faster.
    const at = await tx.selectFrom('dataKeyRotations').where('projectId', '=', projectId).selectAll().executeTakeFirst()
    if (!at || at.phase !== phase || at.cursor !== rotation.cursor) return
    const { rows, cursor, unreadable: found } = await resealBatch(tx, key, phase, at)
    const unreadable = merged(JSON.parse(at.unreadable), found)
    const after: Rotation['phase'] = phase === 'trash' && unreadable.length > 0 ? 'blocked' : AFTER[phase]
    const next: Pick<Rotation, 'phase' | 'cursor'> = cursor === null ? { phase: after, cursor: '' } : { phase, cursor }
    if (cursor === null && after === 'blocked')
      ctx.log.error(
        { projectId, unreadable: await describeUnreadable(tx, unreadable) },
        'the rotation of a data key cannot end: stored texts cannot be decrypted. Mend them, or run keyferry admin rotate-data-key with --discard-unreadable',
      )
    await tx
      .updateTable('dataKeyRotations')
      .set({ ...next, done: at.done + rows, unreadable: JSON.stringify(unreadable) })
      .where('projectId', '=', projectId)
      .execute()
  })
  return 'again'
}

/** An earlier version began it, which did not know every sealed column of this one. */
async function beginAgain(ctx: Context, projectId: string): Promise<'again'> {
  await maintain(ctx, async (tx) => {
    await lockProject(ctx, tx, projectId)
    await tx
      .updateTable('dataKeyRotations')
      .set({ phase: 'secrets', cursor: '', columns: COLUMNS, unreadable: '[]' })
      .where('projectId', '=', projectId)
      .execute()
  })
  return 'again'
}

/** Everything is sealed and digested under the present generation: the earlier ones are thrown away. */
async function end(ctx: Context, rotation: Rotation): Promise<'done'> {
  const { projectId } = rotation
  await maintain(ctx, async (tx) => {
    await lockProject(ctx, tx, projectId)
    const { numDeletedRows } = await tx
      .deleteFrom('dataKeyRotations')
      .where('projectId', '=', projectId)
      .where('startedAt', '=', rotation.startedAt)
      .executeTakeFirst()
    if (numDeletedRows === 0n) return
    await changeKey(ctx, tx, projectId, 'retire')
    await audit(ctx, tx, SYSTEM, 'project.data-key-rotated', projectId, {
      rows: rotation.done,
      startedBy: rotation.startedBy,
    })
  })
  return 'done'
}

/** The project's key gets a new generation, or loses the earlier ones. The caller holds the project. */
async function changeKey(ctx: Context, tx: Tx, projectId: string, change: 'renew' | 'retire'): Promise<void> {
  const { dataKey } = await tx
    .selectFrom('projects')
    .where('id', '=', projectId)
    .select('dataKey')
    .executeTakeFirstOrThrow()
  await tx
    .updateTable('projects')
    .set({ dataKey: ctx.keyring[change](projectId, dataKey) })
    .where('id', '=', projectId)
    .execute()
}
