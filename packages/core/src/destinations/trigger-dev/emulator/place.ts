import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import type { Holder } from './accounts.ts'
import { branchName, findBranch, type Place, type Project } from './model.ts'

/** The project and environment a variables call means, or the answer that says why there is none. */
export type Found = { project: Project; place: Place } | ServedAnswer

export const refuse = (status: number, error: string): ServedAnswer => ({ status, body: { error } })

const WRONG_KEY = (what: string, other: string): string =>
  `Invalid ${what} for this API key. Make sure you are using an API key associated with that ${other}.`

/** Slug and branch header, read as the kind of token demands (Trigger.dev server source, 2026-08-21). */
export function findPlace(
  holder: Holder,
  projects: readonly Project[],
  ref: string,
  slug: string,
  request: ServedRequest,
): Found {
  const header = request.headers['x-trigger-branch']
  const branch = branchName(typeof header === 'string' ? header : undefined)
  const stored = slug === 'staging' ? 'stg' : slug

  if (holder.kind === 'environment') return placeOfKey(holder, ref, stored, branch)

  const project = projects.find((one) => one.ref === ref)
  if (!project) return refuse(404, 'Project not found')
  if (branch !== null) {
    const isDev = stored === 'dev' && holder.kind === 'user'
    const parent = project.places.get(isDev ? 'dev' : 'preview')
    // The header wins over the slug: `prod` with a branch is a preview branch.
    const place = isDev && branch === 'default' ? parent : findBranch(parent, branch)
    return place ? { project, place } : refuse(404, 'Branch not found')
  }
  const place = project.places.get(stored) ?? branchWithSlug(project, stored)
  return place ? { project, place } : refuse(404, 'Environment not found')
}

function placeOfKey(
  holder: Extract<Holder, { kind: 'environment' }>,
  ref: string,
  slug: string,
  branch: string | null,
): Found {
  const { project, place: own } = holder
  if (own.slug === 'preview' && branch === null) return refuse(401, 'x-trigger-branch header required for preview env')
  const isBranchable = own.slug === 'preview' || own.slug === 'dev'
  const place =
    branch === null || !isBranchable || (own.slug === 'dev' && branch === 'default') ? own : findBranch(own, branch)
  if (place === null) return refuse(401, 'No matching branch env')
  if (project.ref !== ref) return refuse(400, WRONG_KEY('project ref', 'project'))
  // Without the branch header a wrong slug is ignored: the call lands in the key's own environment.
  if (branch !== null && slug !== own.slug) return refuse(400, WRONG_KEY('environment slug', 'environment'))
  return { project, place }
}

function branchWithSlug(project: Project, slug: string): Place | undefined {
  const branches = [...project.places.values()].flatMap((place) => [...place.branches.values()])
  return branches.find((branch) => !branch.archived && branch.place.slug === slug)?.place
}
