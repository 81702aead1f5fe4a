/** The notification centre of one person: what happened to the syncs that they may see, and what they have read. */
import { inList, type Db } from '@keyferry/db'
import { BadRequest, timestamp, transactChecked, type Actor, type Context, type Tx } from '@keyferry/kernel'
import {
  kindOfNotice,
  NOTIFICATION_KINDS,
  noticeReason,
  noticeReasonText,
  notificationDelivery,
  type NoticeType,
  type notification,
  type notificationInbox,
  type notificationPreferences,
} from '@keyferry/schemas'
import { allows, type Access } from '@keyferry/schemas/policy'
import { areOutOfReach } from '@keyferry/vault'
import type { z } from 'zod'

type Notification = z.output<typeof notification>
type Preferences = z.output<typeof notificationPreferences>

/** Unread ones are counted up to here. */
const COUNTED = 99

interface Page {
  /** Only older ones. */
  before?: string | undefined
  limit: number
}

/** Newest first. What concerns folders that the caller can't read is without its reason. */
export async function listInbox(
  ctx: Context,
  actor: Actor,
  page: Page,
  { access }: { access: Access },
): Promise<z.output<typeof notificationInbox>> {
  const readAt = await readUpTo(ctx.db, actor)
  const preferences = await readPreferences(ctx, actor)
  const mayShow = (row: EventRow): boolean => maySee(access, row) && isWanted(preferences, row)
  const rows = await visible(ctx, access, mayShow, page)
  const shown = rows.slice(0, page.limit)
  const unread = await visible(ctx, access, mayShow, { limit: COUNTED, after: readAt })
  return {
    notifications: await toNotifications(ctx, shown, readAt),
    unread: Math.min(unread.length, COUNTED),
    next: rows.length > page.limit ? cursorOf(shown.at(-1)) : null,
  }
}

/** Everything up to `upTo` is read. What was read before stays so. */
export async function markInboxRead(
  ctx: Context,
  actor: Actor,
  { upTo }: { upTo: string },
): Promise<{ readAt: string }> {
  return transactChecked(ctx, async (tx) => {
    const before = await readUpTo(tx, actor)
    const now = timestamp(ctx)
    const readAt = [before, upTo < now ? upTo : now].toSorted().at(-1) ?? upTo
    await tx
      .insertInto('notificationReads')
      .values({ userId: actor.id, readAt })
      .onConflict((conflict) => conflict.column('userId').doUpdateSet({ readAt }))
      .execute()
    return { readAt }
  })
}

/** As the person chose; of each kind that they chose nothing for, the console only. */
export async function readPreferences({ db, mail }: Context, { id }: Actor): Promise<Preferences> {
  const rows = await db
    .selectFrom('notificationPreferences')
    .where('userId', '=', id)
    .select(['kind', 'delivery'])
    .execute()
  const chosen = new Map(rows.map(({ kind, delivery }) => [kind, delivery]))
  const of = (kind: string) => notificationDelivery.catch('console').parse(chosen.get(kind))
  return {
    failed: of('failed'),
    blocked: of('blocked'),
    approval: of('approval'),
    drifted: of('drifted'),
    recovered: of('recovered'),
    canMail: mail !== null,
  }
}

/** Changes what is given. Throws `BadRequest` for email where it is not set up. */
export async function setPreferences(
  ctx: Context,
  actor: Actor,
  input: Partial<Omit<Preferences, 'canMail'>>,
): Promise<Preferences> {
  if (!ctx.mail && Object.values(input).includes('mail'))
    throw new BadRequest('Email is not set up. Start Keyferry with SMTP_URL and MAIL_FROM.')
  await transactChecked(ctx, async (tx) => {
    for (const kind of NOTIFICATION_KINDS) {
      const delivery = input[kind]
      if (delivery === undefined) continue
      await tx
        .insertInto('notificationPreferences')
        .values({ userId: actor.id, kind, delivery })
        .onConflict((conflict) => conflict.columns(['userId', 'kind']).doUpdateSet({ delivery }))
        .execute()
    }
  })
  return readPreferences(ctx, actor)
}

const readUpTo = async (db: Db | Tx, { id }: Actor): Promise<string> =>
  (await db.selectFrom('notificationReads').where('userId', '=', id).select('readAt').executeTakeFirst())?.readAt ?? ''

interface Asked {
  before?: string | undefined
  after?: string
  limit: number
}

/** Rows that are read at a time: of a person with narrow rights, few of them are shown. */
const BATCH = 200
/** Rows that one call looks at: a person with few rights does not make it read everything. */
const MOST = 2_000

