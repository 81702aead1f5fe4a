/** Projects, as Infisical's clients know them: also under their older name, workspaces. */
import { createProject, deleteProject, environmentLookup, project, updateProject } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { read, renamed, type WireInput, type WireOutput } from '../wire/wire.ts'
import { withoutDeleteProtection } from './not-available.ts'

type Project = z.output<typeof project>

const workspace = project
  .extend({
    _id: project.shape.id.describe('Same as `id`; older clients read it'),
    type: z.literal('secret-manager'),
    version: z.literal(3),
    hasDeleteProtection: z.literal(false),
    autoCapitalization: z.literal(false),
    secretSharing: z.literal(false),
    showSnapshotsLegacy: z.literal(false),
    pitVersionLimit: z.null(),
    auditLogsRetentionDays: z.null(),
    upgradeStatus: z.null(),
    kmsCertificateKeyId: z.null(),
    kmsSecretManagerKeyId: z.null(),
  })
  .meta({ id: 'Project' })

function write(shown: Project): z.output<typeof workspace> {
  return {
    id: shown.id,
    _id: shown.id,
    name: shown.name,
    slug: shown.slug,
    type: 'secret-manager',
    version: 3,
    hasDeleteProtection: false,
    autoCapitalization: false,
    secretSharing: false,
    showSnapshotsLegacy: false,
    pitVersionLimit: null,
    auditLogsRetentionDays: null,
    upgradeStatus: null,
    kmsCertificateKeyId: null,
    kmsSecretManagerKeyId: null,
    description: shown.description,
    orgId: shown.orgId,
    environments: shown.environments,
    pending: shown.pending,
    createdAt: shown.createdAt,
    updatedAt: shown.updatedAt,
  }
}

const workspaceOutput = { schema: workspace, write }
const many: WireOutput<Project[]> = { schema: z.array(workspace), write: (all) => all.map(write) }
const toCreate = renamed(
  createProject,
  { name: 'projectName', description: 'projectDescription', withDefaultEnvironments: 'shouldCreateDefaultEnvs' },
  withoutDeleteProtection,
)
const toUpdate = renamed(updateProject, {}, withoutDeleteProtection)

/** The input of a procedure for the project of a slug. */
const ofSlug = ({ projectId: _, ...rest }: z.ZodRawShape): WireInput =>
  read(z.object({ ...rest, projectSlug: environmentLookup }), {}, async ({ projectSlug, ...sent }, ask) => {
    const { id } = project.parse(await ask('projects.bySlug', { slug: projectSlug }))
    return { ...sent, projectId: id }
  })

const BASES = [
  { base: '/api/v1/projects', name: 'project' },
  { base: '/api/v1/workspace', name: 'workspace' },
]
const both = (route: Omit<Route<Project>, 'path'>): Route<Project>[] =>
  BASES.map(({ base, name }) => ({ ...route, path: `${base}/:projectId`, envelope: name, answers: workspaceOutput }))
const paths = (
  method: Route['method'],
  all: string[],
  route: Omit<Route<Project>, 'path' | 'method'>,
): Route<Project>[] => all.map((path) => ({ ...route, method, path, answers: workspaceOutput }))

export const projectRoutes = {
  list: BASES.map(({ base, name }) => ({ method: 'GET', path: base, envelope: `${name}s`, answers: many })),
  get: both({ method: 'GET' }),
  bySlug: paths('GET', ['/api/v1/projects/slug/:slug', '/api/v2/workspace/:slug'], {}),
  create: paths('POST', ['/api/v1/projects', '/api/v2/workspace'], { envelope: 'project', reads: toCreate }),
  update: [
    ...both({ method: 'PATCH', reads: toUpdate }),
    ...paths('PATCH', ['/api/v2/workspace/:projectSlug'], {
      reads: ofSlug({ ...updateProject.shape, ...withoutDeleteProtection }),
    }),
  ],
  delete: [
    ...both({ method: 'DELETE', input: 'query' }),
    ...paths('DELETE', ['/api/v2/workspace/:projectSlug'], { input: 'query', reads: ofSlug(deleteProject.shape) }),
  ],
  import: paths('POST', ['/api/v1/projects/import'], { envelope: 'project' }),
} satisfies Record<string, Route[]>
