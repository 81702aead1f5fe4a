import { execFile } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import {
  chmod,
  mkdir,
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openPostgres } from '@keyferry/db'
import { createDatabase, createMigratedDatabase, statement } from '@keyferry/db/testing'
import { insertOrganization } from '@keyferry/kernel/authority'
import { freePort } from '@keyferry/vitest/free-port'
import SQLite from 'better-sqlite3'
import { sql } from 'kysely'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { openAdmin } from './admin/admin.ts'
import { examine } from './admin/doctor.ts'
import { StartupError } from './startup-error.ts'
import { readEnv } from './settings/env.ts'
import { serveMonitoring } from './monitoring/monitoring.ts'
import { openRuntime, type Runtime } from './open.ts'
import { refuseFewFiles } from './store/open-files.ts'
import { whenRoom } from './store/reachable.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function dataDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-data-'))
  closing.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

async function open(variables: Record<string, string>): Promise<Runtime> {
  const instance = await openRuntime(readEnv({ LOG_LEVEL: 'silent', ...variables }))
  closing.push(() => instance.close())
  return instance
}

/** An instance with something sealed in it, closed again. */
async function used(variables: Record<string, string>): Promise<void> {
  const { ctx, close } = await open(variables)
  const id = randomUUID()
  await ctx.db.transaction().execute((tx) => insertOrganization(ctx, tx, { id, name: 'Acme', slug: 'acme' }))
  closing.pop()
  await close()
}

/** Every file of a directory with its content. */
async function contents(dir: string): Promise<Map<string, string>> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  return new Map(await Promise.all(files.sort().map(async (file) => [file, await readFile(file, 'base64')] as const)))
}

const newKey = () => randomBytes(32).toString('base64')

