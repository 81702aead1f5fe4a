import { apiKeyVerbs } from '@keyferry/access/verbs'
import { apiKey } from '@keyferry/schemas'
import { z } from 'zod'
import { mutation, query, router } from '../trpc/procedures.ts'

const tag = 'API keys'
const base = '/api/v1/api-keys'

export const apiKeys = router({
  list: query(apiKeyVerbs.list, {
    tag,
    summary: 'One’s own API keys; for instance admins, everybody’s',
    routes: [{ method: 'GET', path: base, envelope: 'apiKeys' }],
    output: z.array(apiKey),
  }),

  create: mutation(apiKeyVerbs.create, {
    tag,
    summary: 'Creates an API key with scopes; the token is shown once',
    routes: [{ method: 'POST', path: base }],
    output: z.object({ apiKey, token: z.string() }),
  }),

  revoke: mutation(apiKeyVerbs.revoke, {
    tag,
    summary: 'Revokes an API key immediately',
    routes: [{ method: 'DELETE', path: `${base}/:apiKeyId`, envelope: 'apiKey', input: 'query' }],
    output: apiKey,
  }),
})
