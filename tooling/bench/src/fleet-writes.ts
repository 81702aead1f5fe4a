/**
 * What one write of a secret costs as the data around it grows: folders and syncs that have nothing to do with it, and
 * syncs that read it.
 */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createConnection } from '@keyferry/core'
import { representatives } from '@keyferry/core/emulators'
import { createSync } from '@keyferry/core/verbs'
import { openPostgres, openSqlite, type Db } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import { createFolder, createProject, updateSecrets } from '@keyferry/vault'
import { sql } from 'kysely'
import { ACTOR, benchContext } from './context.ts'
import { withPostgres } from './own-postgres.ts'
import { ms, percentile, printTable } from './table.ts'

const FOLDERS = [10, 1_000, 100_000]
const SYNCS = [10, 100, 1_000, 10_000]
const WARM_UP = 20
const WRITES = 100

export async function measureWrites(): Promise<void> {
  const rows = await withPostgres(async ({ dir, createDatabase }) => {
    const onSqlite = await measureOn('sqlite', () => openSqlite(join(dir, `${randomUUID()}.db`)))
    let made = 0
    const open = async (): Promise<Db> => openPostgres(await createDatabase(`writes_${(made += 1)}`), 5)
    return [...onSqlite, ...(await measureOn('postgres', open))]
  })
  printTable(`One write of a secret, the job not counted: median and p95 of ${WRITES}, ms`, rows)
}

async function measureOn(store: string, open: () => Db | Promise<Db>): Promise<Record<string, string | number>[]> {
  const rows: Record<string, string | number>[] = []
  const measure = async (growing: string, sizes: readonly number[], grow: Grow): Promise<void> => {
    const world = await build(await open())
    let size = 0
    for (const wanted of sizes) {
      await grow(world, size, wanted)
      size = wanted
      // As autovacuum does a little later.
      if (store === 'postgres') await sql`analyze`.execute(world.ctx.db)
      const took = await writes(world)
      rows.push({ growing, store, number: wanted, median: ms(percentile(took, 50)), p95: ms(percentile(took, 95)) })
    }
    await world.ctx.db.destroy()
  }
  await measure('folders beside it', FOLDERS, addFolders)
  await measure('syncs of another folder', SYNCS, (world, from, to) => addSyncs(world, world.otherSync, from, to))
  await measure('syncs that read it', SYNCS, (world, from, to) => addSyncs(world, world.sync, from, to))
  return rows
}

type Grow = (world: World, from: number, to: number) => Promise<void>

interface World {
  ctx: Context
  /** The folder of the secret that is written, and another one. */
  place: { projectId: string; environment: string; secretPath: string }
  other: { folderId: string }
  /** A sync of each; copies of them are what grows. */
  sync: string
  otherSync: string
}

async function build(db: Db): Promise<World> {
  const ctx = await benchContext(db)
  const [[vendor, startEmulator] = []] = await representatives()
  if (!vendor || !startEmulator) throw new Error('there is no destination')
  const emulator = await startEmulator()
  const { credentials, target, method } = emulator
  const project = await createProject(ctx, ACTOR, { name: 'Bench', withDefaultEnvironments: true })
  const here = { projectId: project.id, environment: 'dev' }
  const connection = await createConnection(ctx, ACTOR, {
    destination: vendor,
    name: 'bench',
    method,
    credentials,
  })
  // Nothing is sent there: this is about the writes.
  await emulator.close()
  const make = async (name: string): Promise<{ folderId: string; sync: string }> => {
    const { id: folderId } = await createFolder(ctx, ACTOR, { ...here, name, path: '/' })
    const { id: sync } = await createSync(ctx, ACTOR, {
      ...here,
      secretPath: `/${name}`,
      destination: vendor,
      name,
      connectionId: connection.id,
      autoSync: true,
      options: {
        keySchema: `${name}_{{secretKey}}`,
        deletionPolicy: 'owned',
      },
      target,
    })
    return { folderId, sync }
  }
  const written = await make('written')
  const other = await make('other')
  return {
    ctx,
    place: { ...here, secretPath: '/written' },
    other: { folderId: other.folderId },
    sync: written.sync,
    otherSync: other.sync,
  }
}

/** Folders beside ours, each with a secret, as the verbs leave them. */
async function addFolders({ ctx, other }: World, from: number, to: number): Promise<void> {
  const template = await ctx.db
    .selectFrom('folders')
    .where('id', '=', other.folderId)
    .selectAll()
    .executeTakeFirstOrThrow()
  const filled = await ctx.db.selectFrom('secrets').selectAll().limit(1).executeTakeFirst()
  await inParts(from, to, async (numbers) => {
    const folders = numbers.map((i) => ({ ...template, id: randomUUID(), name: `beside-${i}`, path: `/beside-${i}` }))
    await ctx.db.insertInto('folders').values(folders).execute()
    if (!filled) return
    await ctx.db
      .insertInto('secrets')
      .values(folders.map(({ id: folderId }) => ({ ...filled, id: randomUUID(), folderId })))
      .execute()
  })
}

/** Copies of a sync, each with a target of its own. */
async function addSyncs({ ctx }: World, copied: string, from: number, to: number): Promise<void> {
  const template = await ctx.db.selectFrom('syncs').where('id', '=', copied).selectAll().executeTakeFirstOrThrow()
  await inParts(Math.max(1, from), to, async (numbers) => {
    const copies = numbers.map((i) => ({
      ...template,
      id: randomUUID(),
      name: `${template.name}-${i}`,
      targetKey: `${template.targetKey} ${i}`,
    }))
    await ctx.db.insertInto('syncs').values(copies).execute()
  })
}

const PART = 200

async function inParts(from: number, to: number, insert: (numbers: number[]) => Promise<void>): Promise<void> {
  for (let start = from; start < to; start += PART) {
    await insert(Array.from({ length: Math.min(PART, to - start) }, (_, i) => start + i))
  }
}

/** Milliseconds of each write. */
async function writes({ ctx, place }: World): Promise<number[]> {
  const took: number[] = []
  for (let i = 0; i < WARM_UP + WRITES; i += 1) {
    const began = performance.now()
    const secrets = [{ key: 'KEY', value: `value ${i} of sixty-four bytes, as a token or a password has them` }]
    await updateSecrets(ctx, ACTOR, { ...place, mode: 'upsert', secrets })
    if (i >= WARM_UP) took.push(performance.now() - began)
  }
  return took
}