describe('the data directory', () => {
  it('is refused to a second instance while the first is open, and not afterwards', async () => {
    const dir = await dataDir()
    const first = await open({ KEYFERRY_DATA_DIR: dir })
    await expect(open({ KEYFERRY_DATA_DIR: dir })).rejects.toThrow(`The data directory ${dir} is in use`)
    closing.pop()
    await first.close()
    await open({ KEYFERRY_DATA_DIR: dir })
  })

  it('gets a root key for its owner only, kept from then on', async () => {
    const dir = await dataDir()
    await used({ KEYFERRY_DATA_DIR: dir })
    const key = await readFile(join(dir, 'root.key'), 'utf8')
    expect(Buffer.from(key, 'base64')).toHaveLength(32)
    expect((await stat(join(dir, 'root.key'))).mode & 0o777).toBe(0o600)
    const { ctx } = await open({ KEYFERRY_DATA_DIR: dir })
    expect(await readFile(join(dir, 'root.key'), 'utf8')).toBe(key)
    // What tests lower for themselves.
    expect(ctx.scryptCost).toEqual({ ln: 17, r: 8, p: 1 })
  })

  it.each([
    ['is missing', (file: string) => rm(file), 'is missing'],
    ['is another one', (file: string) => writeFile(file, newKey()), 'is not the root key'],
    ['is cut short', (file: string) => writeFile(file, 'AAAA'), 'does not contain 32 bytes'],
    ['can be read by others', (file: string) => chmod(file, 0o644), 'chmod 600'],
  ])('is left as it is when the root key %s', async (_, spoil, message) => {
    const dir = await dataDir()
    await used({ KEYFERRY_DATA_DIR: dir })
    await spoil(join(dir, 'root.key'))
    const before = await contents(dir)
    const refused = open({ KEYFERRY_DATA_DIR: dir })
    await expect(refused).rejects.toThrow(StartupError)
    await expect(refused).rejects.toThrow(message)
    expect(await contents(dir)).toEqual(before)
  })

  it('gets none where the operator has to bring it, as in the image', async () => {
    const dir = await dataDir()
    await expect(open({ KEYFERRY_DATA_DIR: dir, KEYFERRY_CREATE_ROOT_KEY: 'false' })).rejects.toThrow(
      'set KEYFERRY_ROOT_KEY',
    )
    expect(await readdir(dir)).not.toContain('root.key')
  })

  it('is left as it is when the key of the environment is wrong, though the file beside it is right', async () => {
    const dir = await dataDir()
    await used({ KEYFERRY_DATA_DIR: dir })
    const before = await contents(dir)
    await expect(open({ KEYFERRY_DATA_DIR: dir, KEYFERRY_ROOT_KEY: newKey() })).rejects.toThrow(
      'KEYFERRY_ROOT_KEY is not',
    )
    expect(await contents(dir)).toEqual(before)
  })

  it('is refused to a version older than its store', async () => {
    const dir = await dataDir()
    const { ctx, close } = await open({ KEYFERRY_DATA_DIR: dir })
    await sql`insert into kysely_migration (name, timestamp) values ('9999-later', '2027')`.execute(ctx.db)
    closing.pop()
    await close()
    const refused = open({ KEYFERRY_DATA_DIR: dir })
    await expect(refused).rejects.toThrow(StartupError)
    await expect(refused).rejects.toThrow('too old')
  })

  it('is refused when it cannot be made', async () => {
    const file = join(await dataDir(), 'file')
    await writeFile(file, '')
    const refused = open({ KEYFERRY_DATA_DIR: join(file, 'below') })
    await expect(refused).rejects.toThrow(StartupError)
    await expect(refused).rejects.toThrow('KEYFERRY_DATA_DIR')
    const link = join(await dataDir(), 'link')
    await symlink('nowhere', link)
    await expect(open({ KEYFERRY_DATA_DIR: link })).rejects.toThrow('is a link to a directory that does not exist')
    // Node's recursive mkdir never returns there.
    await expect(open({ KEYFERRY_DATA_DIR: '/proc/keyferry/data' })).rejects.toThrow('KEYFERRY_DATA_DIR')
  })

  it.each([
    ['it is a file itself', '.', 'is a file. Set KEYFERRY_DATA_DIR to a directory'],
    ['a container mounted a directory for the root key', 'root.key', 'root.key is a directory. Put the file there'],
    ['a directory has the name of the store', 'keyferry.db', 'keyferry.db is a directory. Put the file there'],
  ])('is refused in words where %s, to operators too', async (_, name, words) => {
    const dir = await dataDir()
    const variables = { KEYFERRY_DATA_DIR: name === '.' ? join(dir, 'file') : dir }
    if (name === '.') await writeFile(join(dir, 'file'), '')
    else await mkdir(join(dir, name), { mode: 0o700 })
    await expect(open(variables)).rejects.toThrow(words)
    await expect(openAdmin(readEnv(variables))).rejects.toThrow(words)
  })

  it.skipIf(!existsSync('/proc/self/limits'))('is not opened where too few files can be', async () => {
    const program = `import { refuseFewFiles } from ${JSON.stringify(import.meta.resolve('./store/open-files.ts'))}
      try { refuseFewFiles() } catch ({ message }) { console.log(message) }`
    const limited = ['-c', 'ulimit -n 64 && exec "$0" "$@"', process.execPath, '--input-type=module', '--eval', program]
    expect((await promisify(execFile)('sh', limited)).stdout).toContain('may open 64 files and connections at once')
    expect(refuseFewFiles).not.toThrow()
  })

  it('is not opened when the store takes no writes', async () => {
    const dir = await dataDir()
    const first = await openRuntime(readEnv({ KEYFERRY_DATA_DIR: dir, LOG_LEVEL: 'silent' }))
    await first.close()
    // What SQLite takes for read-only for every user: a version of the format that it cannot write.
    const file = await openFile(join(dir, 'keyferry.db'), 'r+')
    await file.write(Buffer.from([3]), 0, 1, 18)
    await file.close()
    await expect(open({ KEYFERRY_DATA_DIR: dir })).rejects.toThrow(
      /keyferry\.db cannot be used: .*The store is read-only: .*make it writable\. Nothing was changed/,
    )
  })

  it('says that a part of the store is damaged, and what to do', async () => {
    const dir = await dataDir()
    const first = await openRuntime(readEnv({ KEYFERRY_DATA_DIR: dir, LOG_LEVEL: 'silent' }))
    await first.close()
    const database = new SQLite(join(dir, 'keyferry.db'))
    const page = database.pragma('page_size', { simple: true })
    const root = database.prepare(`select rootpage from sqlite_master where name = 'leases'`).pluck().get()
    database.close()
    const file = await openFile(join(dir, 'keyferry.db'), 'r+')
    await file.write(Buffer.alloc(Number(page), 255), 0, Number(page), (Number(root) - 1) * Number(page))
    await file.close()
    await expect(open({ KEYFERRY_DATA_DIR: dir })).rejects.toThrow(
      /cannot be used: .*malformed\. Part of the store is damaged: restore a backup/,
    )
  })

  it('is not opened when the store is no store', async () => {
    const dir = await dataDir()
    await writeFile(join(dir, 'keyferry.db'), 'not a database')
    const before = await contents(dir)
    await expect(open({ KEYFERRY_DATA_DIR: dir })).rejects.toThrow('cannot be read as a Keyferry store')
    expect([...(await contents(dir))].filter(([file]) => !file.includes('/lock'))).toEqual([...before])
  })

  // Nothing is ever free in /proc.
  it.skipIf(!existsSync('/proc'))('says that a disk is full, whatever the error of what could not write', async () => {
    const failing = () => Promise.reject(new Error('FS error'))
    await expect(whenRoom('/proc', failing)).rejects.toThrow('0 MB are free in /proc. The disk of the store is full')
    await expect(whenRoom(await dataDir(), failing)).rejects.toThrow('FS error')
    const quota = () => Promise.reject(Object.assign(new Error('write'), { code: 'EDQUOT' }))
    await expect(whenRoom(await dataDir(), quota)).rejects.toThrow('the quota of the user')
  })
})

