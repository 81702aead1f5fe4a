/** Alerts about trouble without a failing run. */
import { onEveryDatabase } from '@keyferry/db/testing'
import { notice } from '@keyferry/schemas'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { createConnection } from '../connections/connections.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { receiveWebhooks } from '../testing/notices.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'
import { deliverNotices } from './deliver.ts'
import { createNoticeTarget } from './targets.ts'

const [[destination, startEmulator] = ['', undefined]] = [...(await representatives())]
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const options = { driftRepair: true } as const

onEveryDatabase('trouble', (open) => {
  /** A healthy sync, and what a webhook received since the last call. */
  async function start() {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    const hook = await receiveWebhooks()
    await createNoticeTarget(fixture.ctx, fixture.actor, { kind: 'webhook', address: hook.url })
    await fixture.set({ TOKEN: 'the-value-that-must-not-leave' })
    const sync = await fixture.create({ name: 'shop', options })
    await fixture.run(sync)
    const told = async () => {
      await deliverNotices(fixture.ctx, 'http')
      return hook.got.splice(0).map(({ text }) => {
        expect(text).not.toContain('the-value-that-must-not-leave')
        return notice.parse(JSON.parse(text))
      })
    }
    return { ...fixture, sync, told }
  }
  const drift = async ({ emulator, clock, run }: SyncFixture, sync: { id: string }, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      emulator.remove('TOKEN')
      clock.advance(67 * MINUTE)
      await run(sync)
    }
  }

  it('gets an alert when repairs stop, once each time that they do', async () => {
    const it = await start()
    await drift(it, it.sync, 2)
    expect(await it.told()).toEqual([])
    await drift(it, it.sync, 3)
    expect(await it.told()).toMatchObject([
      {
        type: 'sync.repairs-stopped',
        message: expect.stringMatching(/^TOKEN drifted/),
        sync: { id: it.sync.id, name: 'shop', environment: 'dev', secretPath: '/' },
        run: { id: '', state: '' },
      },
    ])
    await triggerSync(it.ctx, it.actor, { destination, syncId: it.sync.id })
    await it.run(it.sync)
    await drift(it, it.sync, 3)
    expect((await it.told()).map(({ type }) => type)).toEqual(['sync.recovered', 'sync.repairs-stopped'])
  })

  it('gets an alert about a cleanup that fails: at once where a person has to help, then once a day', async () => {
    const it = await start()
    const there = await startEmulator?.()
    if (!there) throw new Error(`no emulator for ${destination}`)
    onTestFinished(there.close)
    const { id: connectionId } = await createConnection(it.ctx, it.actor, {
      destination,
      name: 'elsewhere',
      method: 'api-key',
      credentials: there.credentials,
    })
    await updateSync(it.ctx, it.actor, { destination, syncId: it.sync.id, connectionId })
    // Passing trouble is nobody's business yet.
    for (let i = 1; i <= 40; i++) it.emulator.fail(i, { kind: 'status', status: 503 })
    await it.run(it.sync)
    expect(await it.told()).toEqual([])
    it.emulator.heal()
    for (let i = 1; i <= 200; i++) it.emulator.fail(i, { kind: 'status', status: 401 })
    it.clock.advance(HOUR)
    await it.run(it.sync)
    expect(await it.told()).toMatchObject([
      {
        type: 'sync.move-stuck',
        message: expect.stringMatching(/1 key could not be deleted at .*disable secret deletion/),
      },
    ])
    for (let hour = 0; hour < 25; hour++) {
      it.clock.advance(HOUR)
      await it.run(it.sync)
    }
    expect((await it.told()).map(({ type }) => type)).toEqual(['sync.move-stuck'])
  })

  it('gets an alert about a sync that stops because its owner can no longer read its source', async () => {
    const it = await start()
    await it.ctx.db.deleteFrom('instanceAdmins').execute()
    await it.ctx.db.deleteFrom('memberships').execute()
    await it.set({ TOKEN: 'changed' })
    expect((await it.run(it.sync)).row.blocked).toMatchObject({ kind: 'access' })
    expect(await it.told()).toMatchObject([
      { type: 'sync.blocked', message: expect.stringMatching(/ada@example.com.*can no longer read its whole source/) },
    ])
    expect(it.contents()).toEqual({ TOKEN: 'the-value-that-must-not-leave' })
  })
})
