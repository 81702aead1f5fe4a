import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import type { Holder } from './accounts.ts'
import { addBranch, type Project } from './model.ts'
import { refuse } from './place.ts'
import { fields, parseJson } from './variables.ts'

const TYPES = ['DEVELOPMENT', 'STAGING', 'PREVIEW', 'PRODUCTION']

/**
 * Everything under `/api` that is not about variables: who am I, projects, environments, branches. Null: no such path.
 */
export function accountRoutes(options: {
  projects: readonly Project[]
  origin: () => string
  /** A server before 4.5.0-rc.5 takes `environments` for an environment's name. */
  listsEnvironments: boolean
}) {
  const { projects } = options

  return (segments: readonly string[], request: ServedRequest, holder: Holder | null): ServedAnswer | null => {
    const [api, version, area, ref, rest, last] = segments
    if (api !== 'api') return null
    const path = segments.slice(1).join('/')
    if (path === 'v2/whoami') return whoami(holder, request)
    if (version !== 'v1') return null
    if (area === 'orgs') return organizations(segments.slice(3), holder)
    if (area !== 'projects') return null

    if (
      ref !== undefined &&
      segments.length === 5 &&
      rest !== 'branches' &&
      (rest !== 'environments' || !options.listsEnvironments)
    ) {
      return environmentKey(ref, rest ?? '', holder)
    }
    const denied = onlyPersonal(holder)
    if (denied) return denied
    if (ref === undefined) return { status: 200, body: projects.map(shown) }
    const project = projects.find((one) => one.ref === ref)
    if (!project) return refuse(404, 'Project not found')
    if (rest === undefined) return { status: 200, body: { ...shown(project), defaultRuntime: 'node' } }
    if (rest === 'environments' && last === undefined) return { status: 200, body: environmentsOf(project) }
    if (rest === 'branches') return branches(project, last, request)
    return null
  }

  function whoami(holder: Holder | null, request: ServedRequest): ServedAnswer {
    if (holder?.kind !== 'user' && holder?.kind !== 'organization')
      return refuse(401, 'Invalid or Missing Access Token')
    const project = projects.find((one) => one.ref === request.query.get('projectRef'))
    const dashboardUrl = options.origin()
    const about = project && {
      url: `${dashboardUrl}/projects/v3/${project.ref}`,
      name: project.name,
      orgTitle: project.organization.title,
    }
    return {
      status: 200,
      body: { userId: 'user_1', email: 'ada@example.com', dashboardUrl, ...(about && { project: about }) },
    }
  }

  function organizations(segments: readonly string[], holder: Holder | null): ServedAnswer | null {
    const denied = onlyPersonal(holder)
    if (denied) return denied
    const [key, projectsWord] = segments
    if (key === undefined) return { status: 200, body: projects.slice(0, 1).map((one) => one.organization) }
    if (projectsWord !== 'projects') return null
    const owned = projects.filter((one) => one.organization.id === key || one.organization.slug === key)
    return { status: 200, body: owned.map(shown) }
  }

  function environmentKey(ref: string, name: string, holder: Holder | null): ServedAnswer {
    if (holder === null) return refuse(401, 'Invalid API key')
    if (!['dev', 'staging', 'prod', 'preview'].includes(name)) return refuse(400, 'Invalid Params')
    const project = projects.find((one) => one.ref === ref)
    if (!project) return refuse(404, 'Project not found')
    const place = holder.kind === 'environment' ? holder.place : project.places.get(name === 'staging' ? 'stg' : name)
    if (!place) return refuse(404, 'Environment not found')
    const { apiKey } = place
    return {
      status: 200,
      body: { apiKey, name: project.name, apiUrl: options.origin(), projectId: project.id, defaultRuntime: 'node' },
    }
  }
}

const onlyPersonal = (holder: Holder | null): ServedAnswer | null => {
  if (holder?.kind === 'user') return null
  return refuse(401, holder === null ? 'Invalid PAT' : 'Invalid or Missing PAT')
}

const shown = ({ id, ref, name, slug, createdAt, organization }: Project): Record<string, unknown> => ({
  id,
  externalRef: ref,
  name,
  slug,
  createdAt,
  defaultRegion: null,
  organization,
})

function environmentsOf(project: Project): Record<string, unknown>[] {
  const sorted = [...project.places.values()].sort((a, b) => TYPES.indexOf(a.type) - TYPES.indexOf(b.type))
  return sorted.map(({ id, slug, type }) => ({
    id,
    slug,
    type,
    isBranchableEnvironment: slug === 'preview' || slug === 'dev',
    branchName: null,
    paused: false,
  }))
}

function branches(project: Project, last: string | undefined, request: ServedRequest): ServedAnswer | null {
  const parsed = parseJson(request.text)
  const { env, branch } = fields(parsed.ok ? parsed.value : undefined)
  const parent = project.places.get(env === 'development' ? 'dev' : 'preview')
  if (!parent) return refuse(400, 'Preview environments are not set up for this project')
  if (request.method === 'GET' && last === undefined) {
    const open = [...parent.branches.values()].filter((one) => !one.archived)
    const rows = open.map(({ place, name, createdAt }) => ({
      id: place.id,
      name,
      createdAt,
      updatedAt: createdAt,
      isPaused: false,
    }))
    return { status: 200, body: { branches: rows } }
  }
  if (request.method !== 'POST') return null
  if (typeof branch !== 'string') return refuse(400, 'Invalid request body')
  if (last === undefined) return { status: 200, body: { id: addBranch(parent, branch).place.id } }
  const known = parent.branches.get(branch)
  if (!known) return refuse(404, 'Branch not found')
  if (known.archived) return refuse(400, 'Branch already archived')
  known.archived = true
  return { status: 200, body: { success: true } }
}