describe.skipIf(!inject('postgresUrl'))('a fleet', () => {
  it('shares the key of its environment and refuses another one', async () => {
    const variables = {
      KEYFERRY_DATA_DIR: await dataDir(),
      DATABASE_URL: await createDatabase(),
      KEYFERRY_ROOT_KEY: newKey(),
    }
    await used(variables)
    await Promise.all([open(variables), open(variables)])
    await expect(open({ ...variables, KEYFERRY_ROOT_KEY: newKey() })).rejects.toThrow('KEYFERRY_ROOT_KEY is not')
  })

  it('does not start on a key that only one of its processes would have', async () => {
    const variables = { KEYFERRY_DATA_DIR: await dataDir(), DATABASE_URL: await createDatabase() }
    await expect(open(variables)).rejects.toThrow('set KEYFERRY_ROOT_KEY')
    expect(await readdir(variables.KEYFERRY_DATA_DIR)).toEqual([])
  })

  it('says so when the database is away', async () => {
    const env = readEnv({
      KEYFERRY_DATA_DIR: await dataDir(),
      DATABASE_URL: 'postgres://someone:hidden@127.0.0.1:1/none',
      LOG_LEVEL: 'silent',
    })
    const refused = openRuntime(env, { timeoutMs: 600 })
    await expect(refused).rejects.toThrow('DATABASE_URL cannot be used')
    await expect(refused).rejects.not.toThrow('hidden')
  })
})

describe.skipIf(!inject('postgresUrl'))('the doctor beside a fleet', () => {
  it('blames a database that takes no writes, not the connections, and needs no data directory', async () => {
    const variables = {
      KEYFERRY_DATA_DIR: join(await dataDir(), 'absent'),
      DATABASE_URL: await createDatabase(),
      KEYFERRY_ROOT_KEY: newKey(),
    }
    await used(variables)
    await rm(variables.KEYFERRY_DATA_DIR, { recursive: true })
    const errors = async () => (await examine(variables)).filter(({ state }) => state === 'error')
    expect(await errors()).toEqual([])
    const db = openPostgres(variables.DATABASE_URL, 1)
    const { pathname } = new URL(variables.DATABASE_URL)
    await sql`alter database ${sql.id(pathname.slice(1))} set default_transaction_read_only = on`.execute(db)
    await db.destroy()
    expect(await errors()).toMatchObject([
      { check: 'store', message: expect.stringContaining('The store is read-only') },
    ])
  })
})

