/** The notification centre, from the run that fails to the people who can see it. */
import { deliverEventMails, runSync } from '@keyferry/core'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import type { People } from './fixture.ts'

const MINUTE = 60_000
const CHOSEN = { failed: 'mail', drifted: 'mail', recovered: 'console' }

/** A sync that ran once, Bob who sees it, and Eve who sees another environment. */
async function watchedSync({ api, projectId, mails, join }: People) {
  const vendor = await startEmulator()
  onTestFinished(vendor.close)
  const here = { projectId, environment: 'dev', secretPath: '/' }
  await api.send('POST', '/api/v4/secrets/KEY', { ...here, secretValue: 'the-value' })
  const connection = await api.send('POST', '/api/v1/app-connections/trigger-dev', {
    name: 'acme',
    method: 'api-key',
    credentials: vendor.credentials,
    projectId,
  })
  const connectionId: string = connection.body.appConnection.id
  const syncs = '/api/v1/secret-syncs/trigger-dev'
  const created = await api.send('POST', syncs, {
    ...here,
    name: 'shop',
    connectionId,
    isAutoSyncEnabled: false,
    syncOptions: { initialSyncBehavior: 'overwrite-destination' },
    destinationConfig: vendor.target,
  })
  expect(created.status, created.text).toBe(200)
  const id: string = created.body.secretSync.id
  const run = () => runSync(api.ctx, id, new AbortController().signal)
  const again = async () => {
    // Runs are listed by their time.
    api.clock.advance(1_000)
    expect((await api.send('POST', `${syncs}/${id}/sync-secrets`)).status).toBe(200)
    await run()
  }
  await again()
  const bob = await join('bob@example.com', 'viewer')
  const eve = await join('eve@example.com', 'viewer', [{ environment: 'prod' }])
  for (const who of [bob, eve])
    expect((await who('PATCH', '/api/v1/notifications/preferences', CHOSEN)).body.preferences).toEqual({
      ...CHOSEN,
      blocked: 'console',
      approval: 'console',
      canMail: true,
    })
  mails.length = 0
  const inbox = async (who: typeof bob, query = '') => (await who('GET', `/api/v1/notifications${query}`)).body
  return {
    here,
    vendor,
    connectionId,
    id,
    run,
    again,
    bob,
    eve,
    inbox,
    typesFor: async (who: typeof bob) => (await inbox(who)).notifications.map(({ type }: { type: string }) => type),
    async fail() {
      vendor.fail(1, { kind: 'status', status: 401 })
      await again()
      vendor.heal()
    },
    async recover() {
      api.clock.advance(MINUTE)
      await again()
    },
    /** The last key goes: a plan that waits for an approval. */
    async block() {
      await api.send('DELETE', '/api/v4/secrets/KEY', here)
      await again()
    },
  }
}

