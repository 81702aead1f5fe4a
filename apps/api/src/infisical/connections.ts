/** App connections, as Infisical's clients know them. */
import { connectionVerbs } from '@keyferry/core/verbs'
import { connection, id } from '@keyferry/schemas'
import { z } from 'zod'
import type { Route } from '../rest/route.ts'
import { renamed, type WireOutput } from '../wire/wire.ts'

const base = '/api/v1/app-connections'

type Connection = z.output<typeof connection>

const appConnection = connection
  .omit({ destination: true })
  .extend({
    app: connection.shape.destination,
    isPlatformManagedCredentials: z.literal(false),
    gatewayId: z.null(),
    gatewayPoolId: z.null(),
    isAutoRotationEnabled: z.literal(false),
    project: z.object({ id, name: z.string(), type: z.literal('secret-manager'), slug: z.string() }).nullable(),
  })
  .meta({ id: 'AppConnection' })

function write({ project, ...shown }: Connection): z.output<typeof appConnection> {
  return {
    id: shown.id,
    name: shown.name,
    description: shown.description,
    app: shown.destination,
    method: shown.method,
    version: shown.version,
    orgId: shown.orgId,
    projectId: shown.projectId,
    isPlatformManagedCredentials: false,
    gatewayId: null,
    gatewayPoolId: null,
    isAutoRotationEnabled: false,
    credentialsHash: shown.credentialsHash,
    credentials: shown.credentials,
    allowedProjects: shown.allowedProjects,
    allowedTargets: shown.allowedTargets,
    project: project && { id: project.id, name: project.name, type: 'secret-manager', slug: project.slug },
    account: shown.account,
    usedBy: shown.usedBy,
    checkedAt: shown.checkedAt,
    problem: shown.problem,
    createdAt: shown.createdAt,
    updatedAt: shown.updatedAt,
  }
}

interface Apps {
  name: string
  destination: string
  methods: string[]
}
interface Available {
  destination: string
  name: string
  id: string
  projectId?: string | null
  orgId: string
}

const connectionOutput = { schema: appConnection, write }
const many: WireOutput<Connection[]> = { schema: z.array(appConnection), write: (all) => all.map(write) }
const apps: WireOutput<Apps[]> = {
  schema: z.array(
    z.object({
      name: z.string(),
      app: z.string(),
      methods: z.array(z.string()),
      supportsPlatformManagement: z.literal(false),
    }),
  ),
  write: (all) =>
    all.map(({ name, destination: app, methods }) => ({ name, app, methods, supportsPlatformManagement: false })),
}
const available: WireOutput<Available[]> = {
  schema: z.array(z.object({ app: z.string(), name: z.string(), id, projectId: id.nullable().optional(), orgId: id })),
  write: (all) => all.map(({ destination: app, ...rest }) => ({ app, ...rest })),
}

const reads = (input: z.ZodType, more?: z.ZodRawShape) => renamed(input, { destination: 'app' }, more)
/** Of Infisical’s agents, which Keyferry has none of. */
const gateways = { isPlatformManagedCredentials: z.literal(false).optional(), gatewayId: z.null().optional() }
const { list, get, byName, create, update, choiceRows } = connectionVerbs
const envelope = 'appConnection'

export const connectionRoutes = {
  options: [{ method: 'GET', path: `${base}/options`, envelope: 'appConnectionOptions', answers: apps }],
  list: ['', '/:app'].map((path) => ({
    method: 'GET',
    path: `${base}${path}`,
    envelope: 'appConnections',
    reads: reads(list.input),
    answers: many,
  })),
  available: [
    {
      method: 'GET',
      path: `${base}/:app/available`,
      envelope: 'appConnections',
      reads: reads(connectionVerbs.available.input),
      answers: available,
    },
  ],
  get: [
    { method: 'GET', path: `${base}/:app/:connectionId`, envelope, reads: reads(get.input), answers: connectionOutput },
  ],
  byName: [
    {
      method: 'GET',
      path: `${base}/:app/connection-name/:connectionName`,
      envelope,
      reads: reads(byName.input),
      answers: connectionOutput,
    },
  ],
  create: [
    { method: 'POST', path: `${base}/:app`, envelope, reads: reads(create.input, gateways), answers: connectionOutput },
  ],
  update: [
    {
      method: 'PATCH',
      path: `${base}/:app/:connectionId`,
      envelope,
      reads: reads(update.input),
      answers: connectionOutput,
    },
  ],
  delete: [
    {
      method: 'DELETE',
      path: `${base}/:app/:connectionId`,
      envelope,
      input: 'query',
      reads: reads(connectionVerbs.delete.input),
      answers: connectionOutput,
    },
  ],
  check: [{ method: 'POST', path: `${base}/:app/:connectionId/check`, envelope, answers: connectionOutput }],
  choiceRows: [
    { method: 'GET', path: `${base}/:app/:connectionId/:list`, rest: 'known', reads: reads(choiceRows.input) },
  ],
} satisfies Record<string, Route[]>
