import { dotenvLine, yamlLine } from '@keyferry/schemas/secret-file'
import { Failure } from '../failure.ts'
import { jsonText } from '../terminal/terminal.ts'
import { dockerEnvLine } from './docker-env.ts'
import { githubEnvLines } from './github-actions.ts'
import { shellLine } from './shell.ts'
import { tfvarsLine } from './tfvars.ts'

export type FormatName = keyof typeof FORMATS

interface Format {
  /** For people, such as `a .env file`. */
  what: string
  /** What it holds becomes the environment of programs; otherwise it is data. */
  isEnvironment: boolean
  /** The text of one secret; null when the format can't hold it. */
  line(key: string, value: string): string | null
}

/** The formats of `secrets export` that are written secret by secret. JSON, which is not, holds everything. */
const FORMATS = {
  dotenv: { what: 'a .env file', isEnvironment: true, line: dotenvLine },
  'docker-env': { what: 'a file for docker --env-file', isEnvironment: true, line: dockerEnvLine },
  shell: { what: 'a shell', isEnvironment: true, line: shellLine },
  'github-actions': { what: 'GITHUB_ENV', isEnvironment: true, line: githubEnvLines },
  yaml: { what: 'YAML', isEnvironment: false, line: yamlLine },
  tfvars: { what: 'a .tfvars file', isEnvironment: false, line: tfvarsLine },
} satisfies Record<string, Format>

export const FORMAT_NAMES = [...(Object.keys(FORMATS) as FormatName[]), 'json'] as const

/** Whether the file becomes the environment of programs. */
export const isEnvironment = (format: FormatName | 'json'): boolean =>
  format !== 'json' && FORMATS[format].isEnvironment

/**
 * Secrets as text of a format. With `base64` a value that the format can't hold is written in base64 under its name
 * with `_BASE64` behind it. Throws `Failure` naming every secret that the format can't hold: nothing is left out, or
 * written so that it comes back as something else.
 */
export function formatted(format: FormatName | 'json', entries: ReadonlyMap<string, string>, base64 = false): string {
  // Entries become own properties, also one called __proto__.
  if (format === 'json') return `${jsonText(Object.fromEntries(entries))}\n`
  const { what, line }: Format = FORMATS[format]
  const refused: string[] = []
  const lines: string[] = []
  for (const [key, value] of entries) {
    const marked = `${key}_BASE64`
    const text =
      line(key, value) ?? (base64 && !entries.has(marked) ? line(marked, Buffer.from(value).toString('base64')) : null)
    if (text === null) refused.push(key)
    else lines.push(text)
  }
  if (refused.length > 0)
    throw new Failure(
      `${what[0]?.toUpperCase()}${what.slice(1)} can’t represent ${refused.join(', ')}`,
      base64 ? 'Use --format json.' : 'Use --format json, or --base64 to write such values as NAME_BASE64.',
    )
  return lines.join('')
}
