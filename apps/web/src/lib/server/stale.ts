/** Which queries a change makes stale: the only place of the console that invalidates queries. */
import type { Query, QueryKey } from '@tanstack/react-query'
import type { AppRouter } from '@keyferry/api'
import { queryClient } from './trpc.ts'

type Procedures = AppRouter['_def']['record']
type Paths<Type extends 'query' | 'mutation'> = {
  [Noun in keyof Procedures]: {
    [Verb in keyof Procedures[Noun] & string]: Procedures[Noun][Verb] extends { _def: { type: Type } }
      ? `${Noun}.${Verb}`
      : never
  }[keyof Procedures[Noun] & string]
}[keyof Procedures]

/** A query, or every query of a router. */
type Queries = Paths<'query'> | keyof Procedures

/** `feed` is the live feed of a project: it opened, it ended, or it brought an event. */
type Change =
  | Paths<'mutation'>
  | 'session'
  | 'place.deleted'
  | 'federated-auth'
  | `feed.${'opened' | 'settings' | 'ended' | 'secrets' | 'waiting' | 'pauses' | 'sync' | 'connections' | 'running' | 'sync-deleted' | 'deletion-ended' | 'project' | 'environments' | 'people' | 'machines' | 'instance'}`

const CONNECTIONS = ['connections.page', 'connections.get'] as const
/** The syncs of a project: all of them, whatever changed. */
const SYNCS = ['syncs.page', 'syncs.briefs', 'syncs.summary'] as const
const OF_SYNC = ['syncs.get', 'syncs.keys', 'syncs.runs', 'syncs.run', 'syncs.projectRuns', 'syncs.summary'] as const
const SYNC = [...SYNCS, ...OF_SYNC] as const
/** A removal also finds out whether a deletion waits. */
const RUN_ENDED = [...OF_SYNC, 'syncs.plan', 'delivery', 'tree.deletions', 'inbox.list', 'overview.project'] as const
const FOLDER = [
  'secrets.rows',
  'secrets.versions',
  'delivery',
  'folders.list',
  'imports.list',
  'tree',
  'history',
] as const
const TREE = [...FOLDER, 'projects', 'folders', ...SYNCS] as const
/** A role also decides what its holder may do, and whether syncs still have an owner. */
const ROLE = ['members', 'instance.me', 'syncs'] as const

const PEOPLE = [...ROLE, 'people'] as const
const MACHINES = ['identities', 'members', 'universalAuth', 'oidcAuth', 'jwtAuth', 'kubernetesAuth', 'apiKeys'] as const
const INSTANCE = ['notifications', 'instance.signInPolicy', 'instance.rootKeyBackup'] as const

