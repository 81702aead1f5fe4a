/** Two syncs on one target, against every vendor's emulator, on every database: no key has two writers. */
import { amend } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import type { Context } from '@keyferry/kernel'
import { createFolder, createImport, deleteSecrets, updateSecrets } from '@keyferry/vault'
import { createTestProject } from '@keyferry/vault/testing'
import { sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { createConnection } from '../connections/connections.ts'
import { runSync } from '../run/run.ts'
import { dueSyncs } from '../sync/due.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { checkDestination } from '../verbs/check-destination.ts'
import { updateSync } from '../verbs/update-sync.ts'

const overwrite = {}
const owned = { ...overwrite, deletionPolicy: 'owned' as const }

/** Runs `work`, whose two transactions can look at the syncs of Postgres but not write one before both have to wait. */
async function held<T>(ctx: Context, work: () => Promise<T>): Promise<T> {
  const working = await ctx.db.transaction().execute(async (tx) => {
    await sql`lock table syncs in share mode`.execute(tx)
    const started = work()
    const waiting = sql<{
      n: string
    }>`select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    await expect.poll(async () => Number((await waiting.execute(ctx.db)).rows[0]?.n)).toBe(2)
    return { started }
  })
  return working.started
}

for (const destination of (await representatives()).keys()) {
  onEveryDatabase(`two syncs on one target at ${destination}`, (open, dialect) => {
    const start = async () => {
      const fixture = await startSyncFixture(open, destination)
      onTestFinished(fixture.close)
      const { ctx, actor, place } = fixture
      await createFolder(ctx, actor, { ...place, path: '/', name: 'b' })
      const put = (secretPath: string, key: string, value = 'x') =>
        updateSecrets(ctx, actor, { ...place, secretPath, mode: 'upsert', secrets: [{ key, value }] })
      return { ...fixture, put }
    }
    const keys = ({ emulator }: SyncFixture) => [...emulator.contents().keys()].sort()

    it('knows one host by each of its names, and says where it cannot know', async () => {
      const { ctx, actor, place, put, create, run, emulator, connectionId } = await start()
      await put('/', 'A')
      await put('/b', 'B')
      const first = await create({ name: 'first' })
      await run(first)
      const { port } = new URL(emulator.url)
      const connectionAt = async (host: string) =>
        (
          await createConnection(ctx, actor, {
            destination,
            projectId: null,
            name: `at-${host.replaceAll(/\W/g, '-')}`,
            method: 'api-key',
            credentials: { ...emulator.credentials, instanceUrl: `http://${host}:${port}` },
          })
        ).id
      const localhost = await connectionAt('localhost')
      const second = { name: 'second', secretPath: '/b', connectionId: localhost }
      await expect(create(second)).rejects.toThrow(/"first" already writes to this destination/)
      const check = (id: string) =>
        checkDestination(ctx, actor, {
          destination,
          target: emulator.target,
          connectionId: id,
          projectId: place.projectId,
        })
      for (const id of [connectionId, localhost]) expect(await check(id)).toMatchObject({ hasDuplicate: true })
      // The same sync under the other name leaves nothing behind, and takes nothing away.
      await updateSync(ctx, actor, { destination, syncId: first.id, connectionId: localhost })
      await run(first)
      expect([...emulator.contents().keys()]).toEqual(['A'])
      expect(await ctx.db.selectFrom('departures').selectAll().execute()).toEqual([])
      const { targetKey } = await ctx.db.selectFrom('syncs').select('targetKey').executeTakeFirstOrThrow()
      await amend(ctx.db, 'syncs', first.id, { targetKey: targetKey.replace('localhost', 'vendor.internal') })
      expect(await check(localhost)).toMatchObject({ hasDuplicate: false, maybeDuplicate: true })
    })

    it('names the other sync and the key when a key is shared, written or not, its own or imported', async () => {
      const { ctx, actor, place, put, create, run } = await start()
      await put('/', 'SHARED')
      const first = await create({ name: 'first', options: owned })
      await put('/b', 'SHARED')
      const second = { name: 'second', secretPath: '/b', options: owned }
      await expect(create(second)).rejects.toThrow(/"first" already writes SHARED/)
      await run(first)
      await expect(create(second)).rejects.toThrow(/"first" already writes SHARED/)
      await deleteSecrets(ctx, actor, { ...place, secretPath: '/b', secrets: [{ key: 'SHARED' }] })
      await createFolder(ctx, actor, { ...place, path: '/', name: 'c' })
      await put('/c', 'SHARED')
      await createImport(ctx, actor, { ...place, path: '/b', import: { environment: 'dev', path: '/c' } })
      await expect(create(second)).rejects.toThrow(/"first" already writes SHARED/)
    })

    it('asks an edit the same: schema, policy, source and target', async () => {
      const { ctx, actor, put, create } = await start()
      await put('/', 'A')
      await put('/b', 'A')
      await create({ name: 'first', options: { ...overwrite, keySchema: 'A_{{secretKey}}' } })
      const second = await create({
        name: 'second',
        secretPath: '/b',
        options: { ...owned, keySchema: 'B_{{secretKey}}' },
      })
      const edit = (options: { keySchema: string }) =>
        updateSync(ctx, actor, { destination, syncId: second.id, options })
      await expect(edit({ keySchema: 'A_{{secretKey}}' })).rejects.toThrow(/"first"/)
      await expect(edit({ keySchema: '{{secretKey}}' })).rejects.toThrow(/"first".*would delete/)
      expect(await edit({ keySchema: 'C_{{secretKey}}' })).toMatchObject({
        options: { keySchema: 'C_{{secretKey}}' },
      })
    })

    it('refuses at run time a key that appears later, leaves it to the first, and takes it over once that lets go', async () => {
      const fixture = await start()
      const { ctx, actor, place, put, create, run, contents } = fixture
      await put('/', 'A', 'first')
      await put('/b', 'B', 'second')
      const first = await create({ name: 'first', options: owned })
      const second = await create({ name: 'second', secretPath: '/b', options: owned })
      await run(first)
      await run(second)
      await put('/b', 'A', 'second')
      const { row } = await run(second)
      expect(row.state).toBe('partial')
      expect(row.message).toMatch(/A \(another sync already writes/)
      expect(contents()).toEqual({ A: 'first', B: 'second' })

      await deleteSecrets(ctx, actor, { ...place, secrets: [{ key: 'A' }] })
      await put('/', 'Z', 'first')
      await run(first)
      expect(await dueSyncs(ctx)).toEqual([second.id])
      expect((await run(second)).row.state).toBe('succeeded')
      expect(contents()).toEqual({ A: 'second', B: 'second', Z: 'first' })
    })

    it('has one writer per key and one run at a time when both run for the first time at once', async () => {
      const fixture = await start()
      const { ctx, put, create, run, contents } = fixture
      await put('/', 'A', 'first')
      await put('/b', 'B', 'second')
      const both = [
        await create({ name: 'first', options: owned }),
        await create({ name: 'second', secretPath: '/b', options: owned }),
      ]
      // The same key appears in both before either has written.
      await put('/', 'SAME', 'first')
      await put('/b', 'SAME', 'second')
      await Promise.all(both.map(({ id }) => runSync(ctx, id, new AbortController().signal)))
      const rows = []
      for (const sync of both) rows.push((await run(sync)).row)
      expect(rows.map(({ state }) => state).sort()).toEqual(['partial', 'succeeded'])
      const winner = rows.findIndex(({ state }) => state === 'succeeded')
      expect(contents()).toEqual({ A: 'first', B: 'second', SAME: ['first', 'second'][winner] })
    })

    it('lets one of two through that are made at the same time, in two projects', async () => {
      const fixture = await start()
      const { ctx, actor, put, create } = fixture
      await put('/', 'A')
      const other = await createTestProject(ctx, actor, 'Other')
      const both = () => Promise.allSettled([create({ name: 'here' }), create({ name: 'there', projectId: other.id })])
      const tries = dialect === 'sqlite' ? await both() : await held(ctx, both)
      expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
      const refused = tries.find((one) => one.status === 'rejected')
      expect(String(refused?.reason)).toMatch(/A sync of another project already writes to this destination/)
    })

    it('a mirror that came to cover the other sync by a renamed environment deletes none of its keys', async () => {
      const fixture = await start()
      const { put, create, run } = fixture
      await put('/', 'A')
      await put('/b', 'B')
      const first = await create({ name: 'first', options: { ...overwrite, keySchema: 'one_{{secretKey}}' } })
      const second = await create({
        name: 'second',
        secretPath: '/b',
        options: { ...overwrite, keySchema: '{{environment}}_{{secretKey}}' },
      })
      await run(first)
      await run(second)
      const dev = await fixture.ctx.db
        .selectFrom('environments')
        .where('slug', '=', 'dev')
        .select('id')
        .executeTakeFirstOrThrow()
      await amend(fixture.ctx.db, 'environments', dev.id, { slug: 'one' })
      await updateSync(fixture.ctx, fixture.actor, { destination, syncId: first.id, autoSync: true })
      await updateSecrets(fixture.ctx, fixture.actor, {
        ...fixture.place,
        environment: 'one',
        mode: 'upsert',
        secrets: [{ key: 'C', value: 'c' }],
      })
      await run(first)
      expect(keys(fixture)).toEqual(['dev_B', 'one_A', 'one_C'])
      await updateSecrets(fixture.ctx, fixture.actor, {
        ...fixture.place,
        environment: 'one',
        secretPath: '/b',
        mode: 'upsert',
        secrets: [{ key: 'D', value: 'd' }],
      })
      await run(second)
      expect(keys(fixture)).toEqual(['one_A', 'one_B', 'one_C', 'one_D'])
      await updateSecrets(fixture.ctx, fixture.actor, {
        ...fixture.place,
        environment: 'one',
        mode: 'upsert',
        secrets: [{ key: 'E', value: 'e' }],
      })
      await run(first)
      expect(keys(fixture)).toEqual(['one_A', 'one_B', 'one_C', 'one_D', 'one_E'])
    })
  })
}

