import { knownConnections } from '@keyferry/core/access/hide'
import { listChoiceRows, listChoices } from '@keyferry/core/connections/choices'
import {
  checkConnection,
  createConnection as create,
  deleteConnection,
  getConnection,
  getConnectionByName,
  listAvailableConnections,
  listConnectionOptions,
  listConnections,
  updateConnection as update,
} from '@keyferry/core/connections/connections'
import { choice, connection, createConnection, id, updateConnection } from '@keyferry/schemas'
import { z } from 'zod'
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'App connections'
const base = '/api/v1/app-connections'
const one = z.object({ app: z.string(), connectionId: id })
const filter = z.object({ app: z.string().optional(), projectId: id.optional() })
const known = z.record(z.string(), z.string()).default({})
/** An empty choice list is an account that has none: a failing credential is an error. */
const choices = z.object({ connectionId: id, list: z.string(), known })

export const connections = router({
  options: may('instance.use')
    .meta({
      tag,
      summary: 'Apps that can be connected',
      routes: [{ method: 'GET', path: `${base}/options`, envelope: 'appConnectionOptions' }],
    })
    .output(z.array(z.object({ name: z.string(), app: z.string(), methods: z.array(z.string()) })))
    .query(({ ctx }) => listConnectionOptions(ctx.ctx, ctx.actor, {})),

  list: may('instance.use')
    .meta({
      tag,
      summary: 'Connections, of one app or all',
      routes: [
        { method: 'GET', path: base, envelope: 'appConnections' },
        { method: 'GET', path: `${base}/:app`, envelope: 'appConnections' },
      ],
    })
    .input(filter.default({}))
    .output(z.array(connection))
    .query(async ({ ctx, input }) => knownConnections(ctx.access, await listConnections(ctx.ctx, ctx.actor, input))),

  available: may('instance.use')
    .meta({
      tag,
      summary: 'Connections that a sync may use',
      routes: [{ method: 'GET', path: `${base}/:app/available`, envelope: 'appConnections' }],
    })
    .input(z.object({ app: z.string(), projectId: id.optional() }))
    .output(
      z.array(z.object({ app: z.string(), name: z.string(), id, projectId: id.nullable().optional(), orgId: id })),
    )
    .query(async ({ ctx, input }) =>
      knownConnections(ctx.access, await listAvailableConnections(ctx.ctx, ctx.actor, input)),
    ),

  get: may('connections.read')
    .meta({
      tag,
      summary: 'One connection',
      routes: [{ method: 'GET', path: `${base}/:app/:connectionId`, envelope: 'appConnection' }],
    })
    .input(one)
    .output(connection)
    .query(call(getConnection)),

  byName: may('connections.read')
    .meta({
      tag,
      summary: 'One connection, by its name',
      routes: [{ method: 'GET', path: `${base}/:app/connection-name/:connectionName`, envelope: 'appConnection' }],
    })
    .input(z.object({ app: z.string(), connectionName: z.string() }))
    .output(connection)
    .query(call(getConnectionByName)),

  create: may('connections.manage')
    .meta({
      tag,
      summary: 'Tests the credentials at the vendor, then stores them',
      routes: [{ method: 'POST', path: `${base}/:app`, envelope: 'appConnection' }],
    })
    .input(createConnection)
    .output(connection)
    .mutation(call(create)),

  update: may('connections.manage')
    .meta({
      tag,
      summary: 'Changes a connection; new credentials are tested first and replace the old ones whole',
      routes: [{ method: 'PATCH', path: `${base}/:app/:connectionId`, envelope: 'appConnection' }],
    })
    .input(updateConnection)
    .output(connection)
    .mutation(call(update)),

  delete: may('connections.manage')
    .meta({
      tag,
      summary: 'Deletes a connection that no sync uses',
      routes: [{ method: 'DELETE', path: `${base}/:app/:connectionId`, envelope: 'appConnection', input: 'query' }],
    })
    .input(one)
    .output(connection)
    .mutation(call(deleteConnection)),

  check: may('connections.read')
    .meta({
      tag,
      summary: 'Tests the stored credentials at the vendor',
      routes: [{ method: 'POST', path: `${base}/:app/:connectionId/check`, envelope: 'appConnection' }],
    })
    .input(z.object({ connectionId: id }))
    .output(connection)
    .mutation(call(checkConnection)),

  choices: may('connections.read')
    .meta({ tag, summary: 'What the account offers for a field of the target, for a picker', routes: [] })
    .input(choices)
    .output(z.array(choice))
    .query(call(listChoices)),

  choiceRows: may('connections.read')
    .meta({
      tag,
      summary: 'What the account offers for a field of the target, as the vendor has it',
      routes: [{ method: 'GET', path: `${base}/:app/:connectionId/:list`, rest: 'known' }],
    })
    .input(choices.extend({ app: z.string() }))
    .output(z.array(z.record(z.string(), z.unknown())))
    .query(call(listChoiceRows)),
})
