import type { z } from 'zod'

/**
 * An output schema for types and documents only. The type of the verb says already what it answers; going through ten
 * thousand rows again takes as long as decrypting them.
 */
export const unchecked = <T extends z.ZodType>(schema: T): T =>
  Object.assign(schema.clone(), { parseAsync: (answer: unknown) => Promise.resolve(answer) })
