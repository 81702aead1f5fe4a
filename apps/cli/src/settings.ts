/** What `keyferry login` and `keyferry use` keep, in `~/.config/keyferry/config.json` or below `XDG_CONFIG_HOME`. */
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { Failure } from './failure.ts'

export type Env = Readonly<Record<string, string | undefined>>

const settings = z.object({
  url: z.string().optional(),
  /** A bearer token. */
  token: z.string().optional(),
  /** The cookie of a session, of who signed in by e-mail and password. */
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
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {}
    throw new Failure(`${file} cannot be read`, 'Remove it and run `keyferry login` again.')
  }
}

/** Nobody else can read it at any moment, and a crash leaves the old one. */
export async function writeSettings(env: Env, present: Settings): Promise<string> {
  const file = settingsFile(env)
  const draft = `${file}.${process.pid}.tmp`
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  try {
    await writeFile(draft, `${JSON.stringify(present, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    await chmod(draft, 0o600)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  return file
}
