/** Where people want alerts about failing syncs. */
import { randomBytes, randomUUID } from 'node:crypto'
import {
  audit,
  BadRequest,
  Invalid,
  findProject,
  NotFound,
  timestamp,
  transactChecked,
  type Actor,
  type Context,
  type Tx,
} from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { warnOfPlainHttp } from '@keyferry/kernel/network'
import { mailAddress, shownUrl, webhookUrl } from './address.ts'
import { noticeOf, OF_NO_SYNC } from './outbox.ts'
import { recipientOf, sealWebhook, send, type NoticeTarget, type Recipient } from './send.ts'
import { ANSWERS } from './retry.ts'
import type { DeliveryProblem } from './webhook.ts'

type Shown = z.output<typeof schemas.noticeTarget>
type Tested = z.output<typeof schemas.noticeTested>

/** Oldest first; with `projectId` those that receive alerts of that project, the instance's included. */
export async function listNoticeTargets(
  ctx: Context,
  _actor: Actor,
  { projectId }: { projectId?: string },
): Promise<Shown[]> {
  const rows = await ctx.db
    .selectFrom('noticeTargets')
    .$call((query) =>
      projectId === undefined
        ? query
        : query.where((eb) => eb.or([eb('projectId', 'is', null), eb('projectId', '=', projectId)])),
    )
    .orderBy('createdAt')
    .orderBy('id')
    .selectAll()
    .execute()
  return rows.map(shown)
}

/** Of the instance, and of each project: every alert is stored and sent once for each of them. */
const MAX_TARGETS = 100

/**
 * Adds a target. Throws `Invalid` (address), `NotFound` (project), and `BadRequest` for email where it is not set up,
 * or where there are `MAX_TARGETS` already.
 */
export async function createNoticeTarget(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.createNoticeTarget>,
): Promise<z.output<typeof schemas.createdNoticeTarget>> {
  refuseDeliveries(input)
  const projectId = input.projectId ?? null
  const id = randomUUID()
  if (projectId !== null) await findProject(ctx.db, projectId)
  const recipient = newRecipient(ctx, input)
  const row = {
    id,
    projectId,
    name: input.name ?? null,
    kind: input.kind,
    address: recipient.kind === 'email' ? recipient.address : shownUrl(new URL(recipient.url)),
    secret: recipient.kind === 'email' ? null : await sealWebhook(ctx, id, { url: recipient.url, key: recipient.key }),
    deliveries: input.deliveries === true ? (1 as const) : (0 as const),
    problem: null,
    ...ANSWERS,
    deliveredAt: null,
    createdAt: timestamp(ctx),
    createdBy: actor.name,
  }
  await transactChecked(ctx, async (tx) => {
    await refuseTooMany(tx, projectId)
    await tx.insertInto('noticeTargets').values(row).execute()
    await audit(ctx, tx, actor, 'notice-target.create', projectId, {
      targetId: id,
      ...(row.name === null ? {} : { name: row.name }),
      kind: row.kind,
      address: row.address,
    })
  })
  return { ...shown(row), secret: recipient.kind === 'webhook' ? recipient.key : null }
}

async function refuseTooMany(tx: Tx, projectId: string | null): Promise<void> {
  const { present } = await tx
    .selectFrom('noticeTargets')
    .where('projectId', 'is not distinct from', projectId)
    .select((eb) => eb.fn.countAll<number | string>().as('present'))
    .executeTakeFirstOrThrow()
  if (Number(present) < MAX_TARGETS) return
  const scope = projectId === null ? 'The instance' : 'This project'
  throw new BadRequest(
    `${scope} has ${MAX_TARGETS} alert recipients already. Remove one, or send alerts to a mailing list or a channel.`,
  )
}

