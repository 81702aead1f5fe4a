/** Where people want alerts about failing syncs. */
import { randomBytes, randomUUID } from 'node:crypto'
import { audit, BadRequest, NotFound, timestamp, transactChecked, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { warnOfPlainHttp } from '@keyferry/kernel/network'
import { mailAddress, shownUrl, webhookUrl } from './address.ts'
import { sealWebhook, send, type NoticeTarget } from './send.ts'

type Shown = z.output<typeof schemas.noticeTarget>

/** Oldest first; with `projectId` those that receive alerts of that project, the instance's included. */
export async function listNoticeTargets(
  ctx: Context,
  _actor: Actor,
  { projectId }: { projectId?: string },
): Promise<Shown[]> {
  const rows = await ctx.db
    .selectFrom('noticeTargets')
    .$if(projectId !== undefined, (query) =>
      query.where((eb) => eb.or([eb('projectId', 'is', null), eb('projectId', '=', projectId ?? '')])),
    )
    .orderBy('createdAt')
    .selectAll()
    .execute()
  return rows.map(shown)
}

/**
 * Adds a target. Throws `Invalid` (address), `NotFound` (project), and `BadRequest` for e-mail where it is not set up.
 */
export async function createNoticeTarget(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.createNoticeTarget>,
): Promise<z.output<typeof schemas.createdNoticeTarget>> {
  const projectId = input.projectId ?? null
  const id = randomUUID()
  if (projectId !== null) await refuseMissingProject(ctx, projectId)
  const { address, sealed, secret } =
    input.kind === 'email' ? forMail(ctx, input.address) : await forWebhook(ctx, id, input)
  const row = {
    id,
    projectId,
    kind: input.kind,
    address,
    secret: sealed,
    problem: null,
    deliveredAt: null,
    createdAt: timestamp(ctx),
    createdBy: actor.name,
  }
  await transactChecked(ctx, async (tx) => {
    await tx.insertInto('noticeTargets').values(row).execute()
    await audit(ctx, tx, actor, 'notice-target.create', projectId, { targetId: id, kind: row.kind, address })
  })
  return { ...shown(row), secret }
}

/** Removes a target and what is still on its way to it. Throws `NotFound`. */
export async function deleteNoticeTarget(
  ctx: Context,
  actor: Actor,
  { targetId }: { targetId: string },
): Promise<Shown> {
  const row = await find(ctx, targetId)
  await transactChecked(ctx, async (tx) => {
    await tx.deleteFrom('noticeTargets').where('id', '=', targetId).execute()
    await audit(ctx, tx, actor, 'notice-target.delete', row.projectId, {
      targetId,
      kind: row.kind,
      address: row.address,
    })
  })
  return shown(row)
}

/** Sends a test now and says how that went. Throws `NotFound`. */
export async function testNoticeTarget(
  ctx: Context,
  actor: Actor,
  { targetId }: { targetId: string },
): Promise<z.output<typeof schemas.noticeTested>> {
  const row = await find(ctx, targetId)
  const problem = await send(ctx, row, {
    id: randomUUID(),
    type: 'test',
    at: timestamp(ctx),
    message: `${actor.name} requested this test. When a sync fails, an alert like this one comes here.`,
    project: { id: row.projectId ?? '', name: '' },
    sync: { id: '', name: '', destination: '', target: '', environment: '', secretPath: '' },
    run: { id: '', state: '', counts: null },
  })
  const outcome = problem === null ? { problem, deliveredAt: timestamp(ctx) } : { problem }
  await ctx.db.updateTable('noticeTargets').set(outcome).where('id', '=', targetId).execute()
  return problem === null ? { delivered: true, message: 'It arrived.' } : { delivered: false, message: problem }
}

function forMail(ctx: Context, address: string) {
  if (!ctx.mail) throw new BadRequest('E-mail is not set up: start Keyferry with SMTP_URL and MAIL_FROM')
  return { address: mailAddress(address), sealed: null, secret: null }
}

async function forWebhook(ctx: Context, id: string, input: { address: string; secret?: string | undefined }) {
  const url = webhookUrl(ctx.network, input.address)
  warnOfPlainHttp(ctx.log, url.origin)
  const secret = input.secret ?? randomBytes(32).toString('base64url')
  return { address: shownUrl(url), sealed: await sealWebhook(ctx, id, { url: url.href, key: secret }), secret }
}

async function find(ctx: Context, targetId: string): Promise<NoticeTarget> {
  const row = await ctx.db.selectFrom('noticeTargets').where('id', '=', targetId).selectAll().executeTakeFirst()
  if (!row) throw new NotFound(`There is no notice target with the id ${targetId}`)
  return row
}

async function refuseMissingProject(ctx: Context, projectId: string): Promise<void> {
  const project = await ctx.db.selectFrom('projects').where('id', '=', projectId).select('id').executeTakeFirst()
  if (!project) throw new NotFound(`There is no project with the id ${projectId}`)
}

const shown = ({ id, projectId, kind, address, problem, deliveredAt, createdAt }: NoticeTarget): Shown => ({
  id,
  projectId,
  kind,
  address,
  problem,
  deliveredAt,
  createdAt,
})
