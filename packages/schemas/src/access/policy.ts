/**
 * Permissions. Pure: grants in, answer out. A role is a set of actions in one project, and may be narrowed to
 * environments and paths; then whatever concerns the whole project is out of its reach.
 *
 * | | viewer | developer | admin | instance admin |
 * |---|---|---|---|---|
 * | names, status, history | yes | yes | yes | yes |
 * | values, writing secrets, Sync now | | yes | yes | yes |
 * | connections, syncs, members, the project itself | | | yes | yes |
 * | projects, people, machines, the organization's connections | | | | yes |
 */
import type { Scope } from './scopes.ts'
import { ROLES, type Role } from './roles.ts'
import { namesOf } from '../names/secret-path.ts'

export const ACTIONS = [
  'instance.use',
  'instance.manage',
  'project.read',
  'project.manage',
  'members.manage',
  'folders.read',
  'secrets.read-names',
  'secrets.read-values',
  'secrets.write',
  'syncs.read',
  'syncs.run',
  'syncs.manage',
  'connections.read',
  'connections.manage',
] as const
export type Action = (typeof ACTIONS)[number]

const VIEWER: readonly Action[] = ['project.read', 'folders.read', 'secrets.read-names', 'syncs.read']
const DEVELOPER: readonly Action[] = [...VIEWER, 'secrets.read-values', 'secrets.write', 'syncs.run']
const ADMIN: readonly Action[] = [
  ...DEVELOPER,
  'syncs.manage',
  'connections.read',
  'connections.manage',
  'project.manage',
  'members.manage',
]
const ALLOWED: Record<Role, ReadonlySet<Action>> = {
  viewer: new Set(VIEWER),
  developer: new Set(DEVELOPER),
  admin: new Set(ADMIN),
}

/** The roles that may do it somewhere in their project, least first; none when only instance admins may. */
export const rolesWith = (action: Action): Role[] => ROLES.filter((role) => ALLOWED[role].has(action))

/** What a permission is checked for. */
export type Resource =
  | { kind: 'instance' }
  /** What belongs to no project, such as a connection that every project may use, or with `projects` only those. */
  | { kind: 'organization'; projects?: readonly string[] | null }
  | { kind: 'project'; projectId: string }
  /** `below`: the folder with everything in it. */
  | { kind: 'folder'; projectId: string; environment: string; path: string; below?: boolean }

export interface Grant {
  role: Role
  /** Null: the whole project. */
  scopes: readonly Scope[] | null
}

/** What a principal was given. */
export interface Access {
  instanceAdmin: boolean
  /** By project id. */
  grants: ReadonlyMap<string, Grant>
  /** The owner that lent its rights: it has the permissions that both have. */
  cappedBy?: Access
}

export const EVERYTHING: Access = { instanceAdmin: true, grants: new Map() }

/** Whether they may know that the project exists. */
export function isMember(access: Access, projectId: string): boolean {
  return (
    (access.instanceAdmin || access.grants.has(projectId)) && (!access.cappedBy || isMember(access.cappedBy, projectId))
  )
}

/** Whether somebody may do `action` at `place`: the table of roles, as the server and the console read it. */
export function allows(access: Access, action: Action, place: Resource): boolean {
  return granted(access, action, place) && (!access.cappedBy || allows(access.cappedBy, action, place))
}

function granted({ instanceAdmin, grants }: Access, action: Action, place: Resource): boolean {
  if (action === 'instance.use' || instanceAdmin) return true
  switch (place.kind) {
    case 'instance':
      return false
    case 'organization':
      return (
        action === 'connections.read' &&
        [...grants].some(
          ([projectId, grant]) => wholly(grant, action) && (!place.projects || place.projects.includes(projectId)),
        )
      )
    case 'project': {
      const grant = grants.get(place.projectId)
      return grant !== undefined && (action === 'project.read' || wholly(grant, action))
    }
    case 'folder': {
      const grant = grants.get(place.projectId)
      if (!grant || !ALLOWED[grant.role].has(action)) return false
      if (grant.scopes === null) return true
      // Folders on the way to a place may be walked through.
      const fits = action === 'folders.read' ? leadsTo : place.below ? coversBelow : covers
      return grant.scopes.some(
        ({ environment, secretPath }) =>
          (environment === '*' || environment === place.environment) && fits(secretPath, place.path),
      )
    }
  }
}

const wholly = (grant: Grant, action: Action): boolean => grant.scopes === null && ALLOWED[grant.role].has(action)

/** Whether a grant in a project gives nothing that `access` does not have there. */
export function withinReach(access: Access, projectId: string, { role, scopes }: Grant): boolean {
  if (access.cappedBy && !withinReach(access.cappedBy, projectId, { role, scopes })) return false
  if (access.instanceAdmin) return true
  const own = access.grants.get(projectId)
  if (!own || ![...ALLOWED[role]].every((action) => ALLOWED[own.role].has(action))) return false
  const { scopes: reach } = own
  if (reach === null) return true
  return (
    scopes?.every(({ environment, secretPath }) =>
      reach.some(
        (scope) =>
          (scope.environment === '*' || scope.environment === environment) && includes(scope.secretPath, secretPath),
      ),
    ) ?? false
  )
}

/** Whether every folder that `inner` means is one that `outer` means. */
function includes(outer: string, inner: string): boolean {
  const wanted = namesOf(outer)
  const given = namesOf(inner)
  for (const [index, name] of wanted.entries()) {
    if (name === '**') return true
    const part = given[index]
    if (part === undefined || part === '**' || (name !== '*' && name !== part)) return false
  }
  return wanted.length === given.length
}

/** Whether `pattern` means the folder at `path`: `*` is one name, a last `**` is here and everything below. */
export function covers(pattern: string, path: string): boolean {
  const wanted = namesOf(pattern)
  const given = namesOf(path)
  for (const [index, name] of wanted.entries()) {
    if (name === '**') return true
    if (given[index] === undefined || (name !== '*' && name !== given[index])) return false
  }
  return wanted.length === given.length
}

const coversBelow = (pattern: string, path: string): boolean => pattern.endsWith('/**') && covers(pattern, path)

/** Whether `pattern` means `path` or something below it. */
function leadsTo(pattern: string, path: string): boolean {
  const wanted = namesOf(pattern)
  for (const [index, name] of namesOf(path).entries()) {
    const part = wanted[index]
    if (part === '**') return true
    if (part !== '*' && part !== name) return false
  }
  return true
}
