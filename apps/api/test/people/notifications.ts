/** The notification centre, from the run that fails to the people who can see it. */
import { deliverEventMails, runSync } from '@keyferry/core'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { sql } from 'kysely'
import { expect, it, onTestFinished } from 'vitest'
import type { People } from './fixture.ts'

const MINUTE = 60_000

export function notifications(suite: People): void {
  it('see what happened to the syncs that they may see, unread first, and get what they want by email', async () => {
    const { api, projectId, mails, join } = suite
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
    const syncs = '/api/v1/secret-syncs/trigger-dev'
    const created = await api.send('POST', syncs, {
      ...here,
      name: 'shop',
      connectionId: connection.body.appConnection.id,
      isAutoSyncEnabled: false,
      syncOptions: { initialSyncBehavior: 'overwrite-destination' },
      destinationConfig: vendor.target,
    })
    expect(created.status, created.text).toBe(200)
    const { id } = created.body.secretSync
    const run = () => runSync(api.ctx, id, new AbortController().signal)
    const again = async () => {
      expect((await api.send('POST', `${syncs}/${id}/sync-secrets`)).status).toBe(200)
      await run()
    }
    await again()

    const bob = await join('bob@example.com', 'viewer')
    const eve = await join('eve@example.com', 'viewer', [{ environment: 'prod' }])
    const inbox = async (who: typeof bob, query = '') => (await who('GET', `/api/v1/notifications${query}`)).body
    const typesFor = async (who: typeof bob) =>
      (await inbox(who)).notifications.map(({ type }: { type: string }) => type)
    expect(await inbox(bob)).toEqual({ notifications: [], unread: 0, next: null })
    const wanted = { failed: 'mail', drifted: 'mail', recovered: 'console' }
    for (const who of [bob, eve])
      expect((await who('PATCH', '/api/v1/notifications/preferences', wanted)).body.preferences).toEqual({
        ...wanted,
        blocked: 'console',
        approval: 'console',
        canMail: true,
      })
    expect((await bob('PATCH', '/api/v1/notifications/preferences', { failed: 'pigeon' })).status).toBe(422)
    mails.length = 0

    vendor.fail(1, { kind: 'status', status: 401 })
    await again()
    vendor.heal()
    const { notifications, unread } = await inbox(bob)
    expect([notifications, unread]).toMatchObject([
      [
        {
          type: 'sync.failed',
          reason: { code: 'destination-error' },
          message: expect.stringContaining('Trigger.dev'),
          project: { id: projectId, name: 'Shop' },
          sync: { id, name: 'shop', destination: 'trigger-dev' },
          unread: true,
        },
      ],
      1,
    ])
    expect(await inbox(eve)).toEqual({ notifications: [], unread: 0, next: null })
    await Promise.all([deliverEventMails(api.ctx), deliverEventMails(api.ctx)])
    expect(mails.map(({ to, subject }) => [to, subject])).toEqual([['bob@example.com', '[Keyferry] shop failed']])
    expect(mails[0]?.text).not.toContain('the-value')
    expect(await api.ctx.db.selectFrom('syncEventMails').selectAll().execute()).toEqual([])

    // Read up to here, and never back.
    const [{ at }] = notifications
    await bob('POST', '/api/v1/notifications/read', { upTo: at })
    await bob('POST', '/api/v1/notifications/read', { upTo: '2000-01-01T00:00:00.000Z' })
    expect(await inbox(bob)).toMatchObject({ unread: 0, notifications: [{ unread: false }] })
    api.clock.advance(MINUTE)
    await again()
    expect(await inbox(bob)).toMatchObject({ unread: 1, notifications: [{ type: 'sync.recovered' }, {}] })

    // Somebody else changes the target, and Keyferry writes it again.
    vendor.remove('KEY')
    api.clock.advance(67 * MINUTE)
    await run()
    api.clock.advance(67 * MINUTE)
    await run()
    await deliverEventMails(api.ctx)
    expect(mails.slice(1).map(({ subject }) => subject)).toEqual(['[Keyferry] shop drifted'])
    expect(mails.at(-1)?.text).toContain('KEY')
    await again()
    api.clock.advance(MINUTE)
    // The last key: a plan that waits for an approval.
    await api.send('DELETE', '/api/v4/secrets/KEY', here)
    await again()
    const page = await inbox(bob, '?limit=2')
    expect(page).toMatchObject({
      unread: 4,
      notifications: [{ type: 'sync.blocked', reason: { code: 'approval-needed' } }, { type: 'sync.recovered' }],
      next: expect.any(String),
    })
    const older = await inbox(bob, `?limit=2&before=${encodeURIComponent(page.next)}`)
    expect(older.notifications.map(({ type }: { type: string }) => type)).toEqual(['sync.drifted', 'sync.recovered'])

    // The same runs for the activity of the project, page by page.
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
    const users = `/api/v1/connections/${connection.body.appConnection.id}/syncs`
    expect((await api.send('GET', users)).body.syncs).toMatchObject([{ id, name: 'shop' }])
    expect((await bob('GET', users)).status).toBe(403)
    expect((await eve('GET', users)).status).toBe(404)

    // How each person wants times and tables shown.
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

    // Somebody who writes to the database changes no word of it.
    const { eventId } = await lastEvent()
    const edit = (value: string) =>
      sql`update sync_events set reason = ${value} where id = ${eventId}`.execute(api.ctx.db.withoutPlugins())
    const { reason } = await api.ctx.db
      .selectFrom('syncEvents')
      .where('id', '=', eventId)
      .select('reason')
      .executeTakeFirstOrThrow()
    await api.ctx.db
      .insertInto('syncEventMails')
      .values({ ...(await lastEvent()), attempts: 0, sendAt: '' })
      .execute()
    const shown = await typesFor(bob)
    mails.length = 0
    await edit(JSON.stringify({ code: 'failed', message: 'Sign in at evil.example.com' }))
    await deliverEventMails(api.ctx)
    expect([await typesFor(bob), mails]).toEqual([shown.slice(1), []])
    await edit(reason ?? '')

    // A member who leaves sees nothing, and gets no mail that is on its way.
    const member = await suite.memberOf('bob@example.com')
    expect(await api.ctx.db.selectFrom('syncEventMails').select('eventId').execute()).toEqual([{ eventId }])
    await api.send('DELETE', `/api/v1/projects/${projectId}/memberships/${member.id}`)
    mails.length = 0
    await deliverEventMails(api.ctx)
    expect([await typesFor(bob), mails]).toEqual([[], []])

    async function lastEvent() {
      const { people } = (await api.send('GET', '/api/v1/people')).body
      const { id: userId } = people.find(({ email }: { email: string }) => email === 'bob@example.com')
      return { eventId: page.notifications[0].id, userId }
    }
  })
}
