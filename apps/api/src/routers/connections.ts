import { connectionVerbs } from '@keyferry/core/verbs'
import { choice, connection, id } from '@keyferry/schemas'
import { z } from 'zod'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'App connections'
const base = '/api/v1/app-connections'

export const connections = router({
  options: query(connectionVerbs.options, {
    tag,
    summary: 'Apps that can be connected',
    routes: [{ method: 'GET', path: `${base}/options`, envelope: 'appConnectionOptions' }],
    output: z.array(z.object({ name: z.string(), app: z.string(), methods: z.array(z.string()) })),
  }),

  list: query(connectionVerbs.list, {
    tag,
    summary: 'Connections, of one app or all',
    routes: [
      { method: 'GET', path: base, envelope: 'appConnections' },
      { method: 'GET', path: `${base}/:app`, envelope: 'appConnections' },
    ],
    output: z.array(connection),
  }),

  available: query(connectionVerbs.available, {
    tag,
    summary: 'Connections that a sync may use',
    routes: [{ method: 'GET', path: `${base}/:app/available`, envelope: 'appConnections' }],
    output: z.array(
      z.object({ app: z.string(), name: z.string(), id, projectId: id.nullable().optional(), orgId: id }),
    ),
  }),

  get: query(connectionVerbs.get, {
    tag,
    summary: 'One connection',
    routes: [{ method: 'GET', path: `${base}/:app/:connectionId`, envelope: 'appConnection' }],
    output: connection,
  }),

  byName: query(connectionVerbs.byName, {
    tag,
    summary: 'One connection, by its name',
    routes: [{ method: 'GET', path: `${base}/:app/connection-name/:connectionName`, envelope: 'appConnection' }],
    output: connection,
  }),

  create: mutation(connectionVerbs.create, {
    weight: 'vendor',
    tag,
    summary: 'Tests the credentials at the vendor, then stores them',
    routes: [{ method: 'POST', path: `${base}/:app`, envelope: 'appConnection' }],
    output: connection,
  }),

  update: mutation(connectionVerbs.update, {
    weight: 'vendor',
    tag,
    summary: 'Changes a connection; new credentials are tested first and replace the old ones whole',
    routes: [{ method: 'PATCH', path: `${base}/:app/:connectionId`, envelope: 'appConnection' }],
    output: connection,
  }),

  delete: mutation(connectionVerbs.delete, {
    tag,
    summary: 'Deletes a connection that no sync uses',
    routes: [{ method: 'DELETE', path: `${base}/:app/:connectionId`, envelope: 'appConnection', input: 'query' }],
    output: connection,
  }),

  check: mutation(connectionVerbs.check, {
    weight: 'vendor',
    tag,
    summary: 'Tests the stored credentials at the vendor',
    routes: [{ method: 'POST', path: `${base}/:app/:connectionId/check`, envelope: 'appConnection' }],
    output: connection,
  }),

  choices: query(connectionVerbs.choices, {
    weight: 'vendor',
    tag,
    summary: 'What the account offers for a field of the target, for a picker',
    routes: [],
    output: z.array(choice),
  }),

  choiceRows: query(connectionVerbs.choiceRows, {
    weight: 'vendor',
    tag,
    summary: 'What the account offers for a field of the target, as the vendor has it',
    routes: [{ method: 'GET', path: `${base}/:app/:connectionId/:list`, rest: 'known' }],
    output: z.array(z.record(z.string(), z.unknown())),
  }),
})
