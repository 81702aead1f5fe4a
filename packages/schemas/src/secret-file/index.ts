/** Secrets as the text of a file that other programs read back to the same bytes. */
import { z } from 'zod'
import { dotenvLine } from './dotenv.ts'
import { yamlLine } from './yaml.ts'

export { dotenvLine, yamlLine }

export const secretFileFormat = z.enum(['dotenv', 'json', 'yaml'])
export type SecretFileFormat = z.output<typeof secretFileFormat>

export const SECRET_FILES: Readonly<Record<SecretFileFormat, { name: string; extension: string }>> = {
  dotenv: { name: '.env', extension: 'env' },
  json: { name: 'JSON', extension: 'json' },
  yaml: { name: 'YAML', extension: 'yaml' },
}

/** The text of a file, or the keys that the format can't hold exactly: nothing is left out without a word. */
export function secretFile(
  format: SecretFileFormat,
  entries: ReadonlyMap<string, string>,
): { text: string } | { refused: string[] } {
  // Entries become own properties, also one called __proto__.
  if (format === 'json') return { text: `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n` }
  const line = format === 'yaml' ? yamlLine : dotenvLine
  const refused: string[] = []
  const lines: string[] = []
  for (const [key, value] of entries) {
    const text = line(key, value)
    if (text === null) refused.push(key)
    else lines.push(text)
  }
  return refused.length > 0 ? { refused } : { text: lines.join('') }
}