export function notifications(suite: People): void {
  it('are shown and mailed to those who can see the sync, each as they chose', async () => {
    const { api, projectId, mails } = suite
    const { id, bob, eve, inbox, fail } = await watchedSync(suite)
    expect(await inbox(bob)).toEqual({ notifications: [], unread: 0, next: null })
    expect((await bob('PATCH', '/api/v1/notifications/preferences', { failed: 'pigeon' })).status).toBe(422)
    await fail()
    expect(await inbox(bob)).toMatchObject({
      notifications: [
        {
          type: 'sync.failed',
          reason: { code: 'destination-error' },
          message: expect.stringContaining('Trigger.dev'),
          project: { id: projectId, name: 'Shop' },
          sync: { id, name: 'shop', destination: 'trigger-dev' },
          unread: true,
        },
      ],
      unread: 1,
    })
    expect(await inbox(eve)).toEqual({ notifications: [], unread: 0, next: null })
    await Promise.all([deliverEventMails(api.ctx), deliverEventMails(api.ctx)])
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([['bob@example.com', '[Keyferry] shop failed']])
    expect(mails[0]?.text).not.toContain('the-value')
    expect(await api.ctx.db.selectFrom('syncEventMails').selectAll().execute()).toEqual([])
  })

  it('are read up to a time, and never back', async () => {
    const { bob, inbox, fail, recover } = await watchedSync(suite)
    await fail()
    const [{ at }] = (await inbox(bob)).notifications
    await bob('POST', '/api/v1/notifications/read', { upTo: at })
    await bob('POST', '/api/v1/notifications/read', { upTo: '2000-01-01T00:00:00.000Z' })
    expect(await inbox(bob)).toMatchObject({ unread: 0, notifications: [{ unread: false }] })
    await recover()
    expect(await inbox(bob)).toMatchObject({ unread: 1, notifications: [{ type: 'sync.recovered' }, {}] })
  })

  it('tell of drift and of plans that wait, a page at a time', async () => {
    const { api, mails } = suite
    const { vendor, bob, run, again, inbox, block } = await watchedSync(suite)
    vendor.remove('KEY')
    api.clock.advance(67 * MINUTE)
    await run()
    api.clock.advance(67 * MINUTE)
    await run()
    await deliverEventMails(api.ctx)
    expect(mails.map(({ subject }) => subject)).toEqual(['[Keyferry] shop drifted'])
    expect(mails[0]?.text).toContain('KEY')
    await again()
    api.clock.advance(MINUTE)
    await block()
    const page = await inbox(bob, '?limit=2')
    expect(page).toMatchObject({
      unread: 3,
      notifications: [{ type: 'sync.blocked', reason: { code: 'approval-needed' } }, { type: 'sync.recovered' }],
      next: expect.any(String),
    })
    const older = await inbox(bob, `?limit=2&before=${encodeURIComponent(page.next)}`)
    expect(older.notifications.map(({ type }: { type: string }) => type)).toEqual(['sync.drifted'])
  })

  it('leave out events that somebody edited in the database', async () => {
    const { api, mails } = suite
    const { bob, inbox, typesFor, fail } = await watchedSync(suite)
    await fail()
    const [{ id }] = (await inbox(bob)).notifications
    const reason = JSON.stringify({ code: 'failed', message: 'Sign in at evil.example.com' })
    await sql`update sync_events set reason = ${reason} where id = ${id}`.execute(api.ctx.db.withoutPlugins())
    await deliverEventMails(api.ctx)
    expect([await typesFor(bob), mails]).toEqual([[], []])
  })

  it('end with the membership, mails that are on their way too', async () => {
    const { api, projectId, mails } = suite
    const { bob, inbox, typesFor, fail } = await watchedSync(suite)
    await fail()
    const [{ id: eventId }] = (await inbox(bob)).notifications
    const member = await suite.memberOf('bob@example.com')
    expect(await api.ctx.db.selectFrom('syncEventMails').select('eventId').execute()).toContainEqual({ eventId })
    await api.send('DELETE', `/api/v1/projects/${projectId}/memberships/${member.id}`)
    await deliverEventMails(api.ctx)
    expect([await typesFor(bob), mails]).toEqual([[], []])
  })

  it('have their runs in the activity of the project, and their syncs at the connection', async () => {
    const { api, projectId } = suite
    const { id, connectionId, bob, eve, fail, recover, block } = await watchedSync(suite)
    await fail()
    await recover()
    await block()
    const runs = async (who: typeof bob, query = '') =>
      (await who('GET', `/api/v1/projects/${projectId}/runs${query}`)).body
    const newest = await runs(bob, '?limit=2')
    expect(newest).toMatchObject({
      runs: [{ state: 'blocked', syncName: 'shop', destination: 'trigger-dev' }, { state: 'succeeded' }],
      nextCursor: expect.any(String),
    })
    const all = await runs(bob)
    expect(all.nextCursor).toBeNull()
    const cursor = encodeURIComponent(newest.nextCursor)
    expect((await runs(bob, `?limit=2&cursor=${cursor}`)).runs).toEqual(all.runs.slice(2, 4))
    expect((await runs(bob, '?state=failed')).runs).toHaveLength(1)
    expect(await runs(eve)).toEqual({ runs: [], nextCursor: null })
    const users = `/api/v1/connections/${connectionId}/syncs`
    expect((await api.send('GET', users)).body.syncs).toMatchObject([{ id, name: 'shop' }])
    expect((await bob('GET', users)).status).toBe(403)
    expect((await eve('GET', users)).status).toBe(404)
  })

  it('show times and tables as each person wants them', async () => {
    const bob = await suite.join('bob@example.com', 'viewer')
    const eve = await suite.join('eve@example.com', 'viewer')
    const display = '/api/v1/me/display'
    expect((await bob('PATCH', display, { timeZone: 'Asia/Tokyo' })).body.display).toEqual({
      timeZone: 'Asia/Tokyo',
      density: 'compact',
    })
    for (const wrong of [{ timeZone: 'Mars/Olympus' }, { density: 'airy' }])
      expect((await bob('PATCH', display, wrong)).status).toBe(422)
    await bob('PATCH', display, { density: 'comfortable' })
    expect((await bob('GET', display)).body.display).toEqual({ timeZone: 'Asia/Tokyo', density: 'comfortable' })
    expect((await eve('GET', display)).body.display).toEqual({ timeZone: null, density: 'compact' })
  })
}
