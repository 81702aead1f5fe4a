/** Pausing syncs, one, a project's or all, and resuming them. */
import { audit, BadRequest, timestamp, transactChecked, type Actor, type Context } from '@keyferry/kernel'
import type { AuditAction, pause as pauseSchema, pauseSyncs } from '@keyferry/schemas'
import type { z } from 'zod'
import { dueSyncs } from '../sync/due.ts'
import { findSync, syncRow, type SyncAddress } from '../sync/find.ts'
import { pausesOfProject, readPauses, setPause, WHOLE_INSTANCE } from '../sync/pauses.ts'
import type { SyncRow } from '../sync/row.ts'

export type Pause = z.output<typeof pauseSchema>
type Reason = z.output<typeof pauseSyncs>

interface Subject {
  subject: string
  projectId: string | null
  /** What the audit row says of it. */
  details: Record<string, unknown>
}

/** Throws `BadRequest` for an end that has passed. A second pause of the same subject replaces the first. */
export async function pauseSync(ctx: Context, actor: Actor, input: SyncAddress & Reason): Promise<SyncRow> {
  const sync = await findSync(ctx, input)
  await pause(ctx, actor, subjectOf(sync), input, 'secret-sync-pause')
  return syncRow(ctx, sync.id)
}

/** Ends the pause of one sync; those of its project and the instance stay. */
export async function resumeSync(ctx: Context, actor: Actor, input: SyncAddress): Promise<SyncRow> {
  const sync = await findSync(ctx, input)
  await resume(ctx, actor, subjectOf(sync), 'secret-sync-resume')
  return syncRow(ctx, sync.id)
}

const subjectOf = ({ id, projectId, name }: { id: string; projectId: string; name: string }): Subject => ({
  subject: id,
  projectId,
  details: { syncId: id, name },
})

const ofProject = (projectId: string): Subject => ({ subject: projectId, projectId, details: {} })
const EVERYTHING: Subject = { subject: WHOLE_INSTANCE, projectId: null, details: {} }

/** Like `pauseSync`, for every sync of a project. Answers with the pauses that hold for it. */
export async function pauseProject(
  ctx: Context,
  actor: Actor,
  input: { projectId: string } & Reason,
): Promise<Pause[]> {
  await pause(ctx, actor, ofProject(input.projectId), input, 'project.pause-syncs')
  return listPauses(ctx, actor, input)
}

/** Ends the pause of a project; those of single syncs stay. */
export async function resumeProject(ctx: Context, actor: Actor, input: { projectId: string }): Promise<Pause[]> {
  await resume(ctx, actor, ofProject(input.projectId), 'project.resume-syncs')
  return listPauses(ctx, actor, input)
}

/** Like `pauseSync`, for every sync. */
export async function pauseInstance(ctx: Context, actor: Actor, input: Reason): Promise<Pause[]> {
  await pause(ctx, actor, EVERYTHING, input, 'instance.pause-syncs')
  return pausesOfProject(await readPauses(ctx, ctx.db), null)
}

/** Ends the pause of the instance; those of projects and syncs stay. */
export async function resumeInstance(ctx: Context, actor: Actor, _input: undefined): Promise<Pause[]> {
  await resume(ctx, actor, EVERYTHING, 'instance.resume-syncs')
  return []
}

/** The pauses that hold for the whole project: its own, and that of the instance. */
export async function listPauses(ctx: Context, _actor: Actor, { projectId }: { projectId: string }): Promise<Pause[]> {
  return pausesOfProject(await readPauses(ctx, ctx.db), projectId)
}

async function pause(
  ctx: Context,
  actor: Actor,
  subject: Subject,
  { reason, until }: Reason,
  action: AuditAction,
): Promise<void> {
  if (until !== undefined && until <= timestamp(ctx)) throw new BadRequest(`The end of the pause, ${until}, has passed`)
  const { details, projectId } = subject
  const pause = { why: reason, by: actor.name, since: timestamp(ctx), until: until ?? null }
  await transactChecked(ctx, async (tx) => {
    await setPause(ctx, tx, subject.subject, pause)
    await audit(ctx, tx, actor, action, projectId, { ...details, reason, ...(until === undefined ? {} : { until }) })
  })
  await publish(ctx, projectId)
}

/** What is not paused stays as it is: two people may press Resume, and a script may repeat it. */
async function resume(
  ctx: Context,
  actor: Actor,
  { subject, projectId, details }: Subject,
  action: AuditAction,
): Promise<void> {
  await transactChecked(ctx, async (tx) => {
    if (await setPause(ctx, tx, subject, null)) await audit(ctx, tx, actor, action, projectId, details)
  })
  await ctx.queue.wake(await dueSyncs(ctx))
  await publish(ctx, projectId)
}

/** Screens of the project, or of every project, show it. */
async function publish(ctx: Context, projectId: string | null): Promise<void> {
  const projects = projectId === null ? await ctx.db.selectFrom('projects').select('id').execute() : [{ id: projectId }]
  for (const { id } of projects) ctx.events.publish({ kind: 'pauses', projectId: id })
}
