import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { expect, inject, it } from 'vitest'
import { openPostgres, openSqlite, type Db } from '../open.ts'
import { createDatabase } from '../testing.ts'
import * as first from './0001-first.ts'
import * as moves from './0002-moves.ts'

/** What was written before is known to be at the place its sync points to. */
async function keepsTheLedger(db: Db): Promise<void> {
  const both = { '0001-first': first, '0002-moves': moves }
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(both) } })
  expect(await migrator.migrateTo('0001-first')).not.toHaveProperty('error')
  const at = '2026-01-01T00:00:00.000Z'
  await sql`insert into projects (id, name, slug, data_key, created_at, updated_at) values ('p', 'P', 'p', '', ${at}, ${at})`.execute(
    db,
  )
  await sql`insert into environments (id, project_id, name, slug, position, created_at, updated_at) values ('e', 'p', 'E', 'e', 1, ${at}, ${at})`.execute(
    db,
  )
  await sql`insert into folders (id, environment_id, name, path, revision, created_at, updated_at) values ('f', 'e', '', '/', 0, ${at}, ${at})`.execute(
    db,
  )
  await sql`insert into connections (id, app, name, method, version, credentials, created_at, updated_at) values ('c', 'app', 'C', 'api-key', 1, '', ${at}, ${at})`.execute(
    db,
  )
  for (const id of ['one', 'two']) {
    await sql`
      insert into syncs (id, project_id, name, destination, connection_id, folder_id, target, target_key, options, auto_sync, version,
        wanted, due, seen, applied, state, overwrite_approved, trigger, triggered_by, attempts, created_at, updated_at)
      values (${id}, 'p', ${id}, 'app', 'c', 'f', '{}', ${`place of ${id}`}, '{}', 1, 1, 1, 1, 1, 1, 'succeeded', 0, 'create', 'ada', 0, ${at}, ${at})`.execute(
      db,
    )
    await sql`insert into ledger (sync_id, key, remote_ids, digest, flags, written_at) values (${id}, 'KEY', '["r"]', 'd', '{}', ${at})`.execute(
      db,
    )
  }
  expect(await migrator.migrateToLatest()).not.toHaveProperty('error')
  const rows = await db.selectFrom('ledger').selectAll().orderBy('syncId').execute()
  const kept = {
    key: 'KEY',
    sourceKey: '',
    version: null,
    remoteIds: '["r"]',
    digest: 'd',
    flags: '{}',
    intent: null,
    writtenAt: at,
  }
  expect(rows).toEqual([
    { syncId: 'one', targetKey: 'place of one', ...kept },
    { syncId: 'two', targetKey: 'place of two', ...kept },
  ])
  await db.deleteFrom('syncs').where('id', '=', 'one').execute()
  expect(await db.selectFrom('ledger').select('syncId').execute()).toEqual([{ syncId: 'two' }])
  await db.destroy()
}

it('keeps the ledger (sqlite)', async () => {
  await expect(keepsTheLedger(openSqlite(':memory:'))).resolves.toBeUndefined()
})

it.skipIf(!inject('postgresUrl'))('keeps the ledger (postgres)', async () => {
  await expect(keepsTheLedger(openPostgres(await createDatabase(), 1))).resolves.toBeUndefined()
})
