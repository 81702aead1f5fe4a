/** What a message names, as data beside it: no program reads it out of the words. */
import { z } from 'zod'

/** A folder, or a secret in it. */
export const mention = z.object({
  text: z.string().describe('As the message has it'),
  environment: z.string(),
  path: z.string(),
  key: z.string().optional(),
})
export type Mention = z.output<typeof mention>

/** `dev:/api`, or `dev:/api KEY`: the text that a message then has. */
export const mentionOf = ({ environment, path }: { environment: string; path: string }, key?: string): Mention => {
  const folder = `${environment}:${path}`
  return key === undefined ? { text: folder, environment, path } : { text: `${folder} ${key}`, environment, path, key }
}
