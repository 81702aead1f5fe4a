import { identityVerbs } from '@keyferry/access/verbs'
import { foundIdentities, identity, identityDetails } from '@keyferry/schemas'
import { z } from 'zod'
import { identityRoutes } from '../infisical/identities.ts'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Identities'

export const identities = router({
  list: query(identityVerbs.list, {
    isCompressed: true,
    tag,
    summary: 'Every machine',
    routes: identityRoutes.list,
    output: z.array(identity),
  }),

  search: query(identityVerbs.search, {
    tag,
    summary: 'Machines by name and role, a page at a time',
    routes: identityRoutes.search,
    output: foundIdentities,
  }),

  get: query(identityVerbs.get, { tag, summary: 'One machine', routes: identityRoutes.get, output: identity }),

  details: query(identityVerbs.details, {
    tag,
    summary: 'The organization of the caller',
    routes: identityRoutes.details,
    output: identityDetails,
  }),

  create: mutation(identityVerbs.create, {
    tag,
    summary: 'Creates a machine',
    routes: identityRoutes.create,
    output: identity,
  }),

  update: mutation(identityVerbs.update, {
    tag,
    summary: 'Changes a machine',
    routes: identityRoutes.update,
    output: identity,
  }),

  delete: mutation(identityVerbs.delete, {
    tag,
    summary: 'Deletes a machine with its secrets and tokens',
    routes: identityRoutes.delete,
    output: identity,
  }),
})
