/**
 * Rotation of a project's data key. It begins with a new generation of the key, which seals everything from that
 * moment; what older ones sealed is sealed reseal in the background, a batch per transaction, and the older ones are
 * thrown away at the end. Both can be opened at any time, so a crash anywhere leaves nothing behind but work to
 * continue with. While a text remains that could not be decrypted the older ones stay: the rotation is blocked, and
 * says what it is.
 *
 * Syncs see no change: a digest of the ledger is brought up to the new generation without its value (see
 * crypto/data-key), under the lease of its target, so that no run compares digests of two generations; a run that comes
 * earlier lifts what it reads.
 */
import { createHash, randomUUID } from 'node:crypto'
import type { KeyRotationTable } from '@keyferry/db'
import {
  audit,
  BadRequest,
  maintain,
  DecryptionError,
  SYSTEM,
  timestamp,
  type Actor,
  type Context,
  type DataKey,
  type Tx,
} from '@keyferry/kernel'
import { headedFolders, headSealedAs, trashMark, trashMarked } from '@keyferry/kernel/authority'
import { lockProject, resealTrashRow, associatedData } from '@keyferry/vault'
import type { Selectable } from 'kysely'
import { takeLease } from '../lease/lease.ts'
import { describeUnreadable, merged, unreadableAt, type Unreadable } from './unreadable.ts'

type Rotation = Selectable<KeyRotationTable>

/** Rows of one transaction are few, so that writers do not wait long. */
const BATCH = 200
const LEDGER_BATCH = 1000

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
        `The data key of this project is being rotated since ${present.startedAt}. Wait until that is done.`,
      )
    const { dataKey } = await tx
      .selectFrom('projects')
      .where('id', '=', projectId)
      .select('dataKey')
      .executeTakeFirstOrThrow()
    await tx
      .updateTable('projects')
      .set({ dataKey: ctx.keyring.renew(projectId, dataKey) })
      .where('id', '=', projectId)
      .execute()
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
    .execute()
  return Promise.all(
    rows.map(async ({ phase, unreadable, ...row }) => ({
      ...row,
      unreadable: phase === 'blocked' ? await describeUnreadable(ctx.db, JSON.parse(unreadable)) : [],
    })),
  )
}

/**
 * Continues with every rotation until it is done, is blocked, waits for a running sync, or `signal` aborts. Safe to
 * call at any time, from any process.
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
  if (phase === 'digests') return liftDigests(ctx, rotation)
  await maintain(ctx, async (tx) => {
    const key = await lockProject(ctx, tx, projectId)
    // Another process may have been faster.
    const at = await tx.selectFrom('dataKeyRotations').where('projectId', '=', projectId).selectAll().executeTakeFirst()
    if (!at || at.phase !== phase || at.cursor !== rotation.cursor) return
    const found: Unreadable[] = []
    const ids = await reseal[phase](tx, resealer(key, found), at, key)
    const unreadable = merged(JSON.parse(at.unreadable), found)
    const after: Rotation['phase'] = phase === 'trash' && unreadable.length > 0 ? 'blocked' : AFTER[phase]
    const next: Pick<Rotation, 'phase' | 'cursor'> =
      ids.length < BATCH ? { phase: after, cursor: '' } : { phase, cursor: ids.at(-1) ?? '' }
    if (ids.length < BATCH && after === 'blocked')
      ctx.log.error(
        { projectId, unreadable: await describeUnreadable(tx, unreadable) },
        'the rotation of a data key cannot end: stored texts cannot be decrypted. Mend them, or run keyferry admin rotate-data-key with --discard-unreadable',
      )
    await tx
      .updateTable('dataKeyRotations')
      .set({ ...next, done: at.done + ids.length, unreadable: JSON.stringify(unreadable) })
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

/**
 * Every column that a project's data key seals. One that is added here makes rotations that are under way begin again.
 */
const COLUMNS = [
  'secrets.value',
  'secrets.comment',
  'secrets.metadata',
  'secret_versions.value',
  'secret_versions.comment',
  'secret_versions.metadata',
  'trash_rows.content',
  'trash_rows.mark',
  'folders.secrets_head',
].join(' ')

const AFTER = { secrets: 'heads', heads: 'versions', versions: 'trash', trash: 'digests' } as const

type Batch = (tx: Tx, reseal: Reseal, at: Rotation, key: DataKey) => Promise<string[]>
/** The same text under the present generation. */
type Reseal = (sealed: string, belongsTo: readonly string[]) => string

