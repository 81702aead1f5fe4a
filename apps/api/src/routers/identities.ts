import { identityVerbs } from '@keyferry/access/verbs'
import { foundIdentities, identity } from '@keyferry/schemas'
import { z } from 'zod'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Identities'
const base = '/api/v1/identities'

export const identities = router({
  list: query(identityVerbs.list, {
    tag,
    summary: 'Every machine',
    routes: [{ method: 'GET', path: base, envelope: 'identities' }],
    output: z.array(identity),
  }),

  search: query(identityVerbs.search, {
    tag,
    summary: 'Machines by name and role, a page at a time',
    routes: [{ method: 'POST', path: `${base}/search` }],
    output: foundIdentities,
  }),

  get: query(identityVerbs.get, {
    tag,
    summary: 'One machine',
    routes: [{ method: 'GET', path: `${base}/:identityId`, envelope: 'identity' }],
    output: identity,
  }),

  create: mutation(identityVerbs.create, {
    tag,
    summary: 'Creates a machine',
    routes: [{ method: 'POST', path: base, envelope: 'identity' }],
    output: identity,
  }),

  update: mutation(identityVerbs.update, {
    tag,
    summary: 'Changes a machine',
    routes: [{ method: 'PATCH', path: `${base}/:identityId`, envelope: 'identity' }],
    output: identity,
  }),

  delete: mutation(identityVerbs.delete, {
    tag,
    summary: 'Deletes a machine with its secrets and tokens',
    routes: [{ method: 'DELETE', path: `${base}/:identityId`, envelope: 'identity', input: 'query' }],
    output: identity,
  }),
})
