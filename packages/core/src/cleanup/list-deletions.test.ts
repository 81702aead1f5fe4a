/** What one sees of a deletion that waits, on every database. */
import { onEveryDatabase } from '@keyferry/db/testing'
import { createFolder, deleteEnvironment, deleteFolder, deleteProject, listUses, updateSecrets } from '@keyferry/vault'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { destination as definitionOf } from '../destinations/registry.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { listDeletions } from './list-deletions.ts'

onEveryDatabase('deletions that wait', (open) => {
  it('are named with the syncs they wait for, until they are done', async () => {
    const [name = ''] = (await representatives()).keys()
    const destination = definitionOf(name)
    if (!destination) throw new Error('no destination')
    const fixture = await startSyncFixture(open, destination.name)
    onTestFinished(fixture.close)
    const { ctx, actor, place, projectId } = fixture
    const folder = await createFolder(ctx, actor, { ...place, path: '/', name: 'app' })
    const secrets = [
      { key: 'A', value: '1' },
      { key: 'B', value: '2' },
    ]
    await updateSecrets(ctx, actor, { ...place, secretPath: '/app', mode: 'upsert', secrets })
    const sync = await fixture.create({ name: 'reader', secretPath: '/app' })
    await fixture.run(sync)
    const reader = { id: sync.id, name: 'reader', destination: destination.name }
    expect((await listUses(ctx, actor, { ...place, secretPath: '/app' })).syncs).toEqual([
      { ...reader, direct: true, written: 2 },
    ])

    expect(await listDeletions(ctx, actor, { projectId })).toEqual([])
    const syncs = 'remove-secrets' as const
    await deleteFolder(ctx, actor, { ...place, path: '/', folderIdOrName: 'app', syncs })
    const environmentId = sync.environment?.id ?? ''
    await deleteEnvironment(ctx, actor, { projectId, environmentId, syncs })
    await deleteProject(ctx, actor, { projectId, syncs })
    const waiting = await listDeletions(ctx, actor, { projectId })
    const about = { askedBy: actor.name, askedAt: expect.any(String), syncs: [reader] }
    expect(waiting).toHaveLength(3)
    expect(waiting).toEqual(
      expect.arrayContaining([
        { ...about, kind: 'folder', subjectId: folder.id, environment: 'dev', secretPath: '/app' },
        { ...about, kind: 'environment', subjectId: environmentId, environment: 'dev', secretPath: null },
        { ...about, kind: 'project', subjectId: projectId, environment: null, secretPath: null },
      ]),
    )
    await expect(fixture.run(sync)).rejects.toThrow(/no secret sync/)
    expect(await listDeletions(ctx, actor, { projectId })).toEqual([])
  })

  it('distinguish a sync that reads through an import from one that is deleted with the folder', async () => {
    const [name = ''] = (await representatives()).keys()
    const destination = definitionOf(name)
    if (!destination) throw new Error('no destination')
    const fixture = await startSyncFixture(open, destination.name)
    onTestFinished(fixture.close)
    const { ctx, actor, place, projectId } = fixture
    await createFolder(ctx, actor, { ...place, path: '/', name: 'lib' })
    await updateSecrets(ctx, actor, {
      ...place,
      secretPath: '/lib',
      mode: 'upsert',
      secrets: [{ key: 'HOST', value: 'h' }],
    })
    await fixture.set({ URL: ['https://$', '{dev.lib.HOST}'].join('') })
    const sync = await fixture.create({ name: 'through' })
    await fixture.run(sync)
    const uses = await listUses(ctx, actor, { ...place, secretPath: '/lib' })
    expect(uses.syncs).toEqual([
      { id: sync.id, name: 'through', destination: destination.name, direct: false, written: 1 },
    ])
    const [root] = (await listUses(ctx, actor, { projectId, environment: 'dev', secretPath: '/' })).syncs
    expect(root?.direct).toBe(true)
  })
})
