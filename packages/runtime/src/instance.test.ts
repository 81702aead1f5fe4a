import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { chmod, mkdtemp, open as openFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { get, type IncomingMessage } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { createDatabase, statement } from '@keyferry/db/testing'
import { insertOrganization } from '@keyferry/kernel/authority'
import { sql } from 'kysely'
import { pino } from 'pino'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { StartupError } from './startup-error.ts'
import { readEnv } from './env.ts'
import { createLog } from './log.ts'
import { serveMonitoring } from './monitoring.ts'
import { openRuntime, type Runtime } from './open.ts'
import { terminalLog } from './terminal-log.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function dataDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-data-'))
  closing.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

async function open(variables: Record<string, string>, makeKey = true): Promise<Runtime> {
  const instance = await openRuntime(readEnv({ LOG_LEVEL: 'silent', ...variables }), { makeKey })
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
    await open({ KEYFERRY_DATA_DIR: dir })
    expect(await readFile(join(dir, 'root.key'), 'utf8')).toBe(key)
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
  })

  it('is not opened when the store takes no writes', async () => {
    const dir = await dataDir()
    const first = await openRuntime(readEnv({ KEYFERRY_DATA_DIR: dir, LOG_LEVEL: 'silent' }), { makeKey: true })
    await first.close()
    // What SQLite takes for read-only for every user: a version of the format that it cannot write.
    const file = await openFile(join(dir, 'keyferry.db'), 'r+')
    await file.write(Buffer.from([3]), 0, 1, 18)
    await file.close()
    await expect(open({ KEYFERRY_DATA_DIR: dir })).rejects.toThrow(
      /keyferry\.db cannot be used: .*The store is read-only: .*make it writable\. Nothing was changed/,
    )
  })

  it('is not opened when the store is no store', async () => {
    const dir = await dataDir()
    await writeFile(join(dir, 'keyferry.db'), 'not a database')
    const before = await contents(dir)
    await expect(open({ KEYFERRY_DATA_DIR: dir })).rejects.toThrow('cannot be read as a Keyferry store')
    expect([...(await contents(dir))].filter(([file]) => !file.includes('/lock'))).toEqual([...before])
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
    await Promise.all([open(variables, false), open(variables, false)])
    await expect(open({ ...variables, KEYFERRY_ROOT_KEY: newKey() }, false)).rejects.toThrow('KEYFERRY_ROOT_KEY is not')
  })

  it('may be started by several processes at once, on an empty database', async () => {
    const variables = {
      KEYFERRY_DATA_DIR: await dataDir(),
      DATABASE_URL: await createDatabase(),
      KEYFERRY_ROOT_KEY: newKey(),
    }
    const instances = await Promise.all([open(variables, false), open(variables, false), open(variables, false)])
    await Promise.all(instances.map(({ jobs }) => jobs.start()))
  })

  it('does not start on a key that only one of its processes would have', async () => {
    const variables = { KEYFERRY_DATA_DIR: await dataDir(), DATABASE_URL: await createDatabase() }
    await expect(open(variables, false)).rejects.toThrow('set KEYFERRY_ROOT_KEY')
  })

  it('says so when the database is away', async () => {
    const env = readEnv({
      KEYFERRY_DATA_DIR: await dataDir(),
      DATABASE_URL: 'postgres://someone:hidden@127.0.0.1:1/none',
      LOG_LEVEL: 'silent',
    })
    const refused = openRuntime(env, { makeKey: false, timeoutMs: 600 })
    await expect(refused).rejects.toThrow('DATABASE_URL cannot be used')
    await expect(refused).rejects.not.toThrow('hidden')
  })
})

