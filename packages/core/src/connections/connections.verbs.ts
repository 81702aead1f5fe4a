/** Verbs for connections, with what each requires. */
import {
  connectionAt,
  defineVerb,
  withReadableProjects,
  readableConnections,
  requirement,
  SIGNED_IN,
  type Requirements,
} from '@keyferry/access'
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { listDestinations } from '../destinations/list-destinations.ts'
import { listChoiceRows, listChoices } from './choices.ts'
import { checkConnection, createConnection, deleteConnection, updateConnection } from './connections.ts'
import {
  getConnection,
  getConnectionByName,
  listAvailableConnections,
  listConnectionOptions,
  listConnections,
  listPageOfConnections,
} from './list-connections.ts'

const oneConnection = z.object({ destination: schemas.destinationName, connectionId: schemas.id })
const filter = z.object({ destination: schemas.destinationName.optional(), projectId: schemas.id.optional() })
/** An empty choice list is an account that has none: a failing credential is an error. */
const choices = z.object({
  connectionId: schemas.id,
  destination: schemas.destinationName.optional().describe('Left out: the first of the connection with such a list'),
  list: z.string().max(64),
  known: schemas.openFields.pipe(z.record(z.string(), z.string())).default({}),
})

const reading = (input: { connectionId: string }): Requirements => [
  requirement('connections.read', connectionAt(input)),
]
const managing = (input: { connectionId: string }): Requirements => [
  requirement('connections.manage', connectionAt(input)),
]

export const connectionVerbs = {
  options: defineVerb({
    input: null,
    requires: () => SIGNED_IN,
    run: (ctx, actor) => listConnectionOptions(ctx, actor, {}),
  }),

  list: defineVerb({
    input: filter.default({}),
    requires: () => SIGNED_IN,
    run: async (ctx, actor, input, { access }) => readableConnections(access, await listConnections(ctx, actor, input)),
  }),

  page: defineVerb({
    input: schemas.pageConnections,
    requires: () => SIGNED_IN,
    run: (ctx, _actor, input, { access }) => listPageOfConnections(ctx, input, access),
  }),

  available: defineVerb({
    input: z.object({ destination: schemas.destinationName, projectId: schemas.id.optional() }),
    requires: () => SIGNED_IN,
    run: async (ctx, actor, input, { access }) =>
      readableConnections(access, await listAvailableConnections(ctx, actor, input)),
  }),

  get: defineVerb({
    input: oneConnection.extend({
      destination: schemas.destinationName.optional().describe('Left out: whichever it has'),
    }),
    requires: reading,
    run: async (ctx, actor, input, { access }) => withReadableProjects(access, await getConnection(ctx, actor, input)),
  }),

  byName: defineVerb({
    input: z.object({ destination: schemas.destinationName, connectionName: schemas.lookedUp(64) }),
    requires: ({ connectionName: name }) => [requirement('connections.read', { kind: 'connection-name', name })],
    run: async (ctx, actor, input, { access }) =>
      withReadableProjects(access, await getConnectionByName(ctx, actor, input)),
  }),

  create: defineVerb({
    input: schemas.createConnection,
    requires: ({ projectId }) => [
      requirement('connections.manage', projectId ? { kind: 'project', projectId } : { kind: 'organization' }),
    ],
    run: createConnection,
  }),

  update: defineVerb({ input: schemas.updateConnection, requires: managing, run: updateConnection }),
  delete: defineVerb({
    input: oneConnection,
    requires: managing,
    run: deleteConnection,
    ends: ({ connectionId: id }) => ({ table: 'connections', values: { id } }),
  }),
  check: defineVerb({
    input: z.object({ connectionId: schemas.id }),
    requires: reading,
    run: async (ctx, actor, input, { access }) =>
      withReadableProjects(access, await checkConnection(ctx, actor, input)),
  }),
  choices: defineVerb({ input: choices, requires: reading, run: listChoices }),
  choiceRows: defineVerb({
    input: choices.extend({ destination: schemas.destinationName }),
    requires: reading,
    run: listChoiceRows,
  }),
}

export const destinationVerbs = {
  list: defineVerb({
    input: null,
    requires: () => SIGNED_IN,
    run: (ctx, actor) => listDestinations(ctx, actor, {}),
  }),
}