/** Removes a target and what is still on its way to it. Throws `NotFound`. */
export async function deleteNoticeTarget(
  ctx: Context,
  actor: Actor,
  { targetId }: { targetId: string },
): Promise<Shown> {
  const row = await find(ctx, targetId)
  await transactChecked(ctx, async (tx) => {
    const { numDeletedRows } = await tx.deleteFrom('noticeTargets').where('id', '=', targetId).executeTakeFirst()
    if (numDeletedRows === 0n) throw noSuchTarget(targetId)
    await audit(ctx, tx, actor, 'notice-target.delete', row.projectId, {
      targetId,
      kind: row.kind,
      address: row.address,
    })
  })
  return shown(row)
}

/** Sends a test to what is not added yet. Nothing is stored. Throws as `createNoticeTarget`. */
export async function tryNoticeTarget(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.createNoticeTarget>,
): Promise<Tested> {
  if (input.projectId) await findProject(ctx.db, input.projectId)
  return tested(await sendTest(ctx, actor, newRecipient(ctx, input)))
}

/** Sends a test now and says how that went. Throws `NotFound`. */
export async function testNoticeTarget(
  ctx: Context,
  actor: Actor,
  { targetId }: { targetId: string },
): Promise<Tested> {
  const row = await find(ctx, targetId)
  const problem = await sendTest(ctx, actor, await recipientOf(ctx, row))
  const outcome = problem === null ? { problem, ...ANSWERS, deliveredAt: timestamp(ctx) } : { problem: problem.message }
  await ctx.db.updateTable('noticeTargets').set(outcome).where('id', '=', targetId).execute()
  return tested(problem)
}

const tested = (problem: DeliveryProblem | null): Tested =>
  problem === null ? { delivered: true, message: 'It arrived.' } : { delivered: false, message: problem.message }

const sendTest = (ctx: Context, actor: Actor, recipient: Recipient): Promise<DeliveryProblem | null> =>
  send(
    ctx,
    recipient,
    noticeOf({
      id: randomUUID(),
      type: 'test',
      at: timestamp(ctx),
      reason: { code: 'test', by: actor.name },
      ...OF_NO_SYNC,
    }),
  )

/** Throws `Invalid` (address, secret), and `BadRequest` for email where it is not set up. */
function newRecipient(ctx: Context, { kind, address, secret }: z.output<typeof schemas.createNoticeTarget>): Recipient {
  if (kind === 'email') {
    if (!ctx.mail) throw new BadRequest('Email is not set up. Start Keyferry with SMTP_URL and MAIL_FROM.')
    return { kind, address: mailAddress(address) }
  }
  const url = webhookUrl(ctx.network, address)
  warnOfPlainHttp(ctx.log, url.origin)
  if (kind === 'pagerduty' && secret === undefined)
    throw new Invalid([{ path: ['secret'], message: 'Integration key is required' }])
  return { kind, url: url.href, key: secret ?? randomBytes(32).toString('base64url') }
}

async function find(ctx: Context, targetId: string): Promise<NoticeTarget> {
  const row = await ctx.db.selectFrom('noticeTargets').where('id', '=', targetId).selectAll().executeTakeFirst()
  if (!row) throw noSuchTarget(targetId)
  return row
}

const noSuchTarget = (targetId: string): NotFound => new NotFound(`There is no alert recipient with the ID ${targetId}`)

/** People and on-call services get alerts of trouble only, not of every version that arrives. */
function refuseDeliveries({ kind, deliveries }: z.output<typeof schemas.createNoticeTarget>): void {
  if (deliveries !== true || kind === 'webhook') return
  throw new Invalid([{ path: ['deliveries'], message: 'Only a webhook can get the deliveries of secrets' }])
}

const shown = ({
  id,
  projectId,
  name,
  kind,
  address,
  deliveries,
  problem,
  deliveredAt,
  createdAt,
}: NoticeTarget): Shown => ({
  id,
  projectId,
  name,
  kind,
  address,
  deliveries: deliveries === 1,
  problem,
  deliveredAt,
  createdAt,
})