/** Each seals the rows after the cursor reseal, and answers where it got to. */
const reseal: Record<keyof typeof AFTER, Batch> = {
  async secrets(tx, reseal, { projectId, cursor }) {
    const rows = await tx
      .selectFrom('secrets')
      .innerJoin('folders', 'folders.id', 'secrets.folderId')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('environments.projectId', '=', projectId)
      .where('secrets.id', '>', cursor)
      .orderBy('secrets.id')
      .limit(BATCH)
      .select(['secrets.id', 'secrets.folderId', 'secrets.key', 'secrets.version', 'secrets.value'])
      .select(['secrets.comment', 'secrets.metadata'])
      .execute()
    for (const row of rows) {
      const value = reseal(row.value, associatedData('secret', projectId, row))
      const comment = reseal(row.comment, associatedData('comment', projectId, row))
      const metadata = reseal(row.metadata, associatedData('metadata', projectId, row))
      await tx.updateTable('secrets').set({ value, comment, metadata }).where('id', '=', row.id).execute()
    }
    return rows.map((row) => row.id)
  },
  async heads(tx, reseal, { projectId, cursor }) {
    const rows = await headedFolders(tx)
      .where('environments.projectId', '=', projectId)
      .where('folders.id', '>', cursor)
      .orderBy('folders.id')
      .limit(BATCH)
      .execute()
    for (const { id, secretsHead: sealed } of rows) {
      if (sealed === null) continue
      const secretsHead = reseal(sealed, headSealedAs(projectId, id))
      await tx.updateTable('folders').set({ secretsHead }).where('id', '=', id).execute()
    }
    return rows.map(({ id }) => id)
  },
  async versions(tx, reseal, { projectId, cursor }) {
    const rows = await tx
      .selectFrom('secretVersions')
      .innerJoin('folders', 'folders.id', 'secretVersions.folderId')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('environments.projectId', '=', projectId)
      .where('secretVersions.id', '>', cursor)
      .orderBy('secretVersions.id')
      .limit(BATCH)
      .select([
        'secretVersions.id',
        'secretVersions.folderId',
        'secretVersions.key',
        'secretVersions.version',
        'secretVersions.value',
        'secretVersions.comment',
        'secretVersions.metadata',
      ])
      .execute()
    for (const row of rows) {
      const value = reseal(row.value, associatedData('secret', projectId, row))
      const comment = row.comment && reseal(row.comment, associatedData('comment', projectId, row))
      const metadata = row.metadata && reseal(row.metadata, associatedData('metadata', projectId, row))
      await tx.updateTable('secretVersions').set({ value, comment, metadata }).where('id', '=', row.id).execute()
    }
    return rows.map((row) => row.id)
  },
  async trash(tx, reseal, { projectId, cursor }, key) {
    const [trashId = '', position = '-1'] = cursor.split(' ')
    const rows = await tx
      .selectFrom('trashRows')
      .innerJoin('trash', 'trash.id', 'trashRows.trashId')
      .where('trash.projectId', '=', projectId)
      .where((eb) =>
        eb.or([
          eb('trashId', '>', trashId),
          eb.and([eb('trashId', '=', trashId), eb('position', '>', Number(position))]),
        ]),
      )
      .orderBy('trashId')
      .orderBy('position')
      .limit(BATCH)
      .selectAll('trashRows')
      .execute()
    for (const row of rows) {
      const content = resealTrashRow(row, reseal, projectId)
      // One that was changed outside Keyferry gets no mark by this.
      const marked = trashMarked(key, row)
      const mark = marked ? trashMark(key, { ...row, content }, marked) : row.mark
      if (content === row.content && mark === row.mark) continue
      await tx
        .updateTable('trashRows')
        .set({ content, mark })
        .where('trashId', '=', row.trashId)
        .where('position', '=', row.position)
        .execute()
    }
    return rows.map((row) => `${row.trashId} ${row.position}`)
  },
}

/** What cannot be opened stays as it is, and is added to `unreadable`. */
const resealer =
  (key: DataKey, unreadable: Unreadable[]): Reseal =>
  (sealed, belongsTo) => {
    if (sealed === '' || key.isCurrent(sealed)) return sealed
    try {
      return key.seal(key.open(sealed, ...belongsTo), ...belongsTo)
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
      unreadable.push(unreadableAt(belongsTo))
      return sealed
    }
  }

