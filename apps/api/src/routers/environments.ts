import { environment, ownEnvironment } from '@keyferry/schemas'
import { environmentVerbs } from '@keyferry/vault/verbs'
import { environmentRoutes } from '../infisical/environments.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Environments'

export const environments = router({
  get: query(environmentVerbs.get, {
    tag,
    summary: 'One environment',
    routes: environmentRoutes.get,
    output: ownEnvironment,
  }),

  bySlug: query(environmentVerbs.bySlug, {
    tag,
    summary: 'One environment, by its slug',
    routes: environmentRoutes.bySlug,
    output: ownEnvironment,
  }),

  create: mutation(environmentVerbs.create, {
    tag,
    summary: 'Creates an environment',
    routes: environmentRoutes.create,
    output: ownEnvironment,
  }),

  update: mutation(environmentVerbs.update, {
    tag,
    summary: 'Changes an environment',
    routes: environmentRoutes.update,
    output: ownEnvironment,
  }),

  delete: mutation(environmentVerbs.delete, {
    tag,
    summary: 'Deletes an environment and everything in it; `syncs` says what becomes of those that read it',
    routes: environmentRoutes.delete,
    output: ownEnvironment.extend({ pending: environment.shape.pending }),
  }),
})