describe.skipIf(!inject('postgresUrl'))('a fleet that starts', () => {
  // Ten of them at once migrate the schema in a test of the store.
  it('all at once on an empty database: five processes, one schema, one queue', async () => {
    const variables = {
      KEYFERRY_DATA_DIR: await dataDir(),
      DATABASE_URL: await createDatabase(),
      KEYFERRY_ROOT_KEY: newKey(),
    }
    const instances = await Promise.all(Array.from({ length: 5 }, () => open(variables)))
    await Promise.all(instances.map(({ jobs }) => jobs.start()))
    for (const { monitoring } of instances) {
      expect(await monitoring.readiness()).toMatchObject({ ready: true, reason: null })
      // It asks the store for several figures at once.
      const { text } = await monitoring.metrics({ authorization: undefined, ownPort: true })
      expect(text).toContain('keyferry_database_connections{state="waiting"} 0\n')
    }
  })

  it('waits for a database that comes up late, and says how long it waited for one that does not', async () => {
    // A door that is closed at first: what a process meets whose Postgres is still starting.
    const { hostname, port, username, password, pathname } = new URL(await createDatabase())
    const door = createServer((socket) => {
      const server = connect(Number(port), hostname)
      socket.pipe(server).pipe(socket)
      for (const end of [socket, server]) end.on('error', () => {})
    })
    const doorPort = await freePort()
    const env = readEnv({
      KEYFERRY_DATA_DIR: await dataDir(),
      DATABASE_URL: `postgres://${username}:${password}@127.0.0.1:${doorPort}${pathname}`,
      KEYFERRY_ROOT_KEY: newKey(),
      LOG_LEVEL: 'silent',
    })
    await expect(openRuntime(env, { timeoutMs: 300 })).rejects.toThrow('(tried for 0 s)')
    const starting = openRuntime(env)
    door.listen(doorPort, '127.0.0.1')
    const instance = await starting
    closing.push(async () => {
      await instance.close()
      door.close()
    })
    expect(await instance.ctx.db.selectFrom('projects').selectAll().execute()).toEqual([])
  })

  it('gets its queue though the database stops again in the middle of the start', async () => {
    const { hostname, port, username, password, pathname } = new URL(await createMigratedDatabase())
    let cut = 0
    const door = createServer((socket) => {
      socket.on('error', () => {})
      if (cut > 0) {
        cut -= 1
        socket.destroy()
        return
      }
      const server = connect(Number(port), hostname)
      server.on('error', () => {})
      socket.pipe(server).pipe(socket)
    })
    door.listen(0, '127.0.0.1')
    await once(door, 'listening')
    closing.push(async () => void door.close())
    const address = door.address()
    const doorPort = address !== null && typeof address === 'object' ? address.port : 0
    const { jobs, monitoring } = await open({
      KEYFERRY_DATA_DIR: await dataDir(),
      DATABASE_URL: `postgres://${username}:${password}@127.0.0.1:${doorPort}${pathname}`,
      KEYFERRY_ROOT_KEY: newKey(),
    })
    cut = 2
    await jobs.start()
    expect(cut).toBe(0)
    expect(await monitoring.readiness()).toMatchObject({ ready: true })
  })

  it.each([
    {
      what: 'is read-only',
      sabotage: (name: string) => [`alter database ${name} set default_transaction_read_only = on`],
      words:
        /read-only transaction\. The store is read-only: point DATABASE_URL at the primary, or make it writable\. Nothing was changed/,
    },
    {
      what: 'has a full disk',
      sabotage: () => [
        `create function no_room() returns trigger language plpgsql as
          $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`,
        'delete from instance_keys',
        'create trigger no_room before insert on instance_keys execute function no_room()',
      ],
      words: /could not extend file\. The disk of the store is full: make room\. Nothing was changed/,
    },
    {
      what: 'is newer',
      sabotage: () => [`insert into kysely_migration values ('9999-later', '')`],
      words: /too old for its data.*"9999-later".*Nothing was changed/,
    },
  ])('says what is wrong with a database that $what, and does not start', async ({ sabotage, words }) => {
    const variables = {
      KEYFERRY_DATA_DIR: await dataDir(),
      DATABASE_URL: await createMigratedDatabase(),
      KEYFERRY_ROOT_KEY: newKey(),
    }
    const { ctx } = await open(variables)
    for (const text of sabotage(new URL(variables.DATABASE_URL).pathname.slice(1))) await statement(ctx.db, text)
    const start = async () => (await open(variables)).jobs.start()
    const refused: unknown = await start().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(StartupError)
    expect(String(refused)).toMatch(words)
  })

  it('needs rights to create tables and a schema, and changes nothing without them', async () => {
    const owner = new URL(await createDatabase())
    const name = owner.pathname.slice(1)
    const admin = openPostgres(owner.href, 1)
    closing.push(async () => {
      await statement(admin, `drop owned by ${name}_app`)
      await statement(admin, `drop role ${name}_app`)
      await admin.destroy()
    })
    for (const text of [
      `create role ${name}_app login password 'app'`,
      'revoke create on schema public from public',
      `revoke create on database ${name} from public`,
    ])
      await statement(admin, text)
    const limited = new URL(owner.href)
    limited.username = `${name}_app`
    limited.password = 'app'
    const start = async () =>
      open({ KEYFERRY_DATA_DIR: await dataDir(), DATABASE_URL: limited.href, KEYFERRY_ROOT_KEY: newKey() })
    const grants = [`GRANT CREATE ON SCHEMA public TO ${name}_app`, `GRANT CREATE ON DATABASE ${name} TO ${name}_app`]
    for (const grant of grants) {
      const refused: unknown = await start().catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(StartupError)
      expect(String(refused)).toContain(`Run as its owner: ${grant} Nothing was changed.`)
      expect((await sql`select 1 from pg_tables where schemaname = 'public'`.execute(admin)).rows).toEqual([])
      await statement(admin, grant)
    }
    await (await start()).jobs.start()
  })

  it('does not wait for a database that refuses it permanently', async () => {
    const url = new URL(await createDatabase())
    url.pathname = '/there_is_none'
    const refused = open({ KEYFERRY_DATA_DIR: await dataDir(), DATABASE_URL: url.href, KEYFERRY_ROOT_KEY: newKey() })
    await expect(refused).rejects.toThrow(
      /"there_is_none" does not exist\. The database refused the connection\. Check user, password, database and rights in DATABASE_URL\./,
    )
  })
})

