/** The product's processes as the canary test runs them, and what they left in their stores. */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { backup } from '@keyferry/kernel'
import { openAdmin, OPERATOR, readEnv } from '@keyferry/runtime'
import { program, type ProgramName } from '@keyferry/vitest/programs'
import pg from 'pg'
import { expect, onTestFinished } from 'vitest'
import { environmentOf, type Place, type Profile } from './instance.ts'
import { found, foundIn, type LeakSearch } from './leak-scan.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const LIMIT_MS = 60_000

export interface Service {
  url: string
  /** Everything that all of its processes printed. */
  output(): string
  stop(): Promise<void>
}

/** The processes of the profile, at the log level `trace`. */
export async function startService(profile: Profile, place: Place): Promise<Service> {
  let text = ''
  const children: ChildProcess[] = []
  const key = randomBytes(32).toString('base64')
  const run = async (name: ProgramName): Promise<void> => {
    const { file, NODE_COMPILE_CACHE } = await program(name)
    const child = spawn(process.execPath, ['--liftoff-only', file], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH ?? '',
        HOME: process.env.HOME ?? '',
        NODE_COMPILE_CACHE,
        ...environmentOf(place),
        LOG_LEVEL: 'trace',
        ...(profile === 'fleet' ? { KEYFERRY_ROOT_KEY: key } : {}),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()))
    children.push(child)
    onTestFinished(() => void child.kill('SIGKILL'))
  }
  await Promise.all(profile === 'embedded' ? [run('server')] : [run('api'), run('worker')])
  const serves = /(?:serves on |"url":")(http:\/\/[^"\s]+)/
  await expect.poll(() => serves.test(text), { timeout: LIMIT_MS }).toBe(true)
  return {
    url: serves.exec(text)?.[1] ?? '',
    output: () => text,
    async stop() {
      await Promise.all(
        children.map(async (child) => {
          if (child.exitCode !== null) return
          const exited = once(child, 'exit')
          child.kill('SIGTERM')
          await exited
        }),
      )
    },
  }
}

/** What `search` finds in a backup. */
export async function inBackup(place: Place, search: LeakSearch): Promise<string[]> {
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-backup-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const admin = await openAdmin(readEnv(environmentOf(place)))
  await backup(admin.ctx, OPERATOR, join(dir, 'backup.db'))
  await admin.close()
  return (await foundIn(dir, search, { deep: false })).hits
}

/**
 * Every row of every table, the queue's included, and, where this machine may read them, the files behind them with the
 * WAL.
 */
export async function inDatabase(databaseUrl: string, search: LeakSearch): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const hits: string[] = []
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
    )
    expect(tables.rows.length).toBeGreaterThan(30)
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`)
      hits.push(...found(name, rows.map(({ row }) => row).join('\n'), search))
    }
    await client.query('checkpoint')
    const { rows } = await client.query<{ dir: string; oid: string }>(
      `select current_setting('data_directory') as dir, oid::text from pg_database where datname = current_database()`,
    )
    for (const part of rows.flatMap(({ dir, oid }) => [join(dir, 'base', oid), join(dir, 'pg_wal')])) {
      hits.push(...(await foundIn(part, search, { deep: false }).catch(() => ({ hits: [] }))).hits)
    }
    return hits
  } finally {
    await client.end()
  }
}
