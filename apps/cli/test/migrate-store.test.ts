/** The whole of an instance from SQLite to Postgres and back. */
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KeyferryClient } from '@keyferry/client'
import { representatives } from '@keyferry/core/emulators'
import { migrate as migrateSchema, openPostgres, type Db } from '@keyferry/db'
import { createDatabase, statement } from '@keyferry/db/testing'
import { settled } from '@keyferry/server/demo'
import {
  clientOf,
  createSource,
  createSync,
  type Account,
  type Source,
  type SyncRef,
} from '@keyferry/server/demo/setup'
import { environmentOf, newPlace, signUp, startInstance } from '@keyferry/server/testing'
import { newHome } from '@keyferry/server/testing-cli'
import { expect, inject, it, onTestFinished } from 'vitest'

const SETTLED_MS = 60_000

it.skipIf(!inject('postgresUrl'))(
  'moves everything to Postgres and back, also when it was killed',
  { timeout: 300_000 },
  async () => {
    const instance = await startInstance('embedded')
    const { dataDir } = instance
    const { client, account } = await signUp(instance)
    const { source } = await createSource(client, 'A=one\nB="two ${A}"\nC=Grüße 👋')
    const place = { ...source, key: 'A' }
    const { projectId } = source
    const start = (await representatives()).get('trigger-dev')
    if (!start) throw new Error('there is no emulator of trigger-dev')
    const vendor = await start()
    onTestFinished(() => vendor.close())
    const sync = await createSync(client, source, 'trigger-dev', vendor)
    await settled(client, projectId, [sync], SETTLED_MS)
    await client.secrets.update.mutate({ ...place, value: 'changed', comment: 'why' })
    await settled(client, projectId, [sync], SETTLED_MS)
    await client.folders.create.mutate({ projectId, environment: source.environment, path: '/', name: 'a' })
    await client.folders.create.mutate({ projectId, environment: source.environment, path: '/a', name: '0' })
    await client.tags.create.mutate({ projectId, slug: 'tag', color: '#ff0000' })
    await client.secrets.delete.mutate({ ...place, key: 'C' })
    await settled(client, projectId, [sync], SETTLED_MS)
    await client.identities.create.mutate({ name: 'ci' })
    await client.members.invite.mutate({ projectId, email: 'ada@example.com', role: 'developer' })
    await client.notifications.create.mutate({ kind: 'slack', address: 'https://hooks.slack.com/services/a/b/c' })
    await client.syncs.pauseProject.mutate({ projectId, reason: 'moving' })

    const signedIn = await session(instance.url, account)

    const before = await seen(client, sync, place)
    const home = await newHome(environmentOf(instance))
    const databaseUrl = await createDatabase()
    const migrate = (to: string, env: Record<string, string> = {}) =>
      home.keyferry(['admin', 'migrate-store', '--to', to, '--json'], { env })
    const refused = (message: string) => ({ code: 1, stdout: '', stderr: expect.stringContaining(message) })
    expect(await migrate(databaseUrl)).toMatchObject(refused('is in use by another Keyferry'))
    await instance.stop()
    expect(await migrate(join(dataDir, 'other'))).toMatchObject(refused('The store is SQLite already'))
    const other = Buffer.alloc(32, 7).toString('base64')
    expect(await migrate(databaseUrl, { KEYFERRY_ROOT_KEY: other })).toMatchObject(refused('is not the root key'))
    const stored = await readFile(join(dataDir, 'keyferry.db'))

    const watcher = openPostgres(databaseUrl, 2)
    await migrateSchema(watcher)
    await heldUp(watcher)
    const command = await home.start(['admin', 'migrate-store', '--to', databaseUrl])
    const isHalf = async () =>
      (await statement(watcher, `select 1 from store_copy where name = 'folders'`).catch(() => [])).length > 0
    await expect.poll(isHalf, { timeout: SETTLED_MS }).toBe(true)
    const twin = await mkdtemp(join(tmpdir(), 'keyferry-twin-'))
    onTestFinished(() => rm(twin, { recursive: true, force: true }))
    for (const file of ['keyferry.db', 'root.key']) await copyFile(join(dataDir, file), join(twin, file))
    expect(await migrate(databaseUrl, { KEYFERRY_DATA_DIR: twin })).toMatchObject(refused('Another keyferry admin'))
    command.kill('SIGKILL')
    await command.ended
    await letGo(watcher)
    const fleet = { dataDir, databaseUrl }
    await expect(startInstance('fleet', fleet)).rejects.toThrow('unfinished copy')
    await statement(watcher, `insert into kysely_migration (name, timestamp) values ('9999-later', '2027')`)
    expect(await migrate(databaseUrl)).toMatchObject(refused('too old for the target'))
    await statement(watcher, `delete from kysely_migration where name = '9999-later'`)
    await refuseDrops(watcher)
    expect(await migrate(databaseUrl)).toMatchObject({ code: 1, stdout: '' })
    await allowDrops(watcher)
    const moved = await migrate(databaseUrl)
    expect(moved).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(moved.stdout)).toMatchObject({ kind: 'Postgres', audit: { hash: expect.any(String) } })
    expect((await readFile(join(dataDir, 'keyferry.db'))).equals(stored)).toBe(true)
    expect(await migrate(databaseUrl)).toMatchObject(refused('The target is in use'))
    await watcher.destroy()

    const onPostgres = await startInstance('fleet', fleet)
    const moving = clientOf(onPostgres.url, account)
    expect(await seen(moving, sync, place)).toEqual(before)
    expect(await signedIn.email(onPostgres.url)).toBe(account.email)
    const requests = vendor.log.length
    await moving.syncs.resumeProject.mutate({ projectId })
    await moving.syncs.trigger.mutate(sync)
    await settled(moving, projectId, [sync], SETTLED_MS)
    expect(vendor.log.slice(requests).filter(({ method }) => method !== 'GET')).toEqual([])
    await moving.secrets.update.mutate({ ...place, value: 'on Postgres' })
    await settled(moving, projectId, [sync], SETTLED_MS)
    expect(vendor.contents()).toEqual(
      new Map([
        ['A', 'on Postgres'],
        ['B', 'two on Postgres'],
      ]),
    )
    const after = await seen(moving, sync, place)
    const { dataDir: back } = await newPlace('embedded')
    const DATABASE_URL = databaseUrl
    expect(await migrate(back, { DATABASE_URL })).toMatchObject(refused('root.key'))
    await copyFile(join(dataDir, 'root.key'), join(back, 'root.key'))
    expect(await migrate(back, { DATABASE_URL })).toMatchObject(refused('Stop every process that uses the store first'))
    await onPostgres.stop()
    expect(await migrate(databaseUrl, { DATABASE_URL })).toMatchObject(refused('in Postgres already'))
    expect(await migrate(back, { DATABASE_URL })).toMatchObject({ code: 0, stderr: '' })

    const embedded = await startInstance('embedded', { dataDir: back, databaseUrl: null })
    const again = clientOf(embedded.url, account)
    expect(await seen(again, sync, place)).toEqual(after)
    expect(await signedIn.email(embedded.url)).toBe(account.email)
    await again.secrets.update.mutate({ ...place, value: 'back' })
    await settled(again, projectId, [sync], SETTLED_MS)
    expect(vendor.contents().get('B')).toBe('two back')
    await embedded.stop()
    const admin = { env: { KEYFERRY_DATA_DIR: back } }
    expect(await home.keyferry(['admin', 'verify-store'], admin)).toMatchObject({ code: 0, stderr: '' })
    expect(await home.keyferry(['admin', 'verify-audit'], admin)).toMatchObject({ code: 0, stderr: '' })
  },
)

