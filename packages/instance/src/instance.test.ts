import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDatabase } from '@keyferry/db/testing'
import { sql } from 'kysely'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { CannotStart } from './cannot-start.ts'
import { readEnv } from './env.ts'
import { openInstance, type Instance } from './open.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function dataDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-data-'))
  closing.push(() => rm(dir, { recursive: true, force: true }))
  return dir
}

async function open(variables: Record<string, string>, makeKey = true): Promise<Instance> {
  const instance = await openInstance(readEnv({ LOG_LEVEL: 'silent', ...variables }), { makeKey })
  closing.push(() => instance.close())
  return instance
}

/** An instance with something sealed in it, closed again. */
async function used(variables: Record<string, string>): Promise<void> {
  const { ctx, close } = await open(variables)
  const id = randomUUID()
  const row = { id, name: 'Acme', slug: 'acme', dataKey: ctx.keyring.create(id), createdAt: new Date().toISOString() }
  await ctx.db.insertInto('organizations').values(row).execute()
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
    ['is cut short', (file: string) => writeFile(file, 'AAAA'), 'does not hold 32 bytes'],
    ['can be read by others', (file: string) => chmod(file, 0o644), 'chmod 600'],
  ])('is left as it is when the root key %s', async (_, spoil, message) => {
    const dir = await dataDir()
    await used({ KEYFERRY_DATA_DIR: dir })
    await spoil(join(dir, 'root.key'))
    const before = await contents(dir)
    const refused = open({ KEYFERRY_DATA_DIR: dir })
    await expect(refused).rejects.toThrow(CannotStart)
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
    await expect(refused).rejects.toThrow(CannotStart)
    await expect(refused).rejects.toThrow('too old')
  })

  it('is refused when it cannot be made', async () => {
    const file = join(await dataDir(), 'file')
    await writeFile(file, '')
    const refused = open({ KEYFERRY_DATA_DIR: join(file, 'below') })
    await expect(refused).rejects.toThrow(CannotStart)
    await expect(refused).rejects.toThrow('KEYFERRY_DATA_DIR')
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
    })
    const refused = openInstance(env, { makeKey: false, patienceMs: 600 })
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

  it('names what is wrong and not its value', () => {
    const wrong = () =>
      readEnv({ PORT: 'none', KEYFERRY_ROOT_KEY: 'c2hvcnQ=', DATABASE_URL: 'mysql://root:hidden@host' })
    expect(wrong).toThrow(CannotStart)
    for (const name of ['PORT', 'KEYFERRY_ROOT_KEY', 'DATABASE_URL']) expect(wrong).toThrow(`${name}: `)
    expect(wrong).not.toThrow(/c2hvcnQ|hidden/)
  })
})
