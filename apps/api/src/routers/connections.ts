import { connectionVerbs } from '@keyferry/core/verbs'
import { choice, connection, connectionsPage, id } from '@keyferry/schemas'
import { z } from 'zod'
import { connectionRoutes } from '../infisical/connections.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'App connections'

export const connections = router({
  options: query(connectionVerbs.options, {
    tag,
    summary: 'Apps that can be connected',
    routes: connectionRoutes.options,
    output: z.array(z.object({ name: z.string(), destination: z.string(), methods: z.array(z.string()) })),
  }),

  list: query(connectionVerbs.list, {
    isCompressed: true,
    tag,
    summary: 'Connections, of one app or all',
    routes: connectionRoutes.list,
    output: z.array(connection),
  }),

  page: query(connectionVerbs.page, {
    isCompressed: true,
    tag,
    summary: 'A page of the connections, searched, by name',
    routes: [],
    output: connectionsPage,
  }),

  available: query(connectionVerbs.available, {
    tag,
    summary: 'Connections that a sync may use',
    routes: connectionRoutes.available,
    output: z.array(
      z.object({ destination: z.string(), name: z.string(), id, projectId: id.nullable().optional(), orgId: id }),
    ),
  }),

  get: query(connectionVerbs.get, {
    tag,
    summary: 'One connection',
    routes: connectionRoutes.get,
    output: connection,
  }),

  byName: query(connectionVerbs.byName, {
    tag,
    summary: 'One connection, by its name',
    routes: connectionRoutes.byName,
    output: connection,
  }),

  create: mutation(connectionVerbs.create, {
    weight: 'vendor',
    tag,
    summary: 'Tests the credentials with the provider, then stores them',
    routes: connectionRoutes.create,
    output: connection,
  }),

  update: mutation(connectionVerbs.update, {
    weight: 'vendor',
    tag,
    summary: 'Changes a connection; new credentials are tested first and replace the old ones whole',
    routes: connectionRoutes.update,
    output: connection,
  }),

  delete: mutation(connectionVerbs.delete, {
    tag,
    summary: 'Deletes a connection that no sync uses',
    routes: connectionRoutes.delete,
    output: connection,
  }),

  check: mutation(connectionVerbs.check, {
    weight: 'vendor',
    tag,
    summary: 'Tests the stored credentials with the provider',
    routes: connectionRoutes.check,
    output: connection,
  }),

  choices: query(connectionVerbs.choices, {
    weight: 'vendor',
    tag,
    summary: 'Options of the account for a field of the destination, for a picker',
    routes: [],
    output: z.array(choice),
  }),

  choiceRows: query(connectionVerbs.choiceRows, {
    weight: 'vendor',
    tag,
    summary: 'Options of the account for a field of the destination, as the provider lists them',
    routes: connectionRoutes.choiceRows,
    output: z.array(z.record(z.string(), z.unknown())),
  }),
})
