/** Projects, as Infisical's clients know them: also under their older name, workspaces. */
import { createProject, project } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { renamed, type WireOutput } from '../wire/wire.ts'

type Project = z.output<typeof project>

const workspace = project
  .extend({
    _id: project.shape.id.describe('Same as `id`; older clients read it'),
    type: z.literal('secret-manager'),
  })
  .meta({ id: 'Project' })

function write(shown: Project): z.output<typeof workspace> {
  return {
    id: shown.id,
    _id: shown.id,
    name: shown.name,
    slug: shown.slug,
    type: 'secret-manager',
    description: shown.description,
    orgId: shown.orgId,
    environments: shown.environments,
    pending: shown.pending,
    createdAt: shown.createdAt,
    updatedAt: shown.updatedAt,
  }
}

const one: WireOutput<Project> = { schema: workspace, write }
const many: WireOutput<Project[]> = { schema: z.array(workspace), write: (all) => all.map(write) }
const toCreate = renamed(createProject, {
  name: 'projectName',
  description: 'projectDescription',
  withDefaultEnvironments: 'shouldCreateDefaultEnvs',
})

const BASES = [
  { base: '/api/v1/projects', name: 'project' },
  { base: '/api/v1/workspace', name: 'workspace' },
]
const both = (route: Omit<Route<Project>, 'path'>): Route<Project>[] =>
  BASES.map(({ base, name }) => ({ ...route, path: `${base}/:projectId`, envelope: name, answers: one }))
const paths = (
  method: Route['method'],
  all: string[],
  route: Omit<Route<Project>, 'path' | 'method'>,
): Route<Project>[] => all.map((path) => ({ ...route, method, path, answers: one }))

export const projectRoutes = {
  list: BASES.map(({ base, name }) => ({ method: 'GET', path: base, envelope: `${name}s`, answers: many })),
  get: both({ method: 'GET' }),
  bySlug: paths('GET', ['/api/v1/projects/slug/:slug', '/api/v2/workspace/:slug'], {}),
  create: paths('POST', ['/api/v1/projects', '/api/v2/workspace'], { envelope: 'project', reads: toCreate }),
  update: both({ method: 'PATCH' }),
  delete: both({ method: 'DELETE', input: 'query' }),
  import: paths('POST', ['/api/v1/projects/import'], { envelope: 'project' }),
} satisfies Record<string, Route[]>
