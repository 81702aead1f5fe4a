/** What `keyferry login` and `keyferry use` keep, in `~/.config/keyferry/config.json` or below `XDG_CONFIG_HOME`. */
import { access, chmod, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { Failure } from '../failure.ts'

export type Env = Readonly<Record<string, string | undefined>>

const settings = z.object({
  url: z.string().optional(),
  /** A bearer token. */
  token: z.string().optional(),
  /** The cookie of a session, of who signed in by email and password. */
  session: z.string().optional(),
  /** Plain http was accepted for this URL. */
  insecure: z.boolean().optional(),
  project: z.string().optional(),
  environment: z.string().optional(),
})
export type Settings = z.output<typeof settings>

const settingsFile = (env: Env): string =>
  join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'keyferry', 'config.json')

/** Empty when there is no file yet. Throws `Failure` when it cannot be read. */
export async function readSettings(env: Env): Promise<Settings> {
  const file = settingsFile(env)
  try {
    return settings.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return {}
    // It is below a file.
    if (codeOf(error) === 'ENOTDIR') throw notWritable(env, error)
    throw new Failure(`${file} cannot be read`, 'Remove it and run `keyferry login` again.')
  }
}

/** Makes the directory. Throws `Failure` when nothing can be kept there: before a sign-in that would be lost. */
export async function refuseUnwritable(env: Env): Promise<void> {
  const directory = dirname(settingsFile(env))
  try {
    await makeDirectory(directory)
    await access(directory, constants.W_OK)
  } catch (error) {
    throw notWritable(env, error)
  }
}

/** Nobody else can read it at any moment, and a crash leaves the old one. Throws `Failure` as `refuseUnwritable`. */
export async function writeSettings(env: Env, present: Settings): Promise<string> {
  const file = settingsFile(env)
  const draft = `${file}.${process.pid}.tmp`
  try {
    await makeDirectory(dirname(file))
    await writeFile(draft, `${JSON.stringify(present, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    await chmod(draft, 0o600)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {})
    throw notWritable(env, error)
  }
  return file
}

/** Node's own `recursive` never ends below a directory that takes none, such as `/proc` (24.21, 2026-11-29). */
async function makeDirectory(path: string): Promise<void> {
  const make = (): Promise<void> =>
    mkdir(path, { mode: 0o700 }).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  try {
    await make()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(path) === path) throw error
    await makeDirectory(dirname(path))
    await make()
  }
}

const notWritable = (env: Env, error: unknown): Failure =>
  new Failure(
    `${settingsFile(env)} cannot be written (${codeOf(error) ?? String(error)})`,
    'Set XDG_CONFIG_HOME to a directory that you can write to, or KEYFERRY_URL and KEYFERRY_TOKEN in place of a sign-in.',
  )

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error ? String(error.code) : undefined
