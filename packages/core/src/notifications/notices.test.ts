/** Notices, from the run that fails to the socket where they arrive. */
import { createHmac, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createServer as createSecureServer } from 'node:tls'
import { onEveryDatabase } from '@keyferry/db/testing'
import { notice } from '@keyferry/schemas'
import { certificateProblem } from '@keyferry/schemas/certificate-problem'
import { sql } from 'kysely'
import { expect, it, onTestFinished, vi } from 'vitest'
import { selfSignedCertificate } from '../destinations/azure-key-vault/emulator/certificate.ts'
import { representatives } from '../destinations/emulators.ts'
import { startSyncFixture, type SyncFixture } from '../testing/sync-fixture.ts'
import { portOf, receiveMail, receiveWebhooks } from '../testing/notices.ts'
import { triggerSync } from '../verbs/trigger-sync.ts'
import { deliverNotices } from './deliver.ts'
import { createMailer, requiresTls, verifyMail } from './mail.ts'
import {
  createNoticeTarget,
  deleteNoticeTarget,
  listNoticeTargets,
  testNoticeTarget,
  tryNoticeTarget,
} from './targets.ts'

const [destination = ''] = (await representatives()).keys()
const MINUTE = 60_000
const SECRET = 'a secret of sixteen characters'
const VALUE = 'the-value-that-must-not-leave'

