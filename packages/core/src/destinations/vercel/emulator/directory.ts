/** Users, teams, projects and environments: what the pickers list, and each token's permissions. */
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { noSuchEndpoint, notAuthorized, notFound, ok, Refused } from './answers.ts'
import { pageOf } from './rows.ts'
import { variables, type Variables } from './variables.ts'

export const TEAM = 'team_keyferryEmulator'
const OTHER_TEAM = 'team_somebodyElse'
const USER = 'user_keyferry'

/** Tokens by their permissions. */
export const TOKENS = {
  /** A member of the team. */
  member: 'vcp_memberOfTheEmulatedTeam',
  /** Reads and doesn't write. */
  viewer: 'vcp_viewerOfTheEmulatedTeam',
  /** Doesn't see the variables of production. */
  withoutProduction: 'vcp_withoutProductionVariables',
  /** Is limited to the team, and so may not read its user. */
  ofTeam: 'vcp_limitedToTheEmulatedTeam',
  /** Belongs to another team. */
  stranger: 'vcp_strangerOfAnotherTeam',
} as const

export interface Holder {
  teams: readonly string[]
  writes: boolean
  seesProduction: boolean
  isOfTeam: boolean
}

const member: Holder = { teams: [TEAM], writes: true, seesProduction: true, isOfTeam: false }
const HOLDERS: ReadonlyMap<string, Holder> = new Map([
  [TOKENS.member, member],
  [TOKENS.viewer, { ...member, writes: false }],
  [TOKENS.withoutProduction, { ...member, seesProduction: false }],
  [TOKENS.ofTeam, { ...member, isOfTeam: true }],
  [TOKENS.stranger, { ...member, teams: [OTHER_TEAM] }],
])

/** Vercel answers 403 to a wrong token, not 401. */
export function holderOf(request: ServedRequest): Holder {
  const { authorization } = request.headers
  if (authorization === undefined)
    throw new Refused(403, 'forbidden', 'The request is missing an authentication token', { missingToken: true })
  const holder = HOLDERS.get(authorization.replace(/^Bearer /, ''))
  if (!holder) throw notAuthorized({ invalidToken: true })
  return holder
}

export interface Project {
  id: string
  name: string
  /** The team, or the user of a personal account. */
  accountId: string
  createdAt: number
  customEnvironments: readonly { id: string; slug: string }[]
  branches: readonly string[]
  variables: Variables
}

const CREATED = 1_767_600_000_000

const project = (number: number, name: string, accountId: string): Project => ({
  id: `prj_emulated${number}`,
  name,
  accountId,
  createdAt: CREATED + number,
  customEnvironments: number === 1 ? [{ id: 'env_emulatedStaging', slug: 'staging' }] : [],
  branches: number === 1 ? ['main', 'feature/login', 'fix-#42'] : [],
  variables: variables(),
})

/** Many projects, so that they fill more than a page. The first is the one of `target`. */
export const seededProjects = (): [Project, ...Project[]] => [
  project(1, 'storefront', TEAM),
  ...Array.from({ length: 120 }, (_, n) => project(n + 2, `project-${n + 2}`, TEAM)),
  project(200, 'website', USER),
  project(201, 'theirs', OTHER_TEAM),
]

/** The account that a request concerns: `teamId` or `slug`, or the user's own. Throws for a team of others. */
export function accountOf(query: URLSearchParams, holder: Holder): string {
  const teamId = query.get('teamId') ?? (query.get('slug') === 'keyferry' ? TEAM : query.get('slug'))
  if (teamId === null || teamId === USER) return USER
  if (!holder.teams.includes(teamId)) throw notAuthorized()
  return teamId
}

export interface Directory {
  /** A project of the account, by id or name. Throws when there is none. */
  projectOf(idOrName: string, accountId: string): Project
  /** The answer of a path that is not about variables. Throws for any other path. */
  answer(path: string, request: ServedRequest, holder: Holder): ServedAnswer
}

export function directory(projects: readonly Project[], policy: () => 'on' | 'off' | 'default'): Directory {
  const projectOf: Directory['projectOf'] = (idOrName, accountId) => {
    const found = projects.find((one) => one.accountId === accountId && [one.id, one.name].includes(idOrName))
    if (!found) throw notFound('Project')
    return found
  }

  const teamOf = (id: string) => ({
    id,
    slug: id === TEAM ? 'keyferry' : 'others',
    name: id === TEAM ? 'Keyferry' : 'Others',
    avatar: null,
    limited: true,
    limitedBy: [],
    created: '2026-01-05T09:00:00.000Z',
    createdAt: CREATED,
    membership: { confirmed: true, confirmedAt: CREATED, role: 'MEMBER', createdAt: CREATED, created: CREATED },
    saml: null,
    sensitiveEnvironmentVariablePolicy: policy(),
  })

  return {
    projectOf,
    answer(path, { method, query }, holder) {
      if (method !== 'GET') throw noSuchEndpoint()
      if (path === '/v2/user') {
        if (holder.isOfTeam) throw notAuthorized()
        return ok({
          user: {
            id: USER,
            email: 'ada@example.com',
            name: 'Ada',
            username: 'ada',
            avatar: null,
            defaultTeamId: TEAM,
            limited: true,
          },
        })
      }
      if (path === '/v2/teams') {
        const { rows, pagination } = pageOf(holder.teams.map(teamOf), query)
        return ok({ teams: rows, pagination })
      }
      const teamId = /^\/v2\/teams\/([^/]+)$/.exec(path)?.[1]
      if (teamId !== undefined) {
        if (!holder.teams.includes(teamId)) throw notAuthorized()
        return ok(teamOf(teamId))
      }
      const account = accountOf(query, holder)
      if (path === '/v10/projects' || path === '/v9/projects') {
        const own = projects.filter(({ accountId }) => accountId === account)
        const { rows, pagination } = pageOf(own, query)
        return ok({ projects: rows.map(shownProject), pagination })
      }
      const idOrName = /^\/v9\/projects\/([^/]+)\/custom-environments$/.exec(path)?.[1]
      if (idOrName !== undefined) {
        const { customEnvironments } = projectOf(decodeURIComponent(idOrName), account)
        const environments = customEnvironments.map((environment) => ({
          ...environment,
          type: 'preview',
          createdAt: CREATED,
          updatedAt: CREATED,
        }))
        return ok({ environments, accountLimit: { total: 1 } })
      }
      const single = /^\/v9\/projects\/([^/]+)$/.exec(path)?.[1]
      if (single !== undefined) return ok(shownProject(projectOf(decodeURIComponent(single), account)))
      throw noSuchEndpoint()
    },
  }
}

const shownProject = ({ id, name, accountId, createdAt }: Project): Record<string, unknown> => ({
  id,
  name,
  accountId,
  createdAt,
  updatedAt: createdAt,
  alias: [],
  deploymentExpiration: {},
  directoryListing: false,
  nodeVersion: '24.x',
  resourceConfig: { functionDefaultRegions: ['iad1'] },
  defaultResourceConfig: { functionDefaultRegions: ['iad1'] },
  serverlessFunctionRegion: 'iad1',
})
