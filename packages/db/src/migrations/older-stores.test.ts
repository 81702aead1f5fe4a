/** Stores that older versions of Keyferry left. */
import { sql } from 'kysely'
import { Migrator } from 'kysely/migration'
import { describe, expect, inject, it } from 'vitest'
import { migrate } from '../migrate.ts'
import { openPostgres, openSqlite, type Db } from '../open.ts'
import { createDatabase } from '../testing.ts'
import { migrations } from './index.ts'

const AT = '2026-01-01T00:00:00.000Z'

async function migrateTo(db: Db, name: string): Promise<void> {
  const upTo = Object.fromEntries(Object.entries(migrations).filter(([known]) => known <= name))
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(upTo) } })
  expect(await migrator.migrateToLatest()).not.toHaveProperty('error')
}

async function place(db: Db): Promise<void> {
  await sql`insert into projects (id, name, slug, data_key, created_at, updated_at) values ('p', 'P', 'p', '', ${AT}, ${AT})`.execute(
    db,
  )
  await sql`insert into environments (id, project_id, name, slug, position, created_at, updated_at) values ('e', 'p', 'E', 'e', 1, ${AT}, ${AT})`.execute(
    db,
  )
  await sql`insert into folders (id, environment_id, name, path, revision, created_at, updated_at) values ('f', 'e', '', '/', 0, ${AT}, ${AT})`.execute(
    db,
  )
}