const STALE = {
  // What happened before the feed was open isn't repeated: stale is what was requested before it.
  'feed.opened': [...TREE, ...RUN_ENDED, ...CONNECTIONS, 'syncs.pauses'],
  // Nothing is said of when settings changed.
  'feed.settings': ['members', 'people', 'tags', ...MACHINES, ...INSTANCE],
  // The session, the membership or the project may have ended.
  'feed.ended': ['instance.me', 'projects', 'tree.deletions'],
  'feed.secrets': FOLDER,
  'feed.waiting': SYNC,
  'feed.pauses': [...SYNC, ...RUN_ENDED, 'syncs.pauses'],
  // Lists of syncs read the one that changed: see `changed-syncs.ts`.
  'feed.running': OF_SYNC,
  'feed.sync': RUN_ENDED,
  'feed.project': ['projects', 'tags'],
  'feed.environments': ['projects', 'tree', 'folders', ...SYNCS],
  'feed.people': PEOPLE,
  'feed.machines': MACHINES,
  'feed.instance': INSTANCE,
  // A run finds out whether the credentials work; and they, or what they are for, may be changed.
  'feed.connections': CONNECTIONS,
  // Not `syncs.get`: fetching a sync that is gone would show an error on its page, which the person who deleted it is
  // about to leave.
  'feed.sync-deleted': ['syncs.summary', 'tree.deletions'],
  'feed.deletion-ended': TREE,

  // Who signs in may be another person than the one before.
  session: ['instance.me'],

  // A folder, an environment or a project, at once or once its syncs are gone; what else is stale follows when the page
  // has left it.
  'place.deleted': ['tree.deletions', 'tree.matrix', 'tree.search', 'history', ...SYNCS],
  'folders.delete': ['folders.list', 'secrets.rows'],
  'environments.delete': ['projects', 'secrets.rows'],
  'projects.delete': ['projects.list'],

  'projects.create': ['projects.list'],
  'projects.update': ['projects'],
  'environments.create': ['projects', ...SYNCS, 'tree'],
  'environments.update': ['projects', ...SYNCS, 'tree'],
  'folders.create': ['folders.list', 'tree.matrix'],
  'folders.update': ['folders', ...SYNCS, 'tree'],
  'tree.moveFolder': ['folders', ...SYNCS, 'tree'],
  'tree.moveSecrets': ['secrets.rows', 'tree'],
  'imports.create': ['imports.list', 'secrets.rows'],
  'imports.update': ['imports.list', 'secrets.rows'],
  'imports.delete': ['imports.list', 'secrets.rows'],
  'tags.create': ['tags.list'],
  'tags.update': ['tags', 'secrets.rows'],
  'tags.delete': ['tags', 'secrets.rows'],

  'secrets.create': ['secrets.rows', 'tree.matrix'],
  'secrets.update': ['secrets.rows', 'tree.matrix'],
  'secrets.updateMany': ['secrets.rows', 'tree.matrix', 'tags.list'],
  'secrets.paste': ['secrets.rows'],
  'secrets.deleteMany': ['secrets.rows', 'history', 'tree.matrix', 'tree.search'],
  'history.restore': ['history', 'secrets.rows', 'folders.list', 'tree.matrix', 'tree.search'],
  'history.restoreSecrets': ['history', 'secrets.rows', 'tree.matrix', 'tree.search'],
  'history.restoreVersion': ['secrets.rows', 'secrets.versions', 'history'],
  'history.restoreFolder': ['history', 'secrets', 'tree'],
  'history.restoreEnvironment': ['history', 'projects', 'folders', 'secrets.rows', 'tree'],

  'connections.create': ['connections'],
  'connections.update': ['connections'],
  'connections.check': ['connections'],
  // Not `connections.get`, as with a deleted sync.
  'connections.delete': ['connections.page', 'connections.available'],
  'syncs.create': [...SYNCS, 'tree.readers'],
  'syncs.update': ['syncs'],
  'syncs.trigger': ['syncs'],
  'syncs.approve': ['syncs'],
  'syncs.checkDrift': ['syncs.get', ...SYNCS],
  'syncs.excludeKeys': ['syncs', 'delivery'],
  'syncs.includeKeys': ['syncs', 'delivery'],
  'syncs.pause': ['syncs'],
  'syncs.resume': ['syncs'],
  'syncs.importSecrets': ['syncs', 'secrets'],
  'syncs.removeSecrets': ['syncs'],
  'syncs.restore': ['syncs', 'secrets'],
  'syncs.delete': [...SYNCS, 'tree.deletions'],
  'account.setDisplay': ['account.display'],
  'inbox.markRead': ['inbox.list'],
  'inbox.setPreferences': ['inbox'],
  'notifications.create': ['notifications'],
  'notifications.test': ['notifications'],
  'notifications.delete': ['notifications'],

  'members.invite': ['members'],
  'members.revokeInvitation': ['members.invitations'],
  'members.update': ROLE,
  'members.remove': ROLE,
  'members.addIdentity': ['members', 'identities'],
  'people.invite': ['people'],
  'people.revokeInvitation': ['people.invitations'],
  'people.update': ['people', 'members', 'instance.me'],
  'people.remove': ['people', 'members', 'instance.me'],
  'people.endSecondFactor': ['people'],
  'people.endSessions': ['people'],
  'identities.update': ['identities', 'members'],
  // Not `identities.get`, as with a deleted sync.
  'identities.delete': ['identities.list', 'members'],
  // Attached, changed or detached, whichever of the three.
  'federated-auth': ['identities', 'oidcAuth', 'jwtAuth', 'kubernetesAuth'],
  'universalAuth.attach': ['identities'],
  'universalAuth.update': ['universalAuth'],
  'universalAuth.createSecret': ['universalAuth.secrets'],
  'universalAuth.revokeSecret': ['universalAuth.secrets'],
  'apiKeys.create': ['apiKeys'],
  'apiKeys.revoke': ['apiKeys', 'syncs'],
  'instance.updateSignInPolicy': ['instance'],
  'instance.confirmRootKeyBackup': ['instance.rootKeyBackup'],
  'instance.bootstrap': ['instance.status'],
} as const satisfies Partial<Record<Change, readonly Queries[]>>

/** After the connection returned: fetches again what could not be read meanwhile. */
export const refetchFailed = (): Promise<void> =>
  queryClient.refetchQueries(
    { type: 'active', predicate: (query) => query.state.status === 'error' || queryClient.isBehind(query) },
    { cancelRefetch: false },
  )

/**
 * After a change: resolves once the stale queries that are on the screen were fetched again. Call it where fetching
 * what is gone can't happen any more. `syncIds`: only these changed, so what was read of another sync stands. `since`:
 * nothing changed since this time, by `performance.now()`, so what was requested after it stands.
 */
export async function markStale(
  change: keyof typeof STALE,
  { syncIds, since = Infinity }: { syncIds?: ReadonlySet<string>; since?: number } = {},
): Promise<void> {
  const paths: ReadonlySet<string> = new Set(STALE[change])
  const predicate = (query: Query): boolean => {
    if (queryClient.isReadSince(query, since)) return false
    const syncId = syncIds && syncOf(query.queryKey)
    return typeof syncId !== 'string' || syncIds?.has(syncId) === true
  }
  await Promise.all([...paths].map((path) => queryClient.invalidateQueries({ queryKey: [path.split('.')], predicate })))
}

/** After a change that concerns one query. */
export const markQueryStale = (queryKey: QueryKey): Promise<void> =>
  queryClient.invalidateQueries({ queryKey, exact: true })

/** The sync that a query, by its key, asks about; undefined where it asks about others too. */
const syncOf = ([, asked]: QueryKey): unknown => fieldOf(fieldOf(asked, 'input'), 'syncId')

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? new Map<string, unknown>(Object.entries(value)).get(name) : undefined
