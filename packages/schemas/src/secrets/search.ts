import { z } from 'zod'
import { environmentLookup, id, storedText } from '../names/names.ts'

export const searchSecrets = z.object({
  projectId: id,
  query: storedText.trim().min(1).max(255),
  environment: environmentLookup.optional(),
  limit: z.number().int().min(1).max(500).default(100),
})

/** Never a value. */
export const foundSecrets = z.object({
  secrets: z.array(
    z.object({
      id,
      key: z.string(),
      environment: z.string(),
      secretPath: z.string(),
      comment: z.string(),
      matched: z.enum(['key', 'comment']),
    }),
  ),
  more: z.boolean(),
})
