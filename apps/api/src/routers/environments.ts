import {
  createEnvironment as create,
  deleteEnvironment,
  updateEnvironment as update,
} from '@keyferry/core/vault/environments'
import { createEnvironment, deleteEnvironment as deleteInput, environment, updateEnvironment } from '@keyferry/schemas'
import type { Route } from '../rest/route.ts'
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'Environments'

/** The same route below projects and below their older name. */
const both = (method: Route['method'], path: string, message: string): Route[] =>
  ['/api/v1/projects/:projectId/environments', '/api/v1/workspace/:projectId/environments'].map((base) => ({
    method,
    path: `${base}${path}`,
    envelope: 'environment',
    message,
    workspace: true,
  }))

export const environments = router({
  create: may('project.manage')
    .meta({ tag, summary: 'Creates an environment', routes: both('POST', '', 'Successfully created new environment') })
    .input(createEnvironment)
    .output(environment)
    .mutation(call(create)),

  update: may('project.manage')
    .meta({
      tag,
      summary: 'Changes an environment',
      routes: both('PATCH', '/:environmentId', 'Successfully updated environment'),
    })
    .input(updateEnvironment)
    .output(environment)
    .mutation(call(update)),

  delete: may('project.manage')
    .meta({
      tag,
      summary: 'Deletes an environment and everything in it; `syncs` says what becomes of those that read it',
      routes: both('DELETE', '/:environmentId', 'Successfully deleted environment').map((route) => ({
        ...route,
        input: 'query' as const,
      })),
    })
    .input(deleteInput)
    .output(environment)
    .mutation(call(deleteEnvironment)),
})
