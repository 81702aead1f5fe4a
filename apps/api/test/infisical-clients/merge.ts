/** How clients make one map of the secrets of a folder and of the blocks of `imports`. */
import { z } from 'zod'

export const MERGES = ['first-to-last', 'last-to-first', 'overwrite', 'all', 'ignored'] as const
export type Merge = (typeof MERGES)[number]

const secrets = z.array(z.object({ secretKey: z.string(), secretValue: z.string() }))
const listed = z.object({ secrets, imports: z.array(z.object({ secrets })).default([]) })

/** Throws for a client that keeps every secret it is sent (`all`) when a key comes twice. */
export function merged(answer: unknown, rule: Merge): Record<string, string> {
  const { secrets: own, imports } = listed.parse(answer)
  const blocks = rule === 'ignored' ? [] : rule === 'last-to-first' ? imports.toReversed() : imports
  const values: Record<string, string> = {}
  for (const { secretKey, secretValue } of [...own, ...blocks.flatMap((block) => block.secrets)]) {
    const isThere = Object.hasOwn(values, secretKey)
    if (rule === 'all' && isThere) throw new Error(`${secretKey} was sent twice`)
    if (!isThere || rule === 'overwrite') values[secretKey] = secretValue
  }
  return values
}
