/**
 * Where settings that are secrets come from: a variable, a file, or, for root keys, a command such as that of a KMS or
 * password manager.
 */
import { spawnSync } from 'node:child_process'
import { z } from 'zod'
import { MOST_BYTES, readSmallFile } from '../small-file.ts'
import { StartupError } from '../startup-error.ts'

type Variables = Readonly<Record<string, string | undefined>>

interface SecretSetting {
  name: string
  /** `<name>_COMMAND` may print it. */
  fromCommand?: boolean
}

const COMMAND_MS = 30_000

/** Of `NAME_FILE` and `NAME_COMMAND` for each setting. */
export const sourceNames = (settings: readonly SecretSetting[]): string[] =>
  settings.flatMap(({ name, fromCommand }) => [`${name}_FILE`, ...(fromCommand ? [`${name}_COMMAND`] : [])])

/**
 * `variables` with every secret in the variable of its own name, and without the names of its sources. Throws
 * `StartupError` when a secret is set twice, or its file or command gives none; what they say is never part of the
 * message.
 */
export function withSecrets(variables: Variables, settings: readonly SecretSetting[]): Variables {
  const resolved: Record<string, string | undefined> = { ...variables }
  for (const setting of settings) {
    const names = [setting.name, ...sourceNames([setting])]
    const [source, ...others] = names.filter((name) => variables[name] !== undefined && variables[name] !== '')
    if (others.length > 0) throw new StartupError(`${[source, ...others].join(' and ')}: set one of them, not both`)
    for (const name of names) delete resolved[name]
    const given = source === undefined ? undefined : variables[source]
    if (source === undefined || given === undefined) continue
    resolved[setting.name] = source.endsWith('_FILE')
      ? fromFile(source, given)
      : source.endsWith('_COMMAND')
        ? printed(source, given, variables)
        : given
  }
  return resolved
}

function fromFile(name: string, path: string): string {
  const { text, mode } = readSmallFile(name, path)
  // Containers mount secrets readable for everybody inside; writable for others is always a mistake.
  if ((mode & 0o022) !== 0 && process.platform !== 'win32')
    throw new StartupError(`${name}: other users can change ${path}. Run: chmod go-w ${path}`)
  return secretOf(name, text)
}

/** Without a shell: the words between blanks, or a JSON array of them. */
function printed(name: string, command: string, env: Variables): string {
  const [file, ...args] = wordsOf(name, command)
  const ended = spawnSync(file, args, {
    env,
    timeout: COMMAND_MS,
    killSignal: 'SIGKILL',
    maxBuffer: MOST_BYTES,
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
  })
  const code = ended.error && 'code' in ended.error ? String(ended.error.code) : null
  if (code === 'ETIMEDOUT')
    throw new StartupError(`${name}: ${file} printed no key within ${COMMAND_MS / 1000} s. Run it by hand to see why.`)
  if (ended.error) throw new StartupError(`${name}: ${file} cannot be run (${code ?? 'unknown error'})`)
  if (ended.status !== 0)
    throw new StartupError(`${name}: ${file} ended with ${ended.status ?? ended.signal}. Run it by hand to see why.`)
  return secretOf(name, ended.stdout)
}

const words = z.tuple([z.string().min(1)], z.string())

function wordsOf(name: string, command: string): z.infer<typeof words> {
  try {
    return words.parse(command.trimStart().startsWith('[') ? JSON.parse(command) : command.trim().split(/\s+/))
  } catch {
    throw new StartupError(`${name}: must be a command and its arguments, or a JSON array of them`)
  }
}

/** The line end that editors and commands add is not part of it. */
function secretOf(name: string, text: string): string {
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '' || secret.length > MOST_BYTES)
    throw new StartupError(`${name}: it gives no secret, or one too long`)
  return secret
}
