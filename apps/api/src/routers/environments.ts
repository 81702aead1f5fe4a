import { environment } from '@keyferry/schemas'
import { environmentVerbs } from '@keyferry/vault/verbs'
import type { Route } from '../rest/route.ts'
import { mutation, router } from '../trpc/procedures.ts'

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
  create: mutation(environmentVerbs.create, {
    tag,
    summary: 'Creates an environment',
    routes: both('POST', '', 'Successfully created new environment'),
    output: environment,
  }),

  update: mutation(environmentVerbs.update, {
    tag,
    summary: 'Changes an environment',
    routes: both('PATCH', '/:environmentId', 'Successfully updated environment'),
    output: environment,
  }),

  delete: mutation(environmentVerbs.delete, {
    tag,
    summary: 'Deletes an environment and everything in it; `syncs` says what becomes of those that read it',
    routes: both('DELETE', '/:environmentId', 'Successfully deleted environment').map((route) => ({
      ...route,
      input: 'query' as const,
    })),
    output: environment,
  }),
})
