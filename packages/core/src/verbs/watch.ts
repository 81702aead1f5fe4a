/** Live events as one person or machine may see them. */
import { placesOf, readAccess, type Call } from '@keyferry/access'
import type { Actor, Context } from '@keyferry/kernel'
import type { LiveEvent } from '@keyferry/schemas'
import { allows, isMember, type Access, type Action, type Resource } from '@keyferry/schemas/policy'
import { isOutOfReach, reachedOf } from '@keyferry/vault'
import { readableSyncs } from '../sync/readable-syncs.ts'

export interface WatchCall extends Call {
  /** Aborts when the client leaves. */
  signal: AbortSignal
  /** Who the credential of the request belongs to now; null once it ended. Counts as no use of it. */
  authenticate: () => Promise<Actor | null>
}

/** Milliseconds after which the credential is checked again when nothing happens. */
export const AUTHENTICATED_EVERY_MS = 60_000

/**
 * The feed is open. What was read within `quietMs` milliseconds before it stands, settings aside; zero: nothing is
 * known of that.
 */
export interface Opened {
  kind: 'opened'
  quietMs: number
}

/**
 * The events of a project whose folder or sync is in reach, from the moment this resolves: what a client reads after
 * that is followed by an event when it changes. `saysOpened`: the first item is no event but `Opened`. Ends when the
 * client leaves, the credential ends or the membership does: both are checked again before each event and every minute.
 * What fails once the client has left is nothing. Throws `Unavailable` when events were missed. Events name what to
 * read again; a client that was away reads everything again.
 */
export async function watchProject(
  ctx: Context,
  actor: Actor,
  { projectId, saysOpened = false }: { projectId: string; saysOpened?: boolean | undefined },
  { signal, authenticate }: WatchCall,
): Promise<AsyncIterable<LiveEvent | Opened>> {
  const over = new AbortController()
  // Before anything is read: an event between reading and listening would be lost.
  const events = ctx.events.subscribe(projectId, AbortSignal.any([signal, over.signal]))
  const quietMs = ctx.events.quietMs(projectId)
  const current = async (): Promise<Access | null> => {
    const now = await authenticate()
    const access = now?.id === actor.id ? await readAccess(ctx.db, actor) : null
    return access && isMember(access, projectId) ? access : null
  }
  const known = new Set<string>()
  let atStart: Access | null = null
  try {
    const access = await current()
    atStart = access
    if (access) for (const { id } of await readableSyncs(ctx, access, projectId)) known.add(id)
    else over.abort()
  } catch (error) {
    over.abort()
    if (!signal.aborted) throw error
  }

  return (async function* () {
    const timer = setInterval(() => {
      void current().then(
        (access) => access ?? over.abort(),
        // A store that is away ends no stream.
        () => undefined,
      )
    }, AUTHENTICATED_EVERY_MS)
    try {
      // When something happens out of reach is not theirs to know.
      const seesAll = atStart !== null && allows(atStart, 'secrets.read-names', { kind: 'project', projectId })
      if (saysOpened) yield { kind: 'opened', quietMs: seesAll ? quietMs : 0 }
      for await (const event of events) {
        const access = await current()
        if (!access) return
        const roles = { access, atStart: atStart ?? access }
        const seen = await (event.kind === 'settings'
          ? settingsInReach(actor, roles, event)
          : inReach(ctx, roles, event, known))
        if (seen) yield seen
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      clearInterval(timer)
    }
  })()
}

interface Roles {
  access: Access
  atStart: Access
}
type SettingsEvent = Extract<LiveEvent, { kind: 'settings' }>

/** Who changed it is said to nobody. */
function settingsInReach(actor: Actor, roles: Roles, event: SettingsEvent): SettingsEvent | null {
  const isSeen = event.actorId === actor.id || maySee(roles, event)
  return isSeen ? { ...event, actorId: '' } : null
}

/** Whether they read what was changed. */
function maySee({ access, atStart }: Roles, { projectId, about }: SettingsEvent): boolean {
  if (projectId === null) return allows(access, 'instance.manage', { kind: 'instance' })
  // One that is deleted is in no role any more.
  if (about === 'project') return isMember(access, projectId) || isMember(atStart, projectId)
  return allows(access, READ_BY[about], { kind: 'project', projectId })
}

/** What a role needs in the whole project. */
const READ_BY: Record<Exclude<SettingsEvent['about'], 'project'>, Action> = {
  environments: 'secrets.read-names',
  people: 'members.manage',
  machines: 'members.manage',
  connections: 'connections.read',
  instance: 'instance.manage',
}

/**
 * `atStart`, `known`: the roles, and the syncs in reach, when the stream began. What is deleted is in no role's scopes
 * any more.
 */
async function inReach(
  ctx: Context,
  { access, atStart }: Roles,
  event: Exclude<LiveEvent, SettingsEvent>,
  known: Set<string>,
): Promise<LiveEvent | null> {
  const { projectId } = event
  if (allows(access, 'secrets.read-names', { kind: 'project', projectId })) return event
  if (event.kind === 'deletion-ended') {
    const { subject, environment, secretPath, outcome } = event
    if (subject === 'project') return event
    if (environment === null) return null
    const reach = subject === 'environment' && outcome === 'deleted' ? atStart : access
    const place: Resource = { kind: 'folder', projectId, environment, path: secretPath ?? '/' }
    return allows(reach, 'secrets.read-names', place) ? event : null
  }
  // The sync is gone, and its place with it.
  if (event.kind === 'sync-deleted') return known.delete(event.syncId) ? event : null
  if (event.kind === 'pauses') return event
  if (event.kind === 'secrets') {
    const [place] = await placesOf(ctx.db, [event.folderId])
    return place && allows(access, 'secrets.read-names', place) ? event : null
  }
  const sync = await ctx.db
    .selectFrom('syncs')
    .where('id', '=', event.syncId)
    .select(['folderId', 'reached'])
    .executeTakeFirst()
  const [source] = sync ? await placesOf(ctx.db, [sync.folderId]) : []
  if (!sync || !source || !allows(access, 'syncs.read', source)) return null
  known.add(event.syncId)
  // Sums are results too.
  const results = { reached: reachedOf(sync), source: sync.folderId }
  const isHidden = await isOutOfReach({ db: ctx.db, caller: { access } }, projectId, results)
  return isHidden ? { ...event, done: 0, total: 0 } : event
}