describe('the environment', () => {
  it('has defaults, and an empty variable is none', () => {
    expect(readEnv({ PORT: '' })).toMatchObject({
      PORT: 4400,
      HOST: '127.0.0.1',
      KEYFERRY_DATA_DIR: './data',
      KEYFERRY_ALLOW_PRIVATE_NETWORK: false,
    })
  })

  it('maps groups to roles, and needs a provider for what is about one', () => {
    const provider = { OIDC_ISSUER: 'https://id.example.com', OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b' }
    const roles = [{ group: 'dev', project: 'shop', role: 'developer' }]
    expect(readEnv({ ...provider, OIDC_GROUP_ROLES: JSON.stringify(roles) })).toMatchObject({
      OIDC_GROUP_ROLES: roles,
      OIDC_GROUPS_CLAIM: 'groups',
      OIDC_ONLY: false,
    })
    expect(() => readEnv({ OIDC_ONLY: 'true' })).toThrow('OIDC_ISSUER: ')
    for (const wrong of ['dev=shop', '[{"group":"dev","project":"shop","role":"owner"}]'])
      expect(() => readEnv({ ...provider, OIDC_GROUP_ROLES: wrong })).toThrow('OIDC_GROUP_ROLES')
  })

  it('names what is wrong and not its value', () => {
    const wrong = () =>
      readEnv({ PORT: 'none', KEYFERRY_ROOT_KEY: 'c2hvcnQ=', DATABASE_URL: 'mysql://root:hidden@host' })
    expect(wrong).toThrow(StartupError)
    for (const name of ['PORT', 'KEYFERRY_ROOT_KEY', 'DATABASE_URL']) expect(wrong).toThrow(`${name}: `)
    expect(wrong).not.toThrow(/c2hvcnQ|hidden/)
  })

  it('takes every secret from a file, too, and root keys from a command', async () => {
    const dir = await dataDir()
    const secrets = {
      DATABASE_URL: 'postgres://app:pw@db/keyferry',
      SMTP_URL: 'smtps://mail.example.com',
      OIDC_CLIENT_SECRET: 'an oidc secret',
      METRICS_TOKEN: 'a-token-for-prometheus',
      KEYFERRY_ROOT_KEY: newKey(),
      KEYFERRY_ROOT_KEY_NEXT: newKey(),
    }
    const others = { MAIL_FROM: 'k@example.com', OIDC_ISSUER: 'https://id.example.com', OIDC_CLIENT_ID: 'keyferry' }
    const files: Record<string, string> = {}
    for (const [name, value] of Object.entries(secrets)) {
      files[`${name}_FILE`] = join(dir, name)
      await writeFile(join(dir, name), `${value}\n`, { mode: 0o444 })
    }
    expect(readEnv({ ...others, ...files })).toEqual(readEnv({ ...others, ...secrets }))
    const file = files['KEYFERRY_ROOT_KEY_FILE'] ?? ''
    const key = Buffer.from(secrets.KEYFERRY_ROOT_KEY, 'base64')
    const command = `${process.execPath} -e console.log(require("fs").readFileSync("${file}","utf8"))`
    for (const given of [command.replace('console.log', 'process.stdout.write'), JSON.stringify(['cat', file])])
      expect(readEnv({ KEYFERRY_ROOT_KEY_COMMAND: given }).KEYFERRY_ROOT_KEY).toEqual(key)

    // No shell reads it.
    const noShell = () => readEnv({ KEYFERRY_ROOT_KEY_COMMAND: `echo ${secrets.KEYFERRY_ROOT_KEY} && cat ${file}` })
    expect(noShell).toThrow('KEYFERRY_ROOT_KEY: must be 32 bytes')
    const refusals: [Record<string, string>, string][] = [
      [{ KEYFERRY_ROOT_KEY: secrets.KEYFERRY_ROOT_KEY, KEYFERRY_ROOT_KEY_FILE: file }, 'set one of them, not both'],
      [{ KEYFERRY_ROOT_KEY_COMMAND: 'cat x', KEYFERRY_ROOT_KEY_FILE: file }, 'set one of them, not both'],
      [{ METRICS_TOKEN_FILE: join(dir, 'absent') }, 'METRICS_TOKEN_FILE: '],
      [{ KEYFERRY_ROOT_KEY_COMMAND: 'no-such-command-here' }, 'cannot be run (ENOENT)'],
      [{ KEYFERRY_ROOT_KEY_COMMAND: JSON.stringify(['sh', '-c', 'echo hidden; exit 3']) }, 'sh ended with 3'],
      [{ KEYFERRY_ROOT_KEY_COMMAND: 'true' }, 'gives no secret'],
      [{ KEYFERRY_ROOT_KEY_COMMAND: '[1]' }, 'a JSON array'],
    ]
    for (const [variables, words] of refusals) {
      expect(() => readEnv(variables)).toThrow(words)
      expect(() => readEnv(variables)).toThrow(StartupError)
      expect(() => readEnv(variables)).not.toThrow(/hidden/)
    }
    await chmod(file, 0o666)
    expect(() => readEnv({ KEYFERRY_ROOT_KEY_FILE: file })).toThrow('other users can change')
  })

  it('opens private networks by a list', () => {
    const opened = readEnv({ KEYFERRY_ALLOW_PRIVATE_NETWORK: '10.1.0.0/16, vault.internal:8443,192.168.1.5' })
    expect(opened.KEYFERRY_ALLOW_PRIVATE_NETWORK).toEqual([
      { network: { address: '10.1.0.0', bits: 16 } },
      { host: 'vault.internal', port: 8443 },
      { host: '192.168.1.5' },
    ])
    for (const [text, value] of [
      ['true', true],
      ['1', true],
      ['false', false],
      ['0', false],
    ] as const)
      expect(readEnv({ KEYFERRY_ALLOW_PRIVATE_NETWORK: text }).KEYFERRY_ALLOW_PRIVATE_NETWORK).toBe(value)
    expect(() => readEnv({ KEYFERRY_ALLOW_PRIVATE_NETWORK: 'yes please' })).toThrow('must be true, false, or networks')
  })

  it('warns of what is most likely a mistake, and refuses an OIDC provider on the internet without TLS', () => {
    const oidc = { OIDC_CLIENT_ID: 'x', OIDC_CLIENT_SECRET: 'x' }
    const mail = { MAIL_FROM: 'k@example.com' }
    expect(readEnv({ SMTP_URL: 'smtp://mail.example.com', ...mail, KEYFERRY_TOKEN: 'x' }).warnings).toEqual([])
    const { warnings } = readEnv({
      ...oidc,
      ...mail,
      HOST: '0.0.0.0',
      KEYFERRY_ROOTKEY: 'x',
      KEYFERRY_ALLOW_PRIVATE_NETWORK: 'true',
      OIDC_ISSUER: 'http://keycloak:8080/realms/x',
      SMTP_URL: 'smtp://mail.example.com?requireTLS=false',
    })
    for (const name of ['HOST=0.0.0.0', 'KEYFERRY_ROOTKEY', 'ALLOW_PRIVATE_NETWORK=true', 'OIDC_ISSUER', 'SMTP_URL'])
      expect(warnings.join('\n')).toContain(name)
    expect(warnings).toHaveLength(5)
    expect(() => readEnv({ ...oidc, OIDC_ISSUER: 'http://id.example.com' })).toThrow('must start with https://')
    expect(readEnv({ ...oidc, OIDC_ISSUER: 'http://127.0.0.1:9' }).warnings).toEqual([])
  })
})

describe('the log', () => {
  it('masks what is named like a secret, at every depth it is used, and keeps of an error what quotes no rows', () => {
    const lines: string[] = []
    const log = createLog('info', { write: (line) => void lines.push(line) })
    const secret = 'hunter2-hunter2'
    const headers = { authorization: `Bearer ${secret}`, cookie: secret, 'set-cookie': [secret], accept: '*/*' }
    const credentials = { apiKey: secret }
    const refused = Object.assign(new Error('duplicate key'), {
      code: '23505',
      detail: `Key (value)=(${secret})`,
      parameters: [secret],
    })
    log.info({ headers, request: { headers }, connection: { credentials }, password: secret, token: secret }, 'asked')
    log
      .child({ credentials, syncId: 's' })
      .warn({ secret: { secretValue: secret, value: secret }, value: secret }, 'written')
    log.error({ err: new Error('no', { cause: refused }) }, 'failed')
    expect(lines.join('')).not.toContain(secret)
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { headers: { accept: '*/*', authorization: '•••' }, msg: 'asked' },
      { syncId: 's', msg: 'written' },
      { err: { message: 'no', cause: { code: '23505', message: 'duplicate key', stack: expect.any(String) } } },
    ])
  })
})

