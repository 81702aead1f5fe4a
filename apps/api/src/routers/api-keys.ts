import { createApiKey as create, listApiKeys, revokeApiKey } from '@keyferry/auth/machines/api-keys'
import { ownGrants } from '@keyferry/core/access/needs'
import { apiKey, createApiKey, id } from '@keyferry/schemas'
import { allows, type Access } from '@keyferry/schemas/policy'
import { z } from 'zod'
import { may, router } from '../trpc/procedures.ts'

const tag = 'API keys'
const base = '/api/v1/api-keys'
const runsInstance = (access: Access): boolean => allows(access, 'instance.manage', { kind: 'instance' })

export const apiKeys = router({
  list: may('instance.use')
    .meta({
      tag,
      summary: 'One’s own API keys; for instance admins, everybody’s',
      routes: [{ method: 'GET', path: base, envelope: 'apiKeys' }],
    })
    .output(z.array(apiKey))
    .query(({ ctx }) => listApiKeys(ctx.ctx, ctx.actor, { everybody: runsInstance(ctx.access) })),

  create: may('instance.use', ownGrants)
    .meta({
      tag,
      summary: 'An API key for some places; the token is shown once',
      routes: [{ method: 'POST', path: base }],
    })
    .input(createApiKey)
    .output(z.object({ apiKey, token: z.string() }))
    .mutation(({ ctx, input }) => create(ctx.ctx, ctx.auth, ctx.actor, input)),

  revoke: may('instance.use')
    .meta({
      tag,
      summary: 'Ends an API key at once',
      routes: [{ method: 'DELETE', path: `${base}/:apiKeyId`, envelope: 'apiKey', input: 'query' }],
    })
    .input(z.object({ apiKeyId: id }))
    .output(apiKey)
    .mutation(({ ctx, input }) => revokeApiKey(ctx.ctx, ctx.actor, { ...input, everybody: runsInstance(ctx.access) })),
})
