/** The runs of a project, page by page, on every database. */
import { perform } from '@keyferry/access'
import { onEveryDatabase } from '@keyferry/db/testing'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { syncVerbs } from '../verbs/syncs.verbs.ts'
import { listRuns } from './runs.ts'

const [destination = ''] = (await representatives()).keys()

onEveryDatabase('the runs of a project', (open) => {
  it('come newest first, each once, however many of them began at the same time', async () => {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const { ctx, actor, projectId, set, create, run } = fixture
    await set({ KEY: 'v' })
    const syncs = []
    for (const name of ['often', 'seldom']) {
      const sync = await create({ name, options: { keySchema: `${name.toUpperCase()}_{{secretKey}}` } })
      await run(sync)
      syncs.push(sync.id)
    }
    const [often = '', seldom = ''] = syncs
    const rows = await ctx.db.selectFrom('runs').selectAll().execute()
    const copies = Array.from({ length: 24 }, (_, i) => {
      const syncId = i % 6 === 5 ? seldom : often
      const row = rows.find((one) => one.syncId === syncId)
      if (!row) throw new Error('each sync has run')
      const startedAt = new Date(Date.parse(row.startedAt) - Math.floor(i / 4) * 1000).toISOString()
      return { ...row, id: `run-${(i * 7) % 24}`, startedAt, state: i % 3 === 0 ? 'failed' : 'succeeded' }
    })
    await ctx.db.insertInto('runs').values(copies).execute()
    const newestFirst = [...rows, ...copies].sort((a, b) =>
      a.startedAt === b.startedAt ? (a.id < b.id ? 1 : -1) : a.startedAt < b.startedAt ? 1 : -1,
    )
    const filters: { syncId?: string; state?: 'failed' | 'succeeded' }[] = [
      {},
      { state: 'failed' },
      { syncId: seldom },
      { syncId: often, state: 'succeeded' },
    ]
    for (const filter of filters) {
      const wanted = newestFirst.filter(
        ({ syncId, state }) => syncId === (filter.syncId ?? syncId) && state === (filter.state ?? state),
      )
      const pages: string[][] = []
      let cursor: string | undefined
      do {
        const page = await perform(syncVerbs.projectRuns, { ctx, actor }, { projectId, limit: 3, cursor, ...filter })
        pages.push(page.runs.map(({ id }) => id))
        cursor = page.nextCursor ?? undefined
      } while (cursor !== undefined)
      expect(pages.flat()).toEqual(wanted.map(({ id }) => id))
      expect(pages).toHaveLength(Math.ceil(wanted.length / 3))
    }
    for (const syncId of syncs) {
      const ofSync = await listRuns(ctx, actor, { destination, syncId })
      expect(ofSync.map(({ id }) => id)).toEqual(newestFirst.filter((run) => run.syncId === syncId).map(({ id }) => id))
    }
  })
})
