import { z } from 'zod'
import { id, secretPath } from '../names/names.ts'

export const matrixQuery = z.object({ projectId: id, secretPath: secretPath.default('/') })

/** Every key of a folder and of those below it, in every environment that the reader can read. Never a value. */
export const environmentMatrix = z.object({
  environments: z.array(z.string()).describe('Slugs'),
  rows: z.array(
    z.object({
      secretPath: z.string(),
      key: z.string(),
      groups: z
        .array(z.number().int().nullable())
        .describe('By environment: the same number for the same value, null where the key is missing'),
    }),
  ),
})
