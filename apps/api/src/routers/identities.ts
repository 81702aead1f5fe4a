import {
  createIdentity as create,
  deleteIdentity,
  getIdentity,
  listIdentities,
  searchIdentities as search,
  updateIdentity as update,
} from '@keyferry/auth/machines/identities'
import { createIdentity, foundIdentities, id, identity, searchIdentities, updateIdentity } from '@keyferry/schemas'
import { z } from 'zod'
import { call, may, router } from '../trpc/procedures.ts'

const tag = 'Identities'
const base = '/api/v1/identities'
const one = z.object({ identityId: id })

export const identities = router({
  list: may('instance.manage')
    .meta({ tag, summary: 'Every machine', routes: [{ method: 'GET', path: base, envelope: 'identities' }] })
    .output(z.array(identity))
    .query(({ ctx }) => listIdentities(ctx.ctx, ctx.actor)),

  search: may('instance.manage')
    .meta({
      tag,
      summary: 'Machines by name and role, a page at a time',
      routes: [{ method: 'POST', path: `${base}/search` }],
    })
    .input(searchIdentities)
    .output(foundIdentities)
    .query(call(search)),

  get: may('instance.manage')
    .meta({
      tag,
      summary: 'One machine',
      routes: [{ method: 'GET', path: `${base}/:identityId`, envelope: 'identity' }],
    })
    .input(one)
    .output(identity)
    .query(call(getIdentity)),

  create: may('instance.manage')
    .meta({ tag, summary: 'Creates a machine', routes: [{ method: 'POST', path: base, envelope: 'identity' }] })
    .input(createIdentity)
    .output(identity)
    .mutation(call(create)),

  update: may('instance.manage')
    .meta({
      tag,
      summary: 'Changes a machine',
      routes: [{ method: 'PATCH', path: `${base}/:identityId`, envelope: 'identity' }],
    })
    .input(updateIdentity)
    .output(identity)
    .mutation(call(update)),

  delete: may('instance.manage')
    .meta({
      tag,
      summary: 'Deletes a machine with its secrets and tokens',
      routes: [{ method: 'DELETE', path: `${base}/:identityId`, envelope: 'identity', input: 'query' }],
    })
    .input(one)
    .output(identity)
    .mutation(call(deleteIdentity)),
})
