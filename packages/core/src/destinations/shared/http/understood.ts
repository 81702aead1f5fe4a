import type { z } from 'zod'
import { DestinationError } from '../../destination-error.ts'

/**
 * The body of a good answer as `schema` has it. Throws `unavailable` where it has another form: a client must not guess
 * what was meant. `words`: whose answer to what, such as `Devin returned the list of secrets`.
 */
export function understood<T>(schema: z.ZodType<T>, body: unknown, words: string): T {
  const { success, data } = schema.safeParse(body)
  if (success) return data
  throw new DestinationError('unavailable', `${words} in an unknown format`)
}