onEveryDatabase('one place under two names', (open) => {
  it('is one target, for a new sync and for one that was stored under a name', async () => {
    const { ctx, actor, place, create, run, emulator, connectionId, close } = await startSyncFixture(open, 'vercel')
    onTestFinished(close)
    const put = (key: string) =>
      updateSecrets(ctx, actor, { ...place, secretPath: '/', mode: 'upsert', secrets: [{ key, value: 'x' }] })
    await put('A')
    const named = { ...emulator.target, teamId: 'keyferry', app: 'storefront', appName: undefined }
    const sync = await create({ name: 'first', target: named })
    expect(sync).toMatchObject({ target: emulator.target, targetLabel: 'storefront · production' })
    const at = { destination: 'vercel', connectionId, projectId: place.projectId }
    for (const target of [named, emulator.target])
      expect(await checkDestination(ctx, actor, { ...at, target })).toMatchObject({ hasDuplicate: true })
    await expect(create({ name: 'second', target: { ...named, app: 'nothing' } })).rejects.toThrow(
      /no project "nothing"/,
    )

    const targetKey = 'vercel http://old.example ["keyferry","storefront","production",null]'
    await amend(ctx.db, 'syncs', sync.id, { target: JSON.stringify(named), targetKey })
    await updateSync(ctx, actor, { destination: 'vercel', syncId: sync.id, target: emulator.target })
    expect(await ctx.db.selectFrom('syncs').select('targetKey').executeTakeFirst()).toEqual({ targetKey })
    expect(await ctx.db.selectFrom('departures').selectAll().execute()).toEqual([])
    await run(sync)
    expect([...emulator.contents().keys()]).toEqual(['A'])
    // Another environment is another place all the same.
    await updateSync(ctx, actor, { destination: 'vercel', syncId: sync.id, target: { ...named, env: 'development' } })
    expect(await ctx.db.selectFrom('departures').select('targetKey').execute()).toEqual([{ targetKey }])
  })

  it('is one key vault at Azure, through any authority', async () => {
    const { ctx, actor, place, emulator, connectionId, create, close } = await startSyncFixture(open, 'azure-key-vault')
    onTestFinished(close)
    await create({ name: 'first' })
    const { port } = new URL(emulator.url)
    const second = await createConnection(ctx, actor, {
      destination: 'azure-key-vault',
      projectId: null,
      name: 'other-authority',
      method: emulator.method ?? 'client-secret',
      credentials: { ...emulator.credentials, authorityHost: `http://localhost:${port}` },
    })
    for (const id of [connectionId, second.id])
      expect(
        await checkDestination(ctx, actor, {
          destination: 'azure-key-vault',
          target: emulator.target,
          connectionId: id,
          projectId: place.projectId,
        }),
      ).toEqual({
        hasDuplicate: true,
        maybeDuplicate: false,
        sharedPlace: 'a whole key vault',
        duplicateProjectId: place.projectId,
      })
  })
})