describe('the log on a terminal', () => {
  const printed = (level: string): string => {
    const terminal = new PassThrough({ encoding: 'utf8' })
    const log = pino({ level: 'debug', base: null }, terminalLog(level, terminal)).child({ syncId: 's-1' })
    const counts = { create: 3, update: 1, delete: 0, rejected: 0 }
    const run = {
      sync: 'shop',
      destination: 'devin',
      kind: 'sync',
      state: 'succeeded',
      ms: 420,
      counts,
      retryInMs: null,
    }
    log.info(run, 'run ended')
    log.warn({ host: '10.0.0.7', err: new Error('refused') }, 'the host was not reached')
    log.error({ err: new Error('lost') }, 'run failed')
    return stripVTControlCharacters(String(terminal.read()))
  }

  it('has one line of words for a run and names what a warning is about; at debug it has every field', () => {
    const [first, second, ...rest] = printed('info').split('\n')
    expect(first).toMatch(/^\[\d\d:\d\d:\d\d\] INFO: Sync shop \(devin\) succeeded in 0\.4 s: \+3 ~1 -0$/)
    expect(second).toMatch(/WARN: the host was not reached syncId=s-1 host=10\.0\.0\.7: refused$/)
    expect(rest.join('\n')).toMatch(/ERROR: run failed syncId=s-1\n *Error: lost\n +at /)
    expect(printed('debug')).toMatch(/run ended\n +syncId: "s-1"\n[^]*"rejected": 0/)
  })
})

