/** Where notices wait until they arrived: written in the transaction of what they tell of. */
import { randomUUID } from 'node:crypto'
import { timestamp, type Context, type Tx } from '@keyferry/kernel'
import { noticeReasonText, type notice, type NoticeReason } from '@keyferry/schemas'
import type { z } from 'zod'
import { destination } from '../destinations/registry.ts'
import type { DueSync } from '../sync/due.ts'
import { recordEvent } from './sync-events.ts'

export type NoticeBody = z.output<typeof notice>

/** As it waits: its words are made when it is sent. */
type Stored = Omit<NoticeBody, 'message'>

/** What there is to tell of a sync. */
export type Told = Pick<NoticeBody, 'type' | 'reason' | 'run'>

/** The notice with its words. */
export const noticeOf = (stored: Stored): NoticeBody => ({
  ...stored,
  message: stored.reason ? noticeReasonText(stored.reason) : '',
})

/** A notice from its row. Earlier versions stored the words. */
export function readNotice(row: string): NoticeBody {
  const stored: Omit<Stored, 'reason'> & Partial<NoticeBody> = JSON.parse(row)
  const { reason = null, message = '' } = stored
  return reason ? noticeOf({ ...stored, reason }) : { ...stored, reason, message }
}

/** Of a notice that is about no sync. */
export const OF_NO_SYNC: Pick<NoticeBody, 'project' | 'sync' | 'run'> = {
  project: { id: '', name: '' },
  sync: { id: '', name: '', destination: '', target: '', environment: '', secretPath: '' },
  run: { id: '', state: '', counts: null },
}

/** One row per target of the instance, to go out at once; false when there is none to tell. */
export async function enqueueOfInstance(
  ctx: Context,
  tx: Tx,
  told: Pick<NoticeBody, 'type' | 'reason'>,
): Promise<boolean> {
  const targets = await tx.selectFrom('noticeTargets').where('projectId', 'is', null).select('id').execute()
  return insertNotices(ctx, tx, targets, { ...told, ...OF_NO_SYNC }, timestamp(ctx))
}

/** One row per webhook that asks for the deliveries of this project. */
export async function enqueueDelivered(
  ctx: Context,
  tx: Tx,
  project: NoticeBody['project'],
  reason: Extract<NoticeReason, { code: 'secrets-delivered' }>,
): Promise<void> {
  const targets = await tx
    .selectFrom('noticeTargets')
    .where('deliveries', '=', 1)
    .where((eb) => eb.or([eb('projectId', 'is', null), eb('projectId', '=', project.id)]))
    .select('id')
    .execute()
  const told = { type: 'secret.delivered' as const, reason, ...OF_NO_SYNC, project }
  await insertNotices(ctx, tx, targets, told, timestamp(ctx))
}

/** In the notification centre, and one row per target of the sync's project and of the instance, from `sendAt` on. */
export async function enqueue(ctx: Context, tx: Tx, sync: DueSync, told: Told, sendAt: string): Promise<void> {
  await recordEvent(tx, sync, told, sendAt)
  const targets = await tx
    .selectFrom('noticeTargets')
    .where((eb) => eb.or([eb('projectId', 'is', null), eb('projectId', '=', sync.projectId)]))
    .select('id')
    .execute()
  if (targets.length === 0) return
  const place = await tx
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .innerJoin('projects', 'projects.id', 'environments.projectId')
    .where('folders.id', '=', sync.folderId)
    .select(['projects.name as project', 'environments.slug as environment', 'folders.path as secretPath'])
    .executeTakeFirst()
  const body = {
    ...told,
    project: { id: sync.projectId, name: place?.project ?? '' },
    sync: {
      id: sync.id,
      name: sync.name,
      destination: sync.destination,
      target: destination(sync.destination).targetLabel(JSON.parse(sync.target)),
      environment: place?.environment ?? '',
      secretPath: place?.secretPath ?? '',
    },
  }
  await insertNotices(ctx, tx, targets, body, sendAt)
}

async function insertNotices(
  ctx: Context,
  tx: Tx,
  targets: readonly { id: string }[],
  body: Omit<Stored, 'id' | 'at'>,
  sendAt: string,
): Promise<boolean> {
  if (targets.length === 0) return false
  const createdAt = timestamp(ctx)
  const rows = targets.map((target) => {
    const id = randomUUID()
    const whole: Stored = { ...body, id, at: createdAt }
    return {
      id,
      targetId: target.id,
      syncId: body.sync.id,
      type: body.type,
      body: JSON.stringify(whole),
      createdAt,
      attempts: 0,
      sendAt,
    }
  })
  await tx.insertInto('notices').values(rows).execute()
  return true
}