onEveryDatabase('notices', (open) => {
  /** A sync that ran once and is well, and ways to make it fail and recover. */
  async function start() {
    const fixture = await startSyncFixture(open, destination)
    onTestFinished(fixture.close)
    await fixture.set({ TOKEN: VALUE })
    const sync = await fixture.create({ name: 'shop' })
    await fixture.run(sync)
    const again = async (): Promise<void> => {
      await triggerSync(fixture.ctx, fixture.actor, { destination, syncId: sync.id })
      await fixture.run(sync)
    }
    return {
      ...fixture,
      sync,
      again,
      async fail() {
        fixture.emulator.fail(1, { kind: 'status', status: 401 })
        await again()
        fixture.emulator.heal()
      },
      async block() {
        await fixture.set({ BROKEN: '${NOT_THERE}' })
        await fixture.run(sync)
      },
      async unblock() {
        await fixture.unset('BROKEN')
        await fixture.run(sync)
      },
    }
  }
  const webhook = (fixture: SyncFixture, address: string, projectId: string | null = fixture.projectId) =>
    createNoticeTarget(fixture.ctx, fixture.actor, { kind: 'webhook', address, projectId, secret: SECRET })
  const at = ({ ctx }: SyncFixture): string => ctx.now().toISOString()
  const typesOf = (received: { text: string }[]) => received.map(({ text }) => notice.parse(JSON.parse(text)).type)

  it('tell by webhook that a sync fails and that it is well again: signed, and without a value', async () => {
    const fixture = await start()
    const hook = await receiveWebhooks()
    await webhook(fixture, hook.url)
    await webhook(fixture, `${hook.url}?all`, null)
    await fixture.fail()
    await deliverNotices(fixture.ctx, 'http')
    await fixture.again()
    await deliverNotices(fixture.ctx, 'http')

    expect(typesOf(hook.got)).toEqual(['sync.failed', 'sync.failed', 'sync.recovered', 'sync.recovered'])
    expect(hook.got.map(({ path }) => path).sort()).toEqual([
      '/hook/s3cret-path',
      '/hook/s3cret-path',
      '/hook/s3cret-path?all',
      '/hook/s3cret-path?all',
    ])
    for (const { headers, text } of hook.got) {
      const [, seconds, mac] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['x-keyferry-signature'])) ?? []
      expect(Number(seconds)).toBe(fixture.ctx.now().getTime() / 1000)
      expect(mac).toBe(createHmac('sha256', SECRET).update(`${seconds}.${text}`).digest('hex'))
      expect(headers['x-keyferry-delivery']).toBe(JSON.parse(text).id)
      expect(text).not.toContain(VALUE)
    }
    expect(JSON.parse(hook.got[0]?.text ?? '')).toMatchObject({
      project: { id: fixture.projectId },
      sync: { id: fixture.sync.id, name: 'shop', destination, environment: 'dev', secretPath: '/' },
      run: { state: 'failed' },
    })
    // Neither the URL, which is as good as a password, nor the key is stored or shown in clear.
    expect(await fixture.everything()).not.toMatch(/s3cret-path|a secret of sixteen/)
    const [shown] = await listNoticeTargets(fixture.ctx, fixture.actor, { projectId: fixture.projectId })
    expect(shown).toMatchObject({
      address: `${new URL(hook.url).origin}/…`,
      problem: null,
      deliveredAt: fixture.ctx.now().toISOString(),
    })
  })

  it('go to 100 recipients of a project and 100 of the instance at most', async () => {
    const fixture = await start()
    const hook = await receiveWebhooks()
    await webhook(fixture, hook.url)
    const row = await fixture.ctx.db.selectFrom('noticeTargets').selectAll().executeTakeFirstOrThrow()
    const more = Array.from({ length: 99 }, () => ({ ...row, id: randomUUID() }))
    await fixture.ctx.db.insertInto('noticeTargets').values(more).execute()
    await expect(webhook(fixture, hook.url)).rejects.toThrow('This project has 100 alert recipients already.')
    await webhook(fixture, hook.url, null)
  })

  it('do not repeat themselves within an hour, and are not lost by that either', async () => {
    const fixture = await start()
    const hook = await receiveWebhooks()
    await webhook(fixture, hook.url)
    const flap = async () => {
      await fixture.fail()
      // Notices of one moment have no order.
      fixture.clock.advance(1)
      await fixture.again()
      await deliverNotices(fixture.ctx, 'http')
    }
    await flap()
    expect(typesOf(hook.got)).toEqual(['sync.failed', 'sync.recovered'])
    for (let i = 0; i < 3; i++) {
      fixture.clock.advance(10 * MINUTE)
      await flap()
    }
    expect(hook.got).toHaveLength(2)
    // Another trouble is news; staying in it is not.
    await fixture.block()
    fixture.clock.advance(1)
    await fixture.again()
    await deliverNotices(fixture.ctx, 'http')
    await fixture.unblock()
    await deliverNotices(fixture.ctx, 'http')
    expect(typesOf(hook.got).slice(2)).toEqual(['sync.blocked', 'sync.recovered'])
    // It fails permanently within the hour: the alert is sent once the hour is over.
    await fixture.fail()
    await deliverNotices(fixture.ctx, 'http')
    expect(hook.got).toHaveLength(4)
    fixture.clock.advance(31 * MINUTE)
    await deliverNotices(fixture.ctx, 'http')
    await fixture.again()
    await deliverNotices(fixture.ctx, 'http')
    expect(typesOf(hook.got).slice(4)).toEqual(['sync.failed', 'sync.recovered'])
    // The clock was a day ahead, and is set right.
    fixture.clock.advance(-24 * 60 * MINUTE)
    await flap()
    expect(typesOf(hook.got).slice(6)).toEqual(['sync.failed', 'sync.recovered'])
  })

  it('are tried again later and later, in order and under the same id, until the receiver takes them', async () => {
    const fixture = await start()
    const hook = await receiveWebhooks()
    await webhook(fixture, hook.url)
    hook.answer = 500
    await fixture.fail()
    fixture.clock.advance(1)
    await fixture.again()
    await deliverNotices(fixture.ctx, 'http')
    await deliverNotices(fixture.ctx, 'http')
    // The second is not tried while the first fails.
    expect(typesOf(hook.got)).toEqual(['sync.failed'])
    const [problem] = await listNoticeTargets(fixture.ctx, fixture.actor, {})
    expect(problem?.problem).toContain('answered 500')
    hook.answer = 302
    fixture.clock.advance(MINUTE)
    await deliverNotices(fixture.ctx, 'http')
    hook.answer = 204
    fixture.clock.advance(10 * MINUTE)
    await deliverNotices(fixture.ctx, 'http')
    expect(typesOf(hook.got)).toEqual(['sync.failed', 'sync.failed', 'sync.failed', 'sync.recovered'])
    const ids = hook.got.map(({ text }) => notice.parse(JSON.parse(text)).id)
    expect(new Set(ids).size).toBe(2)
    expect(await fixture.ctx.db.selectFrom('notices').selectAll().execute()).toEqual([])
    await deliverNotices(fixture.ctx, 'http')
    expect(hook.got).toHaveLength(4)
  })

  it('go out to a target that answers, however many wait for one that is away', async () => {
    const fixture = await start()
    const [away, well] = [await receiveWebhooks(), await receiveWebhooks()]
    const { id: targetId } = await webhook(fixture, away.url)
    away.answer = 500
    await fixture.fail()
    await deliverNotices(fixture.ctx, 'http')
    const [notice] = await fixture.ctx.db.selectFrom('notices').selectAll().execute()
    if (!notice) throw new Error('one waits for its next try')
    const untried = Array.from({ length: 120 }, (_, n) => ({ ...notice, id: `${n}`, attempts: 0, sendAt: at(fixture) }))
    await fixture.ctx.db.insertInto('notices').values(untried).execute()
    fixture.clock.advance(1)
    await webhook(fixture, well.url)
    await fixture.again()
    await deliverNotices(fixture.ctx, 'http')
    expect(typesOf(well.got)).toEqual(['sync.recovered'])
    expect(away.got).toHaveLength(1)
    expect(new Set(untried.map((row) => row.targetId))).toEqual(new Set([targetId]))
  })

  it('keep no other waiting when they are refused, but those about the same sync', async () => {
    const fixture = await start()
    const hook = await receiveWebhooks()
    await webhook(fixture, hook.url)
    const { db } = fixture.ctx
    const syncsOf = async () => (await db.selectFrom('notices').select('syncId').execute()).map(({ syncId }) => syncId)
    const refuse = async (status: number) => {
      hook.answer = status
      await deliverNotices(fixture.ctx, 'http')
      hook.answer = 204
    }
    await fixture.fail()
    const [notice] = await db.selectFrom('notices').selectAll().execute()
    if (!notice) throw new Error('one is on its way')
    await refuse(400)
    fixture.clock.advance(1)
    await fixture.again()
    const ofAnother = { ...notice, attempts: 0, sendAt: at(fixture) }
    await db
      .insertInto('notices')
      .values({ ...ofAnother, id: 'second', syncId: 'another' })
      .execute()
    await deliverNotices(fixture.ctx, 'http')
    expect(typesOf(hook.got)).toEqual(['sync.failed', 'sync.failed'])
    expect(await syncsOf()).toEqual([fixture.sync.id, fixture.sync.id])

    // A receiver that is away gets one try, and next time another notice, which may not be the one it dies of.
    fixture.clock.advance(10_000)
    await refuse(503)
    await db
      .insertInto('notices')
      .values({ ...ofAnother, id: 'third', syncId: 'a third' })
      .execute()
    await deliverNotices(fixture.ctx, 'http')
    expect(hook.got).toHaveLength(3)
    fixture.clock.advance(10_000)
    await deliverNotices(fixture.ctx, 'http')
    expect(await syncsOf()).toEqual([fixture.sync.id, fixture.sync.id])
    fixture.clock.advance(10_000)
    await deliverNotices(fixture.ctx, 'http')
    expect(typesOf(hook.got).slice(3)).toEqual(['sync.failed', 'sync.failed', 'sync.recovered'])
  })

  it('are left for the next time where the receiver is slow, so that other receivers get theirs', async () => {
    const fixture = await start()
    const hook = await receiveWebhooks()
    await webhook(fixture, hook.url)
    await fixture.fail()
    const { db } = fixture.ctx
    const [notice] = await db.selectFrom('notices').selectAll().execute()
    if (!notice) throw new Error('one is on its way')
    await db
      .insertInto('notices')
      .values(['second', 'third'].map((id) => ({ ...notice, id, syncId: id })))
      .execute()
    Object.defineProperty(hook, 'answer', {
      get() {
        fixture.clock.advance(5_000)
        return 204
      },
    })
    for (const got of [1, 2, 3]) {
      await deliverNotices(fixture.ctx, 'http')
      expect(hook.got).toHaveLength(got)
    }
  })

  it('are given up after a day', async () => {
    const fixture = await start()
    const hook = await receiveWebhooks()
    await webhook(fixture, hook.url)
    hook.answer = 410
    await fixture.fail()
    for (let hours = 0; hours < 26; hours++) {
      await deliverNotices(fixture.ctx, 'http')
      fixture.clock.advance(61 * MINUTE)
    }
    expect(await fixture.ctx.db.selectFrom('notices').selectAll().execute()).toEqual([])
    const tries = hook.got.length
    await deliverNotices(fixture.ctx, 'http')
    expect(hook.got).toHaveLength(tries)
  })

  it('say nothing that was not written by Keyferry', async () => {
    const fixture = await start()
    const hook = await receiveWebhooks()
    await webhook(fixture, hook.url)
    hook.answer = 503
    await fixture.fail()
    const { db } = fixture.ctx
    const { body } = await db.selectFrom('notices').select('body').executeTakeFirstOrThrow()
    const edit = (text: string) => sql`update notices set body = ${text}`.execute(db.withoutPlugins())
    await edit(body.replace('sync.failed', 'sync.recovered'))
    await deliverNotices(fixture.ctx, 'http')
    expect(hook.got).toEqual([])
    await edit(body)
    await deliverNotices(fixture.ctx, 'http')
    expect(typesOf(hook.got)).toEqual(['sync.failed'])
  })

  it('go out once, though several workers deliver', async () => {
    const fixture = await start()
    const hook = await receiveWebhooks()
    await webhook(fixture, hook.url)
    await fixture.fail()
    await Promise.all([1, 2, 3, 4].map(() => deliverNotices(fixture.ctx, 'http')))
    expect(hook.got).toHaveLength(1)
  })

  it('arrive by email though a webhook hangs', async () => {
    const fixture = await start()
    const mail = await receiveMail()
    const ctx = { ...fixture.ctx, mail: createMailer({ url: mail.url, from: 'Keyferry <keyferry@example.com>' }) }
    const hook = await receiveWebhooks()
    hook.answer = 'hang'
    await webhook(fixture, hook.url)
    await createNoticeTarget(ctx, fixture.actor, {
      kind: 'email',
      address: 'ada@example.com',
      projectId: fixture.projectId,
    })
    await fixture.block()
    void deliverNotices(ctx, 'http').catch(() => {})
    await expect.poll(() => hook.got.length).toBe(1)
    await deliverNotices(ctx, 'email')
    expect(mail.got.map(({ to }) => to)).toEqual([['ada@example.com']])
    const [{ text } = { text: '' }] = mail.got
    expect(text).toContain('Subject: [Keyferry] shop is blocked')
    expect(text).toContain('From: Keyferry <keyferry@example.com>')
    expect(text).toContain('BROKEN')
    expect(text).not.toContain(VALUE)
  })

  it('by email keep to one line of subject and one receiver, whatever a sync is called', async () => {
    const fixture = await start()
    const mail = await receiveMail()
    const ctx = { ...fixture.ctx, mail: createMailer({ url: mail.url, from: 'keyferry@example.com' }) }
    await createNoticeTarget(ctx, fixture.actor, { kind: 'email', address: 'ada@example.com' })
    await ctx.db.updateTable('syncs').set({ name: 'x\r\nBcc: eve@example.com' }).execute()
    await fixture.fail()
    await deliverNotices(ctx, 'email')
    expect(mail.got.map(({ to }) => to)).toEqual([['ada@example.com']])
    expect(mail.got[0]?.text.split('\r\n\r\n', 1)[0]).not.toMatch(/^Bcc:/im)
    for (const address of ['a@b.co, eve@example.com', 'a@b.co\nBcc: x@y.z', 'Ada <a@b.co>', 'nobody', '@'])
      await expect(createNoticeTarget(ctx, fixture.actor, { kind: 'email', address })).rejects.toThrow(
        'not an email address',
      )
  })

  it('are not mailed to a server that takes too long, whatever it says meanwhile, nor is it waited for in a check', async () => {
    const timeout = vi.spyOn(AbortSignal, 'timeout')
    let deadline = new AbortController()
    const limit = () => {
      deadline = new AbortController()
      timeout.mockReturnValueOnce(deadline.signal)
    }
    const server = createServer((socket) => {
      socket.write('220 slow\r\n')
      // After its greeting.
      socket.once('data', () => deadline.abort()).on('error', () => {})
    }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const url = `smtp://127.0.0.1:${portOf(server.address())}`
    limit()
    const sent = createMailer({ url, from: 'k@example.com' }).send({ to: 'ada@example.com', subject: 'x', text: 'x' })
    await expect(sent).rejects.toMatchObject({ code: 'EABORT' })
    limit()
    await expect(verifyMail(url)).rejects.toThrow('no whole answer within 20 s')
  })

  it('are mailed with TLS, but for private hosts and where the operator says so', () => {
    expect(requiresTls('smtp://me:pw@mail.example.com:587')).toBe(true)
    for (const url of [
      'smtp://127.0.0.1',
      'smtp://mailhog:1025',
      'smtp://10.0.0.5',
      'smtp://mail.example.com?requireTLS=false',
    ])
      expect(requiresTls(url)).toBe(false)
  })

  it('never reach a private address, whether it is written, resolved or redirected to', async () => {
    const fixture = await start()
    const hook = await receiveWebhooks()
    const { port } = new URL(hook.url)
    const ctx = { ...fixture.ctx, network: { allowPrivate: false } }
    for (const address of [
      `http://127.0.0.1:${port}/`,
      'http://[::1]/',
      'http://169.254.169.254/latest',
      'http://0x7f000001/',
    ])
      await expect(createNoticeTarget(ctx, fixture.actor, { kind: 'webhook', address })).rejects.toThrow(
        /private address|never calls/,
      )
    for (const address of ['ftp://example.com', 'javascript:alert(1)', 'nonsense', 'http://me:pw@example.com/'])
      await expect(createNoticeTarget(ctx, fixture.actor, { kind: 'webhook', address })).rejects.toThrow('address: ')
    for (const address of ['http://hooks.example.com/', 'http://8.8.8.8/'])
      await expect(createNoticeTarget(ctx, fixture.actor, { kind: 'webhook', address })).rejects.toThrow('without TLS')
    const named = await createNoticeTarget(ctx, fixture.actor, {
      kind: 'webhook',
      address: `http://localhost:${port}/`,
    })
    expect(await testNoticeTarget(ctx, fixture.actor, { targetId: named.id })).toMatchObject({
      delivered: false,
      message: expect.stringContaining('private address'),
    })
    expect(hook.got).toEqual([])
  })

  it('say what to do where the certificate of a receiver is not accepted', async () => {
    const { certificateBody: cert, privateKey: key } = await selfSignedCertificate('localhost')
    const server = createSecureServer({ cert, key }).listen(0, '127.0.0.1')
    onTestFinished(() => void server.close())
    await once(server, 'listening')
    const port = portOf(server.address())
    const fixture = await start()
    const { message } = await tryNoticeTarget(fixture.ctx, fixture.actor, {
      kind: 'webhook',
      address: `https://127.0.0.1:${port}/s3cret-path`,
    })
    expect(message).toMatch(
      /^Can't reach 127\.0\.0\.1:\d+: its certificate is self-signed; NODE_EXTRA_CA_CERTS can name/,
    )
    expect(message).not.toContain('s3cret')
    const error: unknown = await verifyMail(`smtps://u:pw@127.0.0.1:${port}`).catch((thrown: unknown) => thrown)
    expect(certificateProblem(error)).toContain('self-signed')
  })

  it('can be tried out, and end with their target', async () => {
    const fixture = await start()
    const hook = await receiveWebhooks()
    const { id, secret } = await createNoticeTarget(fixture.ctx, fixture.actor, { kind: 'webhook', address: hook.url })
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(await testNoticeTarget(fixture.ctx, fixture.actor, { targetId: id })).toMatchObject({ delivered: true })
    hook.answer = 404
    const failed = await testNoticeTarget(fixture.ctx, fixture.actor, { targetId: id })
    expect(failed).toMatchObject({ delivered: false, message: expect.stringContaining('answered 404') })
    expect(typesOf(hook.got)).toEqual(['test', 'test'])
    await fixture.fail()
    const remove = () => deleteNoticeTarget(fixture.ctx, fixture.actor, { targetId: id })
    const both = await Promise.allSettled([remove(), remove()])
    expect(new Set(both.map(({ status }) => status))).toEqual(new Set(['fulfilled', 'rejected']))
    await deliverNotices(fixture.ctx, 'http')
    expect(hook.got).toHaveLength(2)
    await expect(createNoticeTarget(fixture.ctx, fixture.actor, { kind: 'email', address: 'a@b.co' })).rejects.toThrow(
      'SMTP_URL',
    )
  })
})