/** Target by target, under its lease: a run with the older key has ended by then, and the next run has the new key. */
async function liftDigests(ctx: Context, rotation: Rotation): Promise<'again' | 'waiting' | 'done'> {
  const { projectId } = rotation
  const places = await ctx.db
    .selectFrom('ledger')
    .innerJoin('syncs', 'syncs.id', 'ledger.syncId')
    .where('syncs.projectId', '=', projectId)
    .select(['ledger.syncId', 'ledger.targetKey'])
    .distinct()
    .execute()
  const idle = await ctx.db
    .selectFrom('syncs')
    .where('projectId', '=', projectId)
    .select(['id as syncId', 'targetKey'])
    .execute()
  let waiting = false
  for (const place of [...places, ...idle]) {
    const lease = await takeLease(ctx, place.targetKey, randomUUID())
    if (!lease) {
      waiting = true
      continue
    }
    try {
      for (let after: string | null = ''; after !== null;) {
        const from: Parameters<typeof liftSome>[3] = { ...place, after }
        after = await maintain(ctx, (tx) => liftSome(ctx, tx, projectId, from))
        await lease.check()
      }
      await maintain(ctx, (tx) => liftSnapshots(ctx, tx, projectId, place.syncId))
    } finally {
      await lease.release()
    }
  }
  if (waiting) return 'waiting'
  await maintain(ctx, async (tx) => {
    await lockProject(ctx, tx, projectId)
    const { numDeletedRows } = await tx
      .deleteFrom('dataKeyRotations')
      .where('projectId', '=', projectId)
      .where('startedAt', '=', rotation.startedAt)
      .executeTakeFirst()
    if (numDeletedRows === 0n) return
    const { dataKey } = await tx
      .selectFrom('projects')
      .where('id', '=', projectId)
      .select('dataKey')
      .executeTakeFirstOrThrow()
    await tx
      .updateTable('projects')
      .set({ dataKey: ctx.keyring.retire(projectId, dataKey) })
      .where('id', '=', projectId)
      .execute()
    await audit(ctx, tx, SYSTEM, 'project.data-key-rotated', projectId, {
      rows: rotation.done,
      startedBy: rotation.startedBy,
    })
  })
  return 'done'
}

/** The digests and marks of keys after `after`. Resolves to the last of them; null: there are no more. */
async function liftSome(
  ctx: Context,
  tx: Tx,
  projectId: string,
  { syncId, targetKey, after }: { syncId: string; targetKey: string; after: string },
): Promise<string | null> {
  const dataKey = await lockProject(ctx, tx, projectId)
  const rows = await tx
    .selectFrom('ledger')
    .where('syncId', '=', syncId)
    .where('targetKey', '=', targetKey)
    .where('key', '>', after)
    .orderBy('key')
    .select(['key', 'digest', 'mark'])
    .limit(LEDGER_BATCH)
    .execute()
  for (const { key, ...row } of rows) {
    const [digest, mark] = [dataKey.lift(row.digest), dataKey.lift(row.mark)]
    if (digest === row.digest && mark === row.mark) continue
    await tx
      .updateTable('ledger')
      .set({ digest, mark })
      .where('syncId', '=', syncId)
      .where('targetKey', '=', targetKey)
      .where('key', '=', key)
      .execute()
  }
  return rows.length < LEDGER_BATCH ? null : (rows.at(-1)?.key ?? null)
}

interface Content {
  entries?: { digest?: string }[]
}

async function liftSnapshots(ctx: Context, tx: Tx, projectId: string, syncId: string): Promise<void> {
  const key = await lockProject(ctx, tx, projectId)
  const rows = await tx.selectFrom('snapshots').where('syncId', '=', syncId).select(['id', 'content']).execute()
  for (const { id, content: stored } of rows) {
    const parsed: Content = JSON.parse(stored)
    const entries = parsed.entries?.map((entry) =>
      entry.digest === undefined ? entry : { ...entry, digest: key.lift(entry.digest) },
    )
    const content = JSON.stringify({ ...parsed, ...(entries ? { entries } : {}) })
    if (content === stored) continue
    const hash = createHash('sha256').update(content).digest('hex')
    // A run under the new generation may have left the same: they share one from now on.
    const same = await tx
      .selectFrom('snapshots')
      .where('syncId', '=', syncId)
      .where('hash', '=', hash)
      .select('id')
      .executeTakeFirst()
    if (same) {
      await tx.updateTable('runs').set({ snapshotId: same.id }).where('snapshotId', '=', id).execute()
      await tx.deleteFrom('snapshots').where('id', '=', id).execute()
    } else await tx.updateTable('snapshots').set({ content, hash }).where('id', '=', id).execute()
  }
}
