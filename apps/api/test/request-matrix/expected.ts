/** Who gets through where: the permissions, written down a second time for the role matrix. For tests only. */
import type { Requirement, Where } from '@keyferry/access'
import type { Action } from '@keyferry/schemas/policy'
import { procedures, type Procedure } from './inputs.ts'

export type Outcome = 'through' | 'no login' | 'forbidden' | 'not there'

export const WHO = [
  'nobody',
  'unknown token',
  'expired token',
  'foreign',
  'viewer',
  'developer',
  'admin',
  'narrowed, inside',
  'narrowed, outside',
  'admin’s key of a developer',
  'session of a viewer',
  'narrowed by patterns',
  'narrowed owner’s key, outside',
  'revoked token',
  'ended session',
  'removed machine',
  'instance admin',
] as const
export type Who = (typeof WHO)[number]

/** One caller for each kind of statement that finds out who asks and what may be reached. */
const ONE_OF_EACH_KIND: Who[] = [
  'foreign',
  'narrowed, inside',
  'narrowed, outside',
  'admin’s key of a developer',
  'session of a viewer',
  'ended session',
  'revoked token',
  'instance admin',
]

/** Like nobody, and like one of those with a role: they differ in how it is found out who they are. */
const NO_LOGIN: Who[] = ['unknown token', 'expired token', 'revoked token', 'ended session', 'removed machine']
const AS_ANOTHER: Who[] = [
  'admin’s key of a developer',
  'session of a viewer',
  'narrowed by patterns',
  'narrowed owner’s key, outside',
]

/** Of each noun, the names of the first procedure that reads and of the first that changes something. */
const ONE_OF_EACH_NOUN = new Set(
  [...Map.groupBy(procedures, ({ name, type }) => `${name.split('.', 1)[0]} ${type}`).values()].map(
    ([first]) => first?.name,
  ),
)

/** Without a credential, with one that reads, with one for another place, and with one for everything. */
const ONE_OF_EACH_OUTCOME: Who[] = ['ended session', 'session of a viewer', 'narrowed, outside', 'instance admin']

/**
 * Who calls is found out by the same code before every procedure: callers that are like another one all request one
 * procedure of each noun, and take turns at the others.
 */
export function callersOverTrpc({ name }: Procedure): readonly Who[] {
  if (ONE_OF_EACH_NOUN.has(name)) return WHO
  const turn = procedures.findIndex((procedure) => procedure.name === name)
  const chosen = [NO_LOGIN, AS_ANOTHER].map((alike) => alike[turn % alike.length])
  return WHO.filter((who) => chosen.includes(who) || !(NO_LOGIN.includes(who) || AS_ANOTHER.includes(who)))
}

/**
 * What decides is the same code over every route. What a route can get wrong is whether it asks who calls, and which
 * place it reads from path and query: that shows with one caller of each outcome.
 */
export const callersOverRest = ({ name }: Procedure): readonly Who[] =>
  ONE_OF_EACH_NOUN.has(name) ? ONE_OF_EACH_KIND : ONE_OF_EACH_OUTCOME

/**
 * Roles are decided in code, from rows of the store: on Postgres, every caller of a kind requests one procedure of each
 * noun. The others are requested once, by the instance admin, whom each lets through to its own statements.
 */
export const callersOnPostgres = ({ name }: Procedure): readonly Who[] =>
  ONE_OF_EACH_NOUN.has(name) ? ONE_OF_EACH_KIND : ['instance admin']

/** Last words of the mutations after which everything that an input names is still there. */
const LEAVING_ALL = new Set(
  (
    'check checkDestination checkDrift create createMany export exportProject importProject invite inviteMany login ' +
    'preview previewFirstImport restorePreview setDisplay test trigger try verify'
  ).split(' '),
)
export const leavesAll = ({ name }: Procedure): boolean => LEAVING_ALL.has(name.split('.')[1] ?? '')

/** Who of those with a role gets through; everybody else is refused. */
const READERS: Who[] = [
  'viewer',
  'session of a viewer',
  'developer',
  'admin’s key of a developer',
  'admin',
  'narrowed, inside',
]
const WRITERS: Who[] = ['developer', 'admin’s key of a developer', 'admin', 'narrowed, inside']
const MAY: Record<Exclude<Action, 'instance.use'>, Who[]> = {
  'instance.manage': [],
  'project.read': [...READERS, 'narrowed, outside'],
  'project.manage': ['admin'],
  'members.manage': ['admin'],
  'folders.read': READERS,
  'secrets.read-names': READERS,
  'secrets.read-values': WRITERS,
  'secrets.write': WRITERS,
  'syncs.read': READERS,
  'syncs.run': WRITERS,
  'syncs.manage': ['admin'],
  'connections.read': ['admin'],
  'connections.manage': ['admin'],
}

/** What has an id of its own and stands in a folder: out of reach, it is not there. */
const IN_A_FOLDER: ReadonlySet<Where['kind']> = new Set(['environment', 'folder-id', 'import', 'secret', 'sync'])

/** What is named by an id, or a name of its own, and is the whole project's: to a narrowed role it is not there. */
const OF_PROJECT: ReadonlySet<Where['kind']> = new Set(['connection', 'connection-name', 'membership'])

/** Those without a credential that works. */
const ENDED: Who[] = ['nobody', 'unknown token', 'expired token', 'revoked token', 'ended session', 'removed machine']

/** They take a token that their own sign-in gave out, which none of these callers has. */
const WITH_A_CLIENTS_TOKEN = new Set(['clients.selectOrganization', 'clients.verifyCode'])
const WITH_ANY_TOKEN = new Set(['clients.organizations', 'clients.check'])

/** Principals with the rights of another. */
export const LIKE: Partial<Record<Who, Who>> = {
  'narrowed by patterns': 'narrowed, inside',
  'narrowed owner’s key, outside': 'narrowed, outside',
}

/** What `caller` gets of a procedure that requires `first` before anything else. */
export function expected(procedure: string, first: Requirement | 'anyone', caller: Who): Outcome {
  const who = LIKE[caller] ?? caller
  if (WITH_A_CLIENTS_TOKEN.has(procedure)) return 'no login'
  if (WITH_ANY_TOKEN.has(procedure)) return ENDED.includes(who) ? 'no login' : 'through'
  if (first === 'anyone') return 'through'
  const { action, at } = first
  if (ENDED.includes(who)) return 'no login'
  if (who === 'instance admin') return 'through'
  // A key is for projects that its maker belongs to.
  if (procedure === 'apiKeys.create' && who === 'foreign') return 'not there'
  if (action === 'instance.use') return 'through'
  if (action === 'instance.manage') return 'forbidden'
  if (who === 'foreign') return 'not there'
  if (who === 'narrowed, outside' && IN_A_FOLDER.has(at.kind)) return 'not there'
  if (who.startsWith('narrowed') && OF_PROJECT.has(at.kind)) return 'not there'
  // What is done in a folder with no folder named is done in the whole project.
  if (who.startsWith('narrowed') && at.kind === 'project' && action !== 'project.read') return 'forbidden'
  return MAY[action].includes(who) ? 'through' : 'forbidden'
}
