import { z } from 'zod'
import { grant, roleAlias, scopes } from './scopes.ts'
import { displayName, id, timestamp } from '../names/names.ts'

export const apiKey = z
  .object({
    id,
    name: z.string(),
    owner: z.string().describe('Its owner; it has at most their permissions'),
    start: z.string().nullable().describe('Its first characters'),
    instanceAdmin: z.boolean().describe('The token of the first setup: it may do everything that its owner may'),
    grants: z.array(grant),
    expiresAt: timestamp.nullable(),
    lastUsedAt: timestamp.nullable(),
    createdAt: timestamp,
  })
  .meta({ id: 'ApiKey' })

export const createApiKey = z.object({
  name: displayName('Key name'),
  grants: z
    .array(z.object({ projectId: id, role: roleAlias, scopes: scopes.default(null) }))
    .min(1)
    .max(50),
  expiresInDays: z
    .number()
    .int()
    .min(1)
    .max(3650)
    .optional()
    .describe('Default: 90, or the most that the instance allows'),
})
