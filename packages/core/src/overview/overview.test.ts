/** Overviews, as their readers may see them, on every database. */
import { randomUUID } from 'node:crypto'
import { perform, storeScopes } from '@keyferry/access'
import { onEveryDatabase } from '@keyferry/db/testing'
import type { Actor } from '@keyferry/kernel'
import { createFolder, createImport, createProject } from '@keyferry/vault'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { overviewVerbs } from './overview.verbs.ts'

const [destination = ''] = (await representatives()).keys()
const HOUR_MS = 60 * 60_000

onEveryDatabase('the overview of a project', (open) => {
  const start = async (): Promise<SyncFixture> => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    return fixture
  }
  const overviewOf = ({ ctx, actor, projectId }: SyncFixture) =>
    perform(overviewVerbs.project, { ctx, actor }, { projectId })

  it('counts the runs of each hour, and how long changes took to arrive', async () => {
    const fixture = await start()
    const { set, create, run, clock } = fixture
    expect(await overviewOf(fixture)).toMatchObject({
      folders: [],
      links: [],
      delivery: { deliveries: 0, p50Ms: null, p95Ms: null },
    })
    await set({ KEY: 'v0' })
    const sync = await create()
    await run(sync)
    for (const seconds of [3, 1, 2]) {
      await set({ KEY: `v${seconds}` })
      clock.advance(seconds * 1000)
      await run(sync)
    }
    clock.advance(HOUR_MS)
    await set({ BROKEN: '${NOT_THERE}' })
    await run(sync)

    const { hours, delivery } = await overviewOf(fixture)
    expect(delivery).toEqual({ deliveries: 4, p50Ms: 1000, p95Ms: 3000 })
    expect(hours).toHaveLength(24)
    const busy = hours.filter(({ succeeded, failed }) => succeeded + failed > 0)
    expect(busy.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(4)
    expect(busy.at(-1)).toMatchObject({ succeeded: 0, failed: 1 })
    expect(hours.at(-1)).toBe(busy.at(-1))

    clock.advance(25 * HOUR_MS)
    expect((await overviewOf(fixture)).hours.every(({ succeeded, failed }) => succeeded + failed === 0)).toBe(true)
    clock.advance(7 * 24 * HOUR_MS)
    expect((await overviewOf(fixture)).delivery.deliveries).toBe(0)
  })

  it('draws the folders behind each sync, through imports and references', async () => {
    const fixture = await start()
    const { ctx, actor, place, projectId, set, create } = fixture
    const inDev = { projectId, environment: 'dev' }
    const folder = async (name: string) => (await createFolder(ctx, actor, { ...inDev, path: '/', name })).id
    const shared = await folder('shared')
    const referred = await folder('referred')
    await folder('unrelated')
    await set({ KEY: 'v', OTHER: 'v', REFERS: '${dev.referred.KEY}' })
    await createImport(ctx, actor, { ...inDev, path: '/', import: { environment: 'dev', path: '/shared' } })
    const { folderId: source } = await create()

    const { folders, links } = await overviewOf(fixture)
    expect(folders).toEqual([
      { id: source, environment: place.environment, path: '/', secrets: 3 },
      { id: referred, environment: 'dev', path: '/referred', secrets: 0 },
      { id: shared, environment: 'dev', path: '/shared', secrets: 0 },
    ])
    expect(links.toSorted((a, b) => a.kind.localeCompare(b.kind))).toEqual([
      { folderId: source, sourceFolderId: shared, kind: 'import' },
      { folderId: source, sourceFolderId: referred, kind: 'reference' },
    ])

    // Who reads only an imported folder sees no sync, and no folder that reads it.
    const asMember = async (...paths: string[]) => overviewOf({ ...fixture, actor: await member(fixture, ...paths) })
    expect(await asMember('/shared')).toMatchObject({ folders: [], links: [] })
    expect(await asMember('/')).toMatchObject({ folders: [{ id: source }], links: [] })

    // Nor what a folder out of sight leads to: that it does is not theirs to know.
    await folder('behind')
    await createImport(ctx, actor, { ...inDev, path: '/shared', import: { environment: 'dev', path: '/behind' } })
    expect((await asMember('/', '/shared', '/behind')).folders).toHaveLength(3)
    expect((await asMember('/', '/behind')).folders).toMatchObject([{ id: source }])
  })
})

onEveryDatabase('the overview of the instance', (open) => {
  it('counts the syncs of each project by status, and says when it last changed', async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const { ctx, actor, projectId, place, set, create, run, clock } = fixture
    const overview = (who = actor) => perform(overviewVerbs.instance, { ctx, actor: who }, undefined)
    const other = await createProject(ctx, actor, { name: 'Other', withDefaultEnvironments: true })
    await set({ KEY: 'v' })
    const sync = await create()
    await run(sync)
    clock.advance(1000)
    await set({ BROKEN: '${NOT_THERE}' })
    const changedAt = ctx.now().toISOString()
    clock.advance(1000)
    await run(sync)
    const seen = await overview()
    expect(seen.find(({ id }) => id === projectId)).toMatchObject({
      syncs: [{ status: 'needs-attention', count: 1 }],
      changedAt,
    })
    expect(seen.find(({ id }) => id === other.id)).toMatchObject({ name: 'Other', syncs: [] })

    const narrowed = await member(fixture, '/elsewhere')
    expect(await overview(narrowed)).toMatchObject([{ id: projectId, syncs: [], changedAt: null }])
    await createFolder(ctx, actor, { projectId, environment: place.environment, path: '/', name: 'elsewhere' })
    const [project] = await overview(narrowed)
    expect(project?.changedAt).toBe(ctx.now().toISOString())
  })
})

/** Somebody who sees these folders of the fixture's project. */
async function member({ ctx, projectId }: SyncFixture, ...paths: string[]): Promise<Actor> {
  const actor: Actor = { kind: 'user', id: randomUUID(), name: 'narrowed' }
  const at = ctx.now().toISOString()
  await ctx.db
    .insertInto('memberships')
    .values({
      id: randomUUID(),
      principalId: actor.id,
      principalKind: 'user',
      role: 'viewer',
      scopes: await storeScopes(
        ctx.db,
        projectId,
        paths.map((secretPath) => ({ environment: 'dev', secretPath })),
      ),
      projectId,
      createdAt: at,
      updatedAt: at,
    })
    .execute()
  return actor
}