describe.each([
  ['sqlite', () => Promise.resolve(openSqlite(':memory:'))],
  ['postgres', async () => openPostgres(await createDatabase(), 1)],
] as const)('%s', (dialect, open) => {
  const skip = dialect === 'postgres' && !inject('postgresUrl')

  it.skipIf(skip)('accounts and tokens from before there were roles may do everything', async () => {
    const db = await open()
    await migrateTo(db, '0005-notices')
    // As better-auth made them then; only what the migration reads.
    for (const name of ['user', 'apikey'])
      await db.schema
        .createTable(name)
        .addColumn('id', 'text', (c) => c.primaryKey())
        .execute()
    await sql`insert into ${sql.table('user')} (id) values ('ada'), ('bob')`.execute(db)
    await sql`insert into ${sql.table('apikey')} (id) values ('a token')`.execute(db)
    await migrate(db)
    const admins = await db.selectFrom('instanceAdmins').select('principalId').orderBy('principalId').execute()
    expect(admins.map(({ principalId }) => principalId)).toEqual(['a token', 'ada', 'bob'])
    await db.destroy()
  })

  it.skipIf(skip)('the history of a sync stays as it was, and outlives the sync', async () => {
    const db = await open()
    await migrateTo(db, '0470-recipients-away')
    await place(db)
    await sql`insert into connections (id, name, app, method, version, credentials, created_at, updated_at)
      values ('c', 'c', 'devin', 'api-key', 1, '', ${AT}, ${AT})`.execute(db)
    await sql`insert into syncs (id, project_id, name, destination, connection_id, folder_id, target, target_key, options, auto_sync, version,
      wanted, due, seen, applied, state, overwrite_approved, trigger, triggered_by, attempts, created_at, updated_at)
      values ('s', 'p', 's', 'devin', 'c', 'f', '{}', 'k', '{}', 1, 1, 1, 1, 1, 1, 'succeeded', 0, 'create', 'ada', 0, ${AT}, ${AT})`.execute(
      db,
    )
    await sql`insert into snapshots (id, sync_id, hash, content, chain, position) values ('n', 's', 'h', '{}', 1, 0)`.execute(
      db,
    )
    await sql`insert into runs (id, sync_id, kind, state, trigger, actor, revision, calls, started_at, snapshot_id, delivered_ms)
      values ('r', 's', 'sync', 'succeeded', 'create', 'ada', 1, 2, ${AT}, 'n', 7)`.execute(db)
    await sql`insert into outcomes (run_id, key, action, state, reason, made_of)
      values ('r', 'A', 'create', 'done', '{}', '{"a":1}')`.execute(db)
    const rows = async () => [
      await db.selectFrom('snapshots').selectAll().execute(),
      await db.selectFrom('runs').selectAll().execute(),
      await db.selectFrom('outcomes').selectAll().execute(),
    ]
    const before = await rows()
    await migrate(db)
    expect(await rows()).toEqual(before)
    await sql`delete from syncs`.execute(db)
    expect(await rows()).toEqual(before)
    await sql`delete from runs`.execute(db)
    expect(await db.selectFrom('outcomes').selectAll().execute()).toEqual([])
    await db.destroy()
  })

  it.skipIf(skip)(
    'a bootstrap token becomes an API key of its owner with an end, or ends with a removed one',
    async () => {
      const db = await open()
      await migrateTo(db, '0030-running-runs')
      const time = dialect === 'postgres' ? 'timestamptz' : 'date'
      await sql`create table "user" (id text primary key)`.execute(db)
      await sql`create table apikey (id text primary key, name text, "referenceId" text, "expiresAt" ${sql.raw(time)})`.execute(
        db,
      )
      await sql`insert into "user" (id) values ('ada')`.execute(db)
      await sql`insert into apikey (id, name, "referenceId") values ('first', 'Instance Admin Identity', 'ada'),
      ('orphan', 'Instance Admin Identity', 'removed'), ('listed', 'script', 'ada')`.execute(db)
      await sql`insert into api_keys (id, name, owner_id, created_at) values ('listed', 'script', 'ada', ${AT})`.execute(
        db,
      )
      await sql`insert into instance_admins (principal_id, created_at) values ('ada', ${AT}), ('first', ${AT}), ('orphan', ${AT})`.execute(
        db,
      )
      await migrate(db)
      expect(await db.selectFrom('apiKeys').select(['id', 'ownerId']).orderBy('id').execute()).toEqual([
        { id: 'first', ownerId: 'ada' },
        { id: 'listed', ownerId: 'ada' },
      ])
      const admins = await db.selectFrom('instanceAdmins').select('principalId').orderBy('principalId').execute()
      expect(admins.map(({ principalId }) => principalId)).toEqual(['ada', 'first'])
      const keys = await sql<{ id: string; end: Date | string | null }>`
      select id, "expiresAt" as "end" from apikey order by id`.execute(db)
      const days = keys.rows.map(({ id, end }) => [
        id,
        end && Math.round((Date.parse(String(end)) - Date.now()) / 86_400_000),
      ])
      expect(days).toEqual([
        ['first', 30],
        // A key always ends.
        ['listed', 365],
      ])
      await db.destroy()
    },
  )

  it.skipIf(skip)('roles stay narrowed to the environments that they were narrowed to', async () => {
    const db = await open()
    await migrateTo(db, '0030-running')
    await place(db)
    const scopes = ['e', '*', 'gone'].map((environment) => ({ environment, secretPath: '/a/**' }))
    await sql`insert into memberships (id, project_id, principal_kind, principal_id, role, scopes, created_at, updated_at)
      values ('m', 'p', 'user', 'ada', 'developer', ${JSON.stringify(scopes)}, ${AT}, ${AT})`.execute(db)
    await migrate(db)
    const kept = await db.selectFrom('memberships').select('scopes').executeTakeFirstOrThrow()
    expect(JSON.parse(kept.scopes ?? '')).toEqual([
      { environment: 'e', secretPath: '/a/**', environmentId: 'e' },
      { environment: '*', secretPath: '/a/**', environmentId: '*' },
      { environment: 'gone', secretPath: '/a/**', environmentId: '' },
    ])
    await db.destroy()
  })

  it.skipIf(skip)('a password that is older than the link to the provider leaves the address unproven', async () => {
    const db = await open()
    await migrateTo(db, '0055-listed-bootstrap-tokens')
    const yes = dialect === 'postgres' ? sql`true` : sql`1`
    const flag = sql.raw(dialect === 'postgres' ? 'boolean' : 'integer')
    await sql`create table "user" (id text primary key, email text, "emailVerified" ${flag})`.execute(db)
    await sql`create table account ("userId" text, "providerId" text, "createdAt" text)`.execute(db)
    for (const [id, password, provider] of [
      ['merged', '2026-01-01', '2026-02-01'],
      ['later', '2026-03-01', '2026-02-01'],
      ['alone', null, '2026-02-01'],
    ] as const) {
      await sql`insert into "user" values (${id}, ${`${id}@example.com`}, ${yes})`.execute(db)
      if (password) await sql`insert into account values (${id}, 'credential', ${password})`.execute(db)
      await sql`insert into account values (${id}, 'oidc', ${provider})`.execute(db)
    }
    for (const by of ['later@example.com', 'a machine'])
      await sql`insert into invitations (id, email, instance_admin, token_hash, expires_at, created_at, created_by)
        values (${by}, 'x@example.com', 0, ${by}, ${AT}, ${AT}, ${by})`.execute(db)
    await migrate(db)
    const users = await sql<{ id: string; proven: boolean | number }>`
      select id, "emailVerified" as proven from "user" order by id`.execute(db)
    expect(users.rows.map(({ id, proven }) => [id, Boolean(proven)])).toEqual([
      ['alone', true],
      ['later', true],
      ['merged', false],
    ])
    const given = await db.selectFrom('invitations').select(['createdById', 'mailed']).orderBy('id').execute()
    expect(given).toEqual([
      { createdById: null, mailed: null },
      { createdById: 'later', mailed: null },
    ])
    await db.destroy()
  })

  it.skipIf(skip)('a store without accounts has no admins afterwards', async () => {
    const db = await open()
    await migrateTo(db, '0005-notices')
    await migrate(db)
    expect(await db.selectFrom('instanceAdmins').selectAll().execute()).toEqual([])
    await db.destroy()
  })

  it.skipIf(skip)(
    'what was deleted is still in the trash, machines that nobody asked to lock out are not, and comments that say nothing are no text',
    async () => {
      const db = await open()
      await migrateTo(db, '0012-audit-chain')
      await place(db)
      const lockOut = { lockoutThreshold: 3, lockoutDurationSeconds: 300, lockoutCounterResetSeconds: 30 }
      const machines = { untouched: lockOut, wanted: { ...lockOut, lockoutThreshold: 5 } }
      for (const [id, settings] of Object.entries(machines)) {
        await sql`insert into identities (id, name, created_at, updated_at) values (${id}, 'CI', ${AT}, ${AT})`.execute(
          db,
        )
        const stored = JSON.stringify({ accessTokenTTL: 60, lockoutEnabled: true, ...settings })
        await sql`insert into universal_auths (identity_id, client_id, settings, failures, created_at, updated_at)
        values (${id}, ${id}, ${stored}, 0, ${AT}, ${AT})`.execute(db)
      }
      const none = `v1.${'A'.repeat(38)}`
      const [short, later] = [`v1.${'A'.repeat(39)}`, `v1.2.${'A'.repeat(36)}`]
      for (const [id, comment] of [
        ['none', none],
        ['short', short],
        ['later', later],
      ])
        await sql`insert into secrets (id, folder_id, key, version, value, comment, blank, skip_multiline_encoding, created_at, updated_at, updated_by)
        values (${id}, 'f', ${id}, 1, 'v', ${comment}, 0, 0, ${AT}, ${AT}, 'ada')`.execute(db)
      await sql`insert into secret_versions (id, secret_id, folder_id, key, version, value, deleted, created_at, created_by)
      values ('v', 'none', 'f', 'none', 1, 'v', 0, ${AT}, 'ada')`.execute(db)
      await sql`insert into trash (id, project_id, environment_id, kind, folder_id, subject_id, path, name, secrets, deleted_at, deleted_by, expires_at)
      values ('t', 'p', 'e', 'secret', 'f', 's', '/', 'OLD', 1, ${AT}, 'ada', ${AT})`.execute(db)
      await sql`insert into trash_rows (trash_id, position, kind, content) values ('t', 0, 'secret', '{}')`.execute(db)
      await migrate(db)
      // Nobody had requested the lock-out that every machine had.
      const auths = await db.selectFrom('universalAuths').select('settings').orderBy('identityId').execute()
      expect(auths.map(({ settings }) => JSON.parse(settings))).toMatchObject([
        { accessTokenTTL: 60, lockoutEnabled: false },
        { accessTokenTTL: 60, lockoutEnabled: true },
      ])
      const secrets = await db.selectFrom('secrets').select(['id', 'comment', 'metadata']).orderBy('id').execute()
      expect(secrets).toEqual([
        { id: 'later', comment: later, metadata: '' },
        { id: 'none', comment: '', metadata: '' },
        { id: 'short', comment: short, metadata: '' },
      ])
      expect(await db.selectFrom('secretVersions').select(['comment', 'metadata', 'tags']).execute()).toEqual([
        { comment: null, metadata: null, tags: null },
      ])
      // It outlives its environment, and is deleted with the project, rows and all.
      await db.deleteFrom('environments').execute()
      expect(await db.selectFrom('trash').select('name').execute()).toEqual([{ name: 'OLD' }])
      expect(await db.selectFrom('trashRows').select('content').execute()).toEqual([{ content: '{}' }])
      await db.deleteFrom('projects').execute()
      expect(await db.selectFrom('trashRows').selectAll().execute()).toEqual([])
      await db.destroy()
    },
  )
})
