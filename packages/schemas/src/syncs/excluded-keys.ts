import { z } from 'zod'
import { secretKey, timestamp } from '../names/names.ts'

/** The most keys that one sync excludes. */
export const MAX_EXCLUDED_KEYS = 500

/** A key that a sync neither writes nor deletes. */
export const excludedKey = z
  .object({
    key: z.string().describe('The key of the secret'),
    reason: z.string(),
    by: z.string(),
    at: timestamp,
  })
  .meta({ id: 'ExcludedKey' })

const someKeys = z.array(secretKey).min(1).max(100)

export const excludeKeys = z.object({
  keys: someKeys.describe('Keys of secrets, as in the source'),
  reason: z.string().trim().min(1).max(200).describe('Kept with them'),
})

export const includeKeys = excludeKeys.pick({ keys: true })
