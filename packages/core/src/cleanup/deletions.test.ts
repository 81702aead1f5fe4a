/** Deleting what syncs read, against every kind of vendor, on every database: nobody's target changes unasked. */
import { statement } from '@keyferry/db/testing'
import {
  createFolder,
  createImport,
  deleteEnvironment,
  deleteFolder,
  deleteProject,
  listFolders,
  listProjects,
  updateSecrets,
} from '@keyferry/vault'
import { createTestProject } from '@keyferry/vault/testing'
import { expect, it, onTestFinished } from 'vitest'
import { runSync } from '../run/run.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { withRepresentatives } from '../testing/with-representatives.ts'
import { listSyncs } from '../verbs/syncs.ts'
import { completeDeletions } from './deletions.ts'

const owned = { deletionPolicy: 'owned' } as const

await withRepresentatives('deleting what is read by a sync to', (open, destination) => {
  /** A sync that filled the target from `/app/deep`. */
  const start = async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const { ctx, actor, place } = fixture
    await createFolder(ctx, actor, { ...place, path: '/', name: 'app' })
    await createFolder(ctx, actor, { ...place, path: '/app', name: 'deep' })
    await updateSecrets(ctx, actor, {
      ...place,
      secretPath: '/app/deep',
      mode: 'upsert',
      secrets: [{ key: 'A', value: '1' }],
    })
    const sync = await fixture.create({ name: 'reader', secretPath: '/app/deep', options: owned })
    await fixture.run(sync)
    const remove = (syncs?: 'refuse' | 'keep-secrets' | 'remove-secrets') =>
      deleteFolder(ctx, actor, { ...place, path: '/', folderIdOrName: 'app', syncs })
    return { ...fixture, sync, remove }
  }
  const folders = async ({ ctx, actor, place }: SyncFixture) =>
    (await listFolders(ctx, actor, { ...place, path: '/', recursive: true })).map(({ path }) => path)
  const syncs = ({ ctx, actor, projectId }: SyncFixture) => listSyncs(ctx, actor, { projectId })

  it('is refused by name unless it is said what shall become of the target', async () => {
    const fixture = await start()
    const { ctx, actor, remove, contents, projectId, sync } = fixture
    await expect(remove()).rejects.toThrow(/sync "reader" reads it.*keep-secrets.*remove-secrets/)
    await expect(remove('refuse')).rejects.toThrow(/"reader"/)
    await expect(deleteProject(ctx, actor, { projectId })).rejects.toThrow(/"reader"/)
    await expect(
      deleteEnvironment(ctx, actor, { projectId, environmentId: sync.environment?.id ?? '' }),
    ).rejects.toThrow(/"reader"/)
    expect([await folders(fixture), contents()]).toEqual([['/app', '/app/deep'], { A: '1' }])
  })

  it('that fails holds up no other, and is done later', async () => {
    const fixture = await start()
    const { ctx, actor, place, remove, run, sync } = fixture
    await createFolder(ctx, actor, { ...place, path: '/', name: 'other' })
    const options = { ...owned, keySchema: 'OTHER_{{secretKey}}' }
    const other = await fixture.create({ name: 'other', secretPath: '/other', options })
    await run(other)
    const [app] = await listFolders(ctx, actor, { ...place, path: '/', recursive: false })
    await statement(ctx.db, 'create table others (folder_id text references folders (id))')
    await statement(ctx.db, `insert into others values ('${app?.id}')`)
    await remove('remove-secrets')
    await deleteFolder(ctx, actor, { ...place, path: '/', folderIdOrName: 'other', syncs: 'remove-secrets' })
    for (const { id } of [sync, other]) await runSync(ctx, id, new AbortController().signal)
    expect(await folders(fixture)).toEqual(['/app', '/app/deep'])
    await statement(ctx.db, 'drop table others')
    await completeDeletions(ctx)
    expect(await folders(fixture)).toEqual([])
  })

  it('keep-secrets deletes the syncs and leaves the target; an import elsewhere is no matter of choice', async () => {
    const fixture = await start()
    const { ctx, actor, place, events, remove, contents } = fixture
    const source = { environment: 'dev', path: '/app' }
    await createImport(ctx, actor, { projectId: place.projectId, environment: 'staging', path: '/', import: source })
    await expect(remove('keep-secrets')).rejects.toThrow(/staging:\/ imports it/)
    expect(await syncs(fixture)).toHaveLength(1)
    await ctx.db.deleteFrom('imports').execute()
    expect((await remove('keep-secrets')).pending).toBeUndefined()
    expect([await folders(fixture), await syncs(fixture), contents()]).toEqual([[], [], { A: '1' }])
    expect(events).toContainEqual(expect.objectContaining({ kind: 'sync-deleted', syncId: fixture.sync.id }))
    // No receipt shows the copy any more.
    const rows = await ctx.db.selectFrom('audit').where('action', '=', 'delete-secret-sync').select('details').execute()
    const { destination, connection, target } = fixture.sync
    expect(rows.map(({ details }) => JSON.parse(details) as unknown)).toEqual([
      expect.objectContaining({ kept: [{ destination, connection: connection.name, target, keys: 1 }] }),
    ])
  })

  it.each(['folder', 'environment', 'project'] as const)(
    'keep-secrets of a %s wakes who was refused a key there, and it takes the key over',
    async (kind) => {
      const fixture = await start()
      const { ctx, actor, woken, sync, projectId, run, contents } = fixture
      const { id: other } = await createTestProject(ctx, actor, 'Other')
      const put = (key: string) =>
        updateSecrets(ctx, actor, {
          projectId: other,
          environment: 'dev',
          secretPath: '/',
          mode: 'upsert',
          secrets: [{ key, value: 'other' }],
        })
      await put('B')
      const second = await fixture.create({ name: 'second', projectId: other, options: owned })
      await run(second)
      await put('A')
      expect((await run(second)).row.state).toBe('partial')
      expect(contents()).toEqual({ A: '1', B: 'other' })

      woken.length = 0
      const syncs = 'keep-secrets' as const
      if (kind === 'project') await deleteProject(ctx, actor, { projectId, syncs })
      else if (kind === 'folder') await fixture.remove(syncs)
      else await deleteEnvironment(ctx, actor, { projectId, environmentId: sync.environment?.id ?? '', syncs })
      expect(woken.flat()).toEqual([second.id])
      expect((await run(second)).row.state).toBe('succeeded')
      expect(contents()).toEqual({ A: 'other', B: 'other' })
    },
  )

  it('remove-secrets waits until the target is empty, through a vendor that is down', async () => {
    const fixture = await start()
    const { emulator, clock, woken, remove, run, sync, contents } = fixture
    emulator.put('THEIRS', 'x')
    expect((await remove('remove-secrets')).pending).toContain('sync "reader"')
    expect(woken.at(-1)).toEqual([sync.id])
    for (let i = 1; i <= 40; i++) emulator.fail(i, { kind: 'status', status: 503 })
    expect((await run(sync)).row).toMatchObject({ removal: 'delete' })
    await completeDeletions(fixture.ctx)
    // Asked again meanwhile: the same deletion, not another one.
    expect((await remove('remove-secrets')).pending).toContain('sync "reader"')
    expect([await folders(fixture), contents()]).toEqual([['/app', '/app/deep'], { A: '1', THEIRS: 'x' }])
    emulator.heal()
    clock.advance(20 * 60_000)
    await expect(run(sync)).rejects.toThrow(/no secret sync/)
    expect([await folders(fixture), await syncs(fixture), contents()]).toEqual([[], [], { THEIRS: 'x' }])
    const subject = { subject: 'folder', environment: 'dev', secretPath: '/app' }
    const ended = fixture.events.filter(({ kind }) => kind === 'deletion-ended')
    expect(ended).toEqual([expect.objectContaining({ ...subject, outcome: 'deleted' })])
  })

  it('is given up, and nothing is deleted, when the target refuses or another sync reads it again', async () => {
    const fixture = await start()
    const { ctx, emulator, remove, run, sync, contents, create } = fixture
    await remove('remove-secrets')
    emulator.fail(1, { kind: 'status', status: 401 })
    expect((await run(sync)).row).toMatchObject({ removeState: 'failed', removal: null })
    expect([await folders(fixture), contents()]).toEqual([['/app', '/app/deep'], { A: '1' }])
    expect(await ctx.db.selectFrom('deletions').selectAll().execute()).toEqual([])
    expect(
      await ctx.db.selectFrom('audit').where('action', '=', 'folder.delete-given-up').selectAll().execute(),
    ).toHaveLength(1)
    const outcomes = () => fixture.events.flatMap((event) => (event.kind === 'deletion-ended' ? [event.outcome] : []))
    expect(outcomes()).toEqual(['given-up'])

    await remove('remove-secrets')
    await create({ name: 'newcomer', secretPath: '/app', options: owned })
    await expect(run(sync)).rejects.toThrow(/no secret sync/)
    expect([await folders(fixture), contents()]).toEqual([['/app', '/app/deep'], {}])
    expect(outcomes()).toEqual(['given-up', 'given-up'])
  })

  it('carries on after a crash between the last removal and the deletion, and takes whole environments and projects', async () => {
    const fixture = await start()
    const { ctx, actor, run, sync, projectId } = fixture
    const environmentId = sync.environment?.id ?? ''
    expect(
      (await deleteEnvironment(ctx, actor, { projectId, environmentId, syncs: 'remove-secrets' })).pending,
    ).toContain('reader')
    // The process dies once the sync is gone.
    const waiting = await ctx.db.selectFrom('deletions').selectAll().executeTakeFirstOrThrow()
    await ctx.db.deleteFrom('deletions').execute()
    await expect(run(sync)).rejects.toThrow(/no secret sync/)
    await ctx.db.insertInto('deletions').values(waiting).execute()
    await completeDeletions(ctx)
    expect(fixture.events.at(-1)).toMatchObject({
      subject: 'environment',
      subjectId: environmentId,
      outcome: 'deleted',
    })
    expect((await listProjects(ctx, actor))[0]?.environments.map(({ slug }) => slug)).toEqual(['staging', 'prod'])
    await completeDeletions(ctx)

    await updateSecrets(ctx, actor, {
      projectId,
      environment: 'prod',
      secretPath: '/',
      mode: 'upsert',
      secrets: [{ key: 'B', value: '2' }],
    })
    const other = await fixture.create({ environment: 'prod' })
    await run(other)
    expect(fixture.contents()).toEqual({ B: '2' })
    expect((await deleteProject(ctx, actor, { projectId, syncs: 'remove-secrets' })).pending).toContain('emulated')
    await expect(run(other)).rejects.toThrow(/no secret sync/)
    expect([await listProjects(ctx, actor), fixture.contents()]).toEqual([[], {}])
  })
})
