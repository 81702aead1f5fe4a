/** Delivery receipts over the emulators, on every database. */
import { perform } from '@keyferry/access'
import { onEveryDatabase } from '@keyferry/db/testing'
import { createFolder, createImport, getSecret, updateSecrets } from '@keyferry/vault'
import { expect, it, onTestFinished } from 'vitest'
import { representatives } from '../destinations/emulators.ts'
import { createNoticeTarget } from '../notifications/targets.ts'
import { deliverNotices } from '../notifications/deliver.ts'
import { receiveWebhooks } from '../testing/notices.ts'
import { startSyncFixture } from '../testing/sync-fixture.ts'
import { checkDrift } from '../verbs/check-drift.ts'
import { excludeKeys, includeKeys } from '../verbs/exclude-keys.ts'
import { pauseSync, resumeSync } from '../verbs/pause.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { updateSync } from '../verbs/update-sync.ts'
import { announceDeliveries } from './announcements.ts'
import { deliveryVerbs } from './delivery.verbs.ts'

const [destination = ''] = (await representatives()).keys()

onEveryDatabase('delivery receipts', (open) => {
  const start = async (at = destination) => {
    const fixture = await startSyncFixture(open, at)
    onTestFinished(fixture.close)
    const { ctx, actor, place } = fixture
    return {
      ...fixture,
      receipt: (key: string, more: { version?: number; secretPath?: string } = {}) =>
        perform(deliveryVerbs.secret, { ctx, actor }, { ...place, key, ...more }),
      sums: (limit = 500, cursor?: string) =>
        perform(deliveryVerbs.folder, { ctx, actor }, { ...place, limit, ...(cursor === undefined ? {} : { cursor }) }),
    }
  }
  it('say not yet until every destination has the value, then that the old one can be revoked', async () => {
    const { clock, set, create, run, receipt, sums } = await start()
    await set({ A: 'one', B: 'b' })
    const sync = await create()
    expect(await receipt('A')).toMatchObject({
      isDelivered: false,
      revocation: null,
      destinations: [{ state: 'pending', version: null }],
    })
    await run(sync)
    clock.advance(1000)
    expect(await receipt('A')).toMatchObject({
      version: 1,
      isDelivered: true,
      revocation: null,
      destinations: [{ syncId: sync.id, key: 'A', state: 'delivered', version: 1, reason: null }],
      runs: [{ version: 1, syncId: sync.id, key: 'A' }],
    })

    await set({ A: 'two' })
    const waiting = await receipt('A')
    expect(waiting).toMatchObject({
      version: 2,
      isDelivered: false,
      deliveredAt: null,
      destinations: [{ state: 'pending', version: 1 }],
    })
    expect(waiting.revocation).toMatchObject({ isSafe: false, reasons: [{ code: 'not-delivered', state: 'pending' }] })
    expect((await sums()).keys).toMatchObject([
      { key: 'A', destinations: 1, delivered: 0, troubled: 0, deliveredAt: null },
      { key: 'B', destinations: 1, delivered: 1 },
    ])

    await run(sync)
    const arrived = await receipt('A')
    expect(arrived).toMatchObject({ isDelivered: true, destinations: [{ state: 'delivered', version: 2 }] })
    expect(arrived.revocation).toEqual({ isSafe: true, reasons: [] })
    expect(arrived.runs.map(({ version }) => version)).toEqual([2, 1])
    expect(await receipt('A', { version: 1 })).toMatchObject({
      version: 1,
      newestVersion: 2,
      revocation: null,
      destinations: [{ state: 'replaced', version: 2 }],
    })
    expect((await sums(1)).keys).toMatchObject([{ key: 'A', delivered: 1 }])
    expect((await sums(1, 'A')).keys).toMatchObject([{ key: 'B', delivered: 1 }])
  })

  it('name the version that a destination keeps when it refuses a newer one, which costs no write then', async () => {
    const { emulator, set, create, run, receipt } = await start('github')
    await set({ A: 'one' })
    const sync = await create()
    await run(sync)
    await set({ A: 'two' })
    emulator.fail(1, { kind: 'status', status: 422 }, (method) => method !== 'GET')
    expect((await run(sync)).row.inSync).toBe(false)
    expect((await receipt('A')).destinations).toMatchObject([{ state: 'failed', version: 1 }])
    await set({ A: 'one' })
    expect((await run(sync)).calls).toEqual({ GET: 1 })
  })

  it('name the runs that wrote a value, however many came after them', async () => {
    const { ctx, set, create, run, receipt } = await start()
    const sync = await create()
    for (const value of ['one', 'two']) {
      await set({ A: value })
      await run(sync)
    }
    const rows = await ctx.db.selectFrom('runs').selectAll().execute()
    const [like] = rows
    if (!like) throw new Error('the sync has run')
    const later = Array.from({ length: 1100 }, (_, n) => ({
      ...like,
      id: `later-${n}`,
      startedAt: '2027-01-01T00:00:00.000Z',
    }))
    await ctx.db.insertInto('runs').values(later).execute()
    const { runs } = await receipt('A')
    expect(new Set(runs.map(({ version }) => version))).toEqual(new Set([1, 2]))
    expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining(runs.map(({ runId }) => runId)))
  })

  it('name a sync that is paused, and a key that is excluded though an old copy is there', async () => {
    const { ctx, actor, set, create, run, receipt, sums } = await start()
    await set({ A: 'one' })
    const sync = await create()
    await run(sync)
    const at = { destination, syncId: sync.id }
    await pauseSync(ctx, actor, { ...at, reason: 'release' })
    expect(await receipt('A')).toMatchObject({ isDelivered: true })
    await set({ A: 'two' })
    expect((await receipt('A')).destinations).toMatchObject([{ state: 'paused', version: 1 }])
    await resumeSync(ctx, actor, at)
    await excludeKeys(ctx, actor, { ...at, keys: ['A'], reason: 'set by hand' })
    await run(sync)
    expect(await receipt('A')).toMatchObject({
      isDelivered: true,
      destinations: [{ state: 'excluded', reason: 'set by hand', version: 1 }],
      revocation: { isSafe: false, reasons: [{ code: 'not-delivered', state: 'excluded' }] },
    })
    expect((await sums()).keys).toMatchObject([{ key: 'A', destinations: 0, excluded: 1, exclusions: ['set by hand'] }])

    await includeKeys(ctx, actor, { ...at, keys: ['A'] })
    await run(sync)
    expect((await receipt('A')).revocation).toMatchObject({ isSafe: true })
    await excludeKeys(ctx, actor, { ...at, keys: ['A'], reason: 'from now on by hand' })
    await run(sync)
    const written = (await receipt('A')).destinations[0]
    expect(written).toMatchObject({ state: 'excluded', reason: 'from now on by hand', version: 2 })
    expect(written?.provenAt).toBe(written?.deliveredAt)
    expect((await receipt('A')).revocation).toMatchObject({ isSafe: false, reasons: [{ state: 'excluded' }] })
    expect((await receipt('A', { version: 2 })).destinations).toMatchObject([{ state: 'excluded' }])
    expect((await sums()).keys).toMatchObject([{ key: 'A', destinations: 0, delivered: 0, excluded: 1 }])
  })

  it('follow a value through references and imports, and believe a comment changes nothing', async () => {
    const { ctx, actor, place, set, create, run, receipt, sums } = await start()
    await createFolder(ctx, actor, { projectId: place.projectId, environment: 'dev', path: '/', name: 'shared' })
    const shared = { ...place, secretPath: '/shared' }
    const put = (secrets: { key: string; value?: string; comment?: string }[]) =>
      updateSecrets(ctx, actor, { ...shared, mode: 'upsert', secrets })
    await put([
      { key: 'PASSWORD', value: 'p1' },
      { key: 'OTHER', value: 'o1' },
    ])
    await createImport(ctx, actor, {
      projectId: place.projectId,
      environment: 'dev',
      path: '/',
      import: { environment: 'dev', path: '/shared' },
    })
    await set({ URL: 'db:${dev.shared.PASSWORD}' })
    await set({ ADDRESS: '${URL}' })
    const sync = await create()
    await run(sync)
    const inShared = () => receipt('PASSWORD', { secretPath: '/shared' })
    expect((await inShared()).destinations.map(({ key, version }) => `${key} ${version}`)).toEqual([
      'ADDRESS 1',
      'PASSWORD 1',
      'URL 1',
    ])
    await put([{ key: 'PASSWORD', value: 'p2' }])
    expect((await inShared()).destinations.map(({ state }) => state)).toEqual(['pending', 'pending', 'pending'])
    await run(sync)
    expect(await inShared()).toMatchObject({ isDelivered: true, revocation: { isSafe: true } })
    // Another part of the same value.
    await set({ URL: 'other:${dev.shared.PASSWORD}' })
    expect(await inShared()).toMatchObject({ isDelivered: true })
    const before = (await inShared()).changedAt
    await put([{ key: 'PASSWORD', comment: 'rotated' }])
    expect(await inShared()).toMatchObject({
      version: 3,
      changedAt: before,
      destinations: expect.arrayContaining([expect.objectContaining({ key: 'PASSWORD', state: 'delivered' })]),
    })
    await run(sync)
    expect(await inShared()).toMatchObject({ isDelivered: true, revocation: { isSafe: true } })
    // One destination, however many of its keys are made of the value.
    expect((await sums()).keys).toMatchObject([
      { key: 'ADDRESS', destinations: 1, delivered: 1 },
      { key: 'URL', destinations: 1, delivered: 1 },
    ])
  })

  it('see what somebody changed there, copies that were left behind and machines with the old value', async () => {
    const { ctx, actor, clock, place, set, create, run, receipt, emulator } = await start()
    const readAsMachine = (version?: number) =>
      getSecret(
        ctx,
        { kind: 'identity', id: 'robot', name: 'ci' },
        { ...place, key: 'A', version, showValues: true, expandReferences: false, includeImports: false },
      )
    await set({ A: 'one' })
    const sync = await create({ options: { deletionPolicy: 'none' } })
    await run(sync)
    await readAsMachine()
    clock.advance(1000)
    await set({ A: 'two' })
    await run(sync)
    expect((await receipt('A')).revocation).toMatchObject({
      isSafe: false,
      reasons: [{ code: 'read-by-machine', actor: { name: 'ci' } }],
    })
    await readAsMachine()
    expect((await receipt('A')).revocation).toMatchObject({ isSafe: true })
    await readAsMachine(1)
    expect((await receipt('A')).revocation?.reasons.map(({ code }) => code)).toEqual(['read-by-machine'])
    await readAsMachine()

    emulator.put('A', 'by hand')
    await checkDrift(ctx, actor, { destination, syncId: sync.id })
    await run(sync)
    expect(await receipt('A')).toMatchObject({
      isDelivered: false,
      destinations: [{ state: 'drifted', proof: null, provenAt: null }],
      revocation: { isSafe: false },
    })
    await triggerSync(ctx, actor, { destination, syncId: sync.id })
    await run(sync)
    expect((await receipt('A')).revocation).toMatchObject({ isSafe: true })

    await updateSync(ctx, actor, {
      destination,
      syncId: sync.id,
      options: { deletionPolicy: 'none', keySchema: 'APP_{{secretKey}}' },
    })
    await run(sync)
    await set({ A: 'three' })
    await run(sync)
    expect(emulator.contents().has('APP_A')).toBe(true)
    const left = await receipt('A')
    expect(left.destinations.map(({ key, state }) => [key, state])).toEqual([
      ['APP_A', 'delivered'],
      ['A', 'left-behind'],
    ])
    expect(left.revocation).toMatchObject({
      isSafe: false,
      reasons: [{ code: 'old-copy', key: 'A' }, { code: 'read-by-machine' }],
    })
  })

  it('tell a webhook of each version once, when the last destination has it', async () => {
    const { ctx, actor, clock, set, create, run } = await start()
    const hook = await receiveWebhooks()
    const address = hook.url
    await createNoticeTarget(ctx, actor, { kind: 'webhook', address, deliveries: true })
    await createNoticeTarget(ctx, actor, { kind: 'webhook', address, deliveries: false })
    await expect(createNoticeTarget(ctx, actor, { kind: 'slack', address, deliveries: true })).rejects.toThrow(
      /Only a webhook/,
    )
    const heard = async () => {
      await announceDeliveries(ctx)
      await deliverNotices(ctx, 'http')
      const bodies = hook.got.map(({ text }) => JSON.parse(text)).filter(({ type }) => type === 'secret.delivered')
      return bodies.map(({ message, reason }) => [
        message,
        ...reason.secrets.map(({ key, version }: { key: string; version: number }) => `${key} ${version}`),
      ])
    }
    await set({ A: 'one', B: 'b' })
    const schemaOf = (keySchema: string) => ({ keySchema, deletionPolicy: 'owned' as const })
    const first = await create({ name: 'first', options: schemaOf('X_{{secretKey}}') })
    const second = await create({ name: 'second', options: schemaOf('Y_{{secretKey}}') })
    await run(first)
    expect(await heard()).toEqual([])
    await run(second)
    const both = ['Every destination has the newest version of A, B in dev:/.', 'A 1', 'B 1']
    expect(await heard()).toEqual([both])
    clock.advance(120_000)
    expect(await heard()).toEqual([both])
    // The clock is a day ahead until the value has arrived.
    clock.advance(24 * 3_600_000)
    await set({ A: 'two' })
    await run(first)
    await run(second)
    clock.advance(-24 * 3_600_000)
    expect(await heard()).toEqual([both, [expect.stringContaining('A in dev:/'), 'A 2']])
  })
})