describe('an error of the queue', () => {
  it('is one line with what a person needs, though it comes as an object with the whole client in it', () => {
    const lines: string[] = []
    const log = createLog('info', { write: (line) => void lines.push(line) })
    const client = {
      connectionParameters: { password: 'hunter2-hunter2' },
      buffers: Array.from({ length: 1_000 }, () => 'x'),
    }
    const { message, stack } = new Error('terminating connection')
    // As pg-boss emits it.
    log.warn({ err: { code: '57P01', client, message, stack, queue: 'sync', worker: 'w' } }, 'queue')
    log.warn({ err: 'only words' }, 'queue')
    log.warn({ err: { message, stack } }, 'queue')
    expect(lines.every((line) => line.length < 2_000 && line.indexOf('\n') === line.length - 1)).toBe(true)
    const [first, second, third] = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(first?.err).toEqual({ type: 'Error', message, code: '57P01', stack })
    expect(second?.err).toEqual({ type: 'string', message: 'not an error' })
    expect(third?.err).toEqual({ type: 'Error', message, stack })
  })
})

describe.skipIf(!inject('postgresUrl'))('a fleet that starts', () => {
  it('all at once on an empty database: ten processes, one schema, one queue', async () => {
    const variables = {
      KEYFERRY_DATA_DIR: await dataDir(),
      DATABASE_URL: await createDatabase(),
      KEYFERRY_ROOT_KEY: newKey(),
    }
    const instances = await Promise.all(Array.from({ length: 10 }, () => open(variables, false)))
    await Promise.all(instances.map(({ jobs }) => jobs.start()))
    for (const { monitoring } of instances)
      expect(await monitoring.readiness()).toMatchObject({ ready: true, reason: null })
  })

  it('waits for a database that comes up late, and says how long it waited for one that does not', async () => {
    // A door that is closed at first: what a process meets whose Postgres is still starting.
    const { hostname, port, username, password, pathname } = new URL(await createDatabase())
    const door = createServer((socket) => {
      const server = connect(Number(port), hostname)
      socket.pipe(server).pipe(socket)
      for (const end of [socket, server]) end.on('error', () => {})
    })
    door.listen(0, '127.0.0.1')
    await once(door, 'listening')
    const address = door.address()
    const doorPort = address !== null && typeof address === 'object' ? address.port : 0
    door.close()
    await once(door, 'close')
    const env = readEnv({
      KEYFERRY_DATA_DIR: await dataDir(),
      DATABASE_URL: `postgres://${username}:${password}@127.0.0.1:${doorPort}${pathname}`,
      KEYFERRY_ROOT_KEY: newKey(),
      LOG_LEVEL: 'silent',
    })
    await expect(openRuntime(env, { makeKey: false, timeoutMs: 300 })).rejects.toThrow('(tried for 0 s)')
    const starting = openRuntime(env, { makeKey: false })
    door.listen(doorPort, '127.0.0.1')
    const instance = await starting
    closing.push(async () => {
      await instance.close()
      door.close()
    })
    expect(await instance.ctx.db.selectFrom('projects').selectAll().execute()).toEqual([])
  })

  it('gets its queue though the database stops again in the middle of the start', async () => {
    const { hostname, port, username, password, pathname } = new URL(await createDatabase())
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
    const { jobs, monitoring } = await open(
      {
        KEYFERRY_DATA_DIR: await dataDir(),
        DATABASE_URL: `postgres://${username}:${password}@127.0.0.1:${doorPort}${pathname}`,
        KEYFERRY_ROOT_KEY: newKey(),
      },
      false,
    )
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
      DATABASE_URL: await createDatabase(),
      KEYFERRY_ROOT_KEY: newKey(),
    }
    const { ctx } = await open(variables, false)
    for (const text of sabotage(new URL(variables.DATABASE_URL).pathname.slice(1))) await statement(ctx.db, text)
    const start = async () => (await open(variables, false)).jobs.start()
    const refused: unknown = await start().catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(StartupError)
    expect(String(refused)).toMatch(words)
  })

  it('does not wait for a database that refuses it permanently', async () => {
    const url = new URL(await createDatabase())
    url.pathname = '/there_is_none'
    const refused = open(
      { KEYFERRY_DATA_DIR: await dataDir(), DATABASE_URL: url.href, KEYFERRY_ROOT_KEY: newKey() },
      false,
    )
    await expect(refused).rejects.toThrow(
      /"there_is_none" does not exist\. The database refused the connection\. Check user, password, database and rights in DATABASE_URL\./,
    )
  })
})

describe('the monitoring server of a worker', () => {
  it('answers with metrics and readiness, and refuses a port in use', async () => {
    const { monitoring } = await open({ KEYFERRY_DATA_DIR: await dataDir() })
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
    await expect(serveMonitoring(monitoring, on(server.port))).rejects.toThrow('METRICS_PORT')
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