/** Up to `limit` and one more, newest first. */
async function visible(
  ctx: Context,
  access: Access,
  mayShow: (row: EventRow) => boolean,
  { before, after, limit }: Asked,
): Promise<EventRow[]> {
  const found: EventRow[] = []
  let last = before
  for (let read = 0; read < MOST && found.length <= limit; read += BATCH) {
    const rows = await events(ctx, access, last, after)
    found.push(...rows.filter(mayShow))
    last = cursorOf(rows.at(-1)) ?? undefined
    // Fewer than were read: those that were changed outside Keyferry are left out.
    if (rows.length === 0) break
  }
  return found.slice(0, limit + 1)
}

type EventRow = Awaited<ReturnType<typeof events>>[number]

/** Several may have the same time. */
const cursorOf = (row: EventRow | undefined): string | null => (row ? `${row.at} ${row.id}` : null)

/** Those of projects that the caller knows, before the cursor `before`. */
function events(ctx: Context, access: Access, before: string | undefined, after: string | undefined) {
  const everywhere = access.instanceAdmin
  const [beforeAt = '', beforeId = ''] = before?.split(' ') ?? []
  return selectEvents(ctx)
    .$if(!everywhere, (query) =>
      query.where((eb) => inList(ctx.db, eb.ref('syncEvents.projectId'), [...access.grants.keys()])),
    )
    .$if(before !== undefined, (query) =>
      query.where((eb) =>
        eb.or([
          eb('syncEvents.at', '<', beforeAt),
          eb.and([eb('syncEvents.at', '=', beforeAt), eb('syncEvents.id', '<', beforeId)]),
        ]),
      ),
    )
    .$call((query) => (after === undefined ? query : query.where('syncEvents.at', '>', after)))
    .where('syncEvents.at', '<=', timestamp(ctx))
    .orderBy('syncEvents.at', 'desc')
    .orderBy('syncEvents.id', 'desc')
    .limit(BATCH)
    .execute()
}

const selectEvents = (ctx: Context) =>
  ctx.db
    .selectFrom('syncEvents')
    .innerJoin('syncs', 'syncs.id', 'syncEvents.syncId')
    .innerJoin('folders', 'folders.id', 'syncs.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .innerJoin('projects', 'projects.id', 'environments.projectId')
    .select([
      'syncEvents.id',
      'syncEvents.type',
      'syncEvents.reason',
      'syncEvents.reached',
      'syncEvents.at',
      'syncs.id as syncId',
      'syncs.name as syncName',
      'syncs.destination',
      'syncs.folderId',
      'projects.id as projectId',
      'projects.name as projectName',
      'environments.slug as environment',
      'folders.path',
    ])

/** One event as this person sees it; null when they may not. `ctx.caller` is theirs. */
export async function notificationOf(ctx: Context, access: Access, eventId: string): Promise<Notification | null> {
  const row = await selectEvents(ctx).where('syncEvents.id', '=', eventId).executeTakeFirst()
  return row && maySee(access, row) ? ((await toNotifications(ctx, [row], ''))[0] ?? null) : null
}

const maySee = (access: Access, { projectId, environment, path }: EventRow): boolean =>
  allows(access, 'syncs.read', { kind: 'folder', projectId, environment, path })

const happened = ({ type, reason }: EventRow) => ({
  type: type as NoticeType,
  reason: reason === null ? null : noticeReason.parse(JSON.parse(reason)),
})

function isWanted(preferences: Preferences, row: EventRow): boolean {
  const kind = kindOfNotice(happened(row))
  return kind === null || preferences[kind] !== 'none'
}

async function toNotifications(ctx: Context, rows: readonly EventRow[], readAt: string): Promise<Notification[]> {
  const hidden = new Set<EventRow>()
  for (const [projectId, own] of Map.groupBy(rows, (row) => row.projectId)) {
    const results = own.map(({ reached, folderId }) => ({ reached, source: folderId }))
    const beyond = await areOutOfReach(ctx, projectId, results)
    for (const [at, row] of own.entries()) if (beyond[at] !== false) hidden.add(row)
  }
  return rows.map((row) => toNotification(row, { readAt, isHidden: hidden.has(row) }))
}

function toNotification(row: EventRow, { readAt, isHidden }: { readAt: string; isHidden: boolean }): Notification {
  const { type, reason } = happened(row)
  const shown = isHidden ? null : reason
  return {
    id: row.id,
    type,
    at: row.at,
    reason: shown,
    message: shown ? noticeReasonText(shown) : '',
    project: { id: row.projectId, name: row.projectName },
    sync: { id: row.syncId, name: row.syncName, destination: row.destination },
    unread: row.at > readAt,
  }
}