/** The copy of the first sync does not end. */
async function heldUp(db: Db): Promise<void> {
  await statement(
    db,
    'create function held_up() returns trigger language plpgsql as $$ begin perform pg_sleep(600); return new; end $$',
  )
  await statement(db, 'create trigger held_up before insert on syncs for each row execute function held_up()')
}

async function letGo(db: Db): Promise<void> {
  const others = 'datname = current_database() and pid <> pg_backend_pid() and state <> $$idle$$'
  await statement(db, `select pg_terminate_backend(pid) from pg_stat_activity where ${others}`)
  await statement(db, 'drop trigger held_up on syncs')
  await statement(db, 'drop function held_up')
}

/** A copy stops before its end, which drops the table of what was copied. */
async function refuseDrops(db: Db): Promise<void> {
  await statement(
    db,
    'create function refused() returns event_trigger language plpgsql as $$ begin raise exception $r$no drop$r$; end $$',
  )
  await statement(db, 'create event trigger refused on sql_drop execute function refused()')
}

async function allowDrops(db: Db): Promise<void> {
  await statement(db, 'drop event trigger refused')
  await statement(db, 'drop function refused')
}

/** A browser that signed in. */
async function session(url: string, { email, password }: Account) {
  const answer = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ email, password }),
  })
  const cookie = answer.headers
    .getSetCookie()
    .map((set) => set.split(';', 1)[0])
    .join('; ')
  return {
    async email(at: string): Promise<unknown> {
      const answer = await fetch(`${at}/api/v1/me`, { headers: { cookie } })
      const { me }: { me: { email: string } } = JSON.parse(await answer.text())
      return me.email
    },
  }
}

type Place = Source & { key: string }

/** What the instance answers about everything that it has. */
async function seen(client: KeyferryClient, sync: SyncRef, place: Place) {
  const { projectId } = place
  const { entries } = await client.audit.list.query({ action: 'secret.update,secret-sync,identity', limit: 100 })
  return {
    secrets: await client.secrets.list.query({ ...place, expandReferences: true }),
    versions: await client.secrets.versions.query(place),
    tree: await client.folders.list.query({ ...place, path: '/', recursive: true }),
    tags: await client.tags.list.query({ projectId }),
    // Its drift is looked for all the time, and its key is used by this very request.
    sync: { ...(await client.syncs.get.query(sync)), drift: null },
    plan: await client.syncs.plan.query(sync),
    runs: await client.syncs.runs.query(sync),
    pauses: await client.syncs.pauses.query({ projectId }),
    connections: await client.connections.list.query({ projectId }),
    members: await client.members.list.query({ projectId }),
    invitations: await client.members.invitations.query({ projectId }),
    identities: await client.identities.list.query(),
    keys: (await client.apiKeys.list.query()).map((key) => ({ ...key, lastUsedAt: null })),
    notices: await client.notifications.list.query(),
    entries,
  }
}