describe('the monitoring server of a worker', () => {
  it('answers with metrics and readiness, and refuses a port in use', async () => {
    const { monitoring } = await open({ KEYFERRY_DATA_DIR: await dataDir(), METRICS_PORT: '0' })
    const on = (METRICS_PORT: number | undefined) => ({
      HOST: '127.0.0.1',
      KEYFERRY_URL: undefined,
      KEYFERRY_ALLOWED_HOSTS: [],
      METRICS_PORT,
    })
    expect(await serveMonitoring(monitoring, on(undefined))).toBeNull()
    const server = await serveMonitoring(monitoring, on(0))
    if (!server) throw new Error('no server')
    closing.push(server.stop)
    const ask = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`)
    const metrics = await (await ask('/metrics')).text()
    expect(metrics).toContain('keyferry_due_syncs 0')
    expect(metrics).toContain('process_cpu_seconds_total')
    // The queue of this process was never started.
    const ready = await ask('/api/ready')
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({
      ready: false,
      checks: { store: 'ok', schema: 'ok', keys: 'ok', queue: 'The queue is not open yet.' },
    })
    expect((await ask('/')).status).toBe(404)
    await expect(serveMonitoring(monitoring, on(server.port))).rejects.toThrow(
      `Port ${server.port} is in use by another program. Stop it, or set METRICS_PORT to a free one.`,
    )
    // fetch sends no Host header of one's own choice.
    const named = await new Promise<IncomingMessage>((resolve, reject) => {
      get({ port: server.port, path: '/metrics', headers: { host: 'evil.test' } }, resolve).once('error', reject)
    })
    named.resume()
    expect(named.statusCode).toBe(421)
    const guarded = await open({ KEYFERRY_DATA_DIR: await dataDir(), METRICS_TOKEN: 'a-token-for-prometheus' })
    const own = await serveMonitoring(guarded.monitoring, on(0))
    if (!own) throw new Error('no server')
    closing.push(own.stop)
    const authorization = 'Bearer a-token-for-prometheus'
    expect((await fetch(`http://127.0.0.1:${own.port}/metrics`)).status).toBe(401)
    expect((await fetch(`http://127.0.0.1:${own.port}/metrics`, { headers: { authorization } })).status).toBe(200)
  })
})
