import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { copier } from '../copy/copy.ts'
import { returnFreePages } from './free-pages.ts'
import { openSqlite, type Db } from '../open.ts'

const FREED_MB = 8
const MB = 1024 * 1024

it('returns the free space of a file to the disk, also of an older one once it was copied', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'keyferry-free-pages-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const [older, copied] = [join(dir, 'older.db'), join(dir, 'copied.db')]
  new SQLite(older).exec('create table filler (content blob)').close()
  expect(await returned(openSqlite(older), older, copied)).toBe(0)
  const bytes = await returned(openSqlite(copied), copied)
  // Some free pages stay: writes soon need them again.
  expect(bytes).toBeGreaterThan(FREED_MB * MB * 0.4)
  expect(bytes).toBeLessThan(FREED_MB * MB)
})

/** Frees megabytes, copies the file, and returns them to the disk. Resolves to how many bytes that takes off it. */
async function returned(db: Db, file: string, copy?: string): Promise<number> {
  const size = async (): Promise<number> => {
    await sql`pragma wal_checkpoint(truncate)`.execute(db)
    return statSync(file).size
  }
  await sql`insert into filler (content) values (zeroblob(${FREED_MB * MB}))`.execute(db)
  await sql`delete from filler`.execute(db)
  if (copy !== undefined) await copier(db)?.(copy)
  const before = await size()
  while (await db.transaction().execute(returnFreePages)) continue
  const after = await size()
  await db.destroy()
  return before - after
}
