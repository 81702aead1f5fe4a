import { randomUUID } from 'node:crypto'
import { isShellName } from './shell.ts'

/**
 * Lines for the file that `GITHUB_ENV` names, which hold any text between two delimiters; null for a name that a
 * workflow can't set, and for a value with U+0000.
 */
export function githubEnvLines(key: string, value: string): string | null {
  if (!isShellName(key) || /^(GITHUB|RUNNER)_/i.test(key) || value.includes('\0')) return null
  const delimiter = `KEYFERRY_${randomUUID()}`
  return `${key}<<${delimiter}\n${value}\n${delimiter}\n`
}

/** Commands on a step's output that make the runner hide a value, and each of its lines, in every log from then on. */
export function maskCommands(value: string): string {
  const texts = new Set([value, ...value.split(/[\r\n]+/)])
  return [...texts]
    .filter((text) => text.trim() !== '')
    .map((text) => `::add-mask::${escaped(text)}\n`)
    .join('')
}

/** A workflow command is one line. */
const escaped = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
