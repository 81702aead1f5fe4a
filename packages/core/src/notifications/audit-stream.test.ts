import { execFileSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { amend } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { auditEvent } from '@keyferry/kernel'
import { auditEntry, notice } from '@keyferry/schemas'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest'
import { pruneAudit } from '../admin/prune-audit.ts'
import { restartAudit } from '../admin/restart-audit.ts'
import { receiveWebhooks } from '../testing/notices.ts'
import { testContext, type TestContext } from '../testing/test-context.ts'
import { streamAudit, streamState, type AuditStream } from './audit-stream.ts'
import { deliverNotices } from './deliver.ts'
import { createNoticeTarget } from './targets.ts'

const KEY = 'a secret that signs what is sent'

onEveryDatabase('the audit log as a stream', (open) => {
  let t: TestContext
  beforeEach(async () => {
    t = await testContext(open)
  })
  afterEach(() => t.close())

  const happen = async (count: number) => {
    for (let n = 0; n < count; n++) await auditEvent(t.ctx, t.actor, 'person.list', null, { n })
  }
  const webhook = async () => {
    const receiver = await receiveWebhooks()
    const stream: AuditStream = { kind: 'webhook', url: receiver.url, key: KEY }
    return { receiver, stream, arrived: () => receiver.got.flatMap(({ text }) => seqsOf(text)) }
  }
  const seqsOf = (text: string) => entriesOf(text).map(({ seq }) => seq)
  const entriesOf = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => auditEntry.parse(JSON.parse(line)))

  it('reaches a webhook in order, signed, once from several processes at the same time', async () => {
    const { receiver, stream, arrived } = await webhook()
    await happen(250)
    await Promise.all([streamAudit(t.ctx, stream), streamAudit(t.ctx, stream), streamAudit(t.ctx, stream)])
    expect(arrived()).toEqual(Array.from({ length: 250 }, (_, n) => n + 1))
    expect(receiver.got.map(({ headers }) => headers['x-keyferry-delivery'])).toEqual(['1-200', '201-250'])
    for (const { headers, text } of receiver.got) {
      expect(headers['content-type']).toBe('application/x-ndjson')
      const [, seconds, signed] = /^t=(\d+),v1=(\w+)$/.exec(String(headers['x-keyferry-signature'])) ?? []
      expect(signed).toBe(createHmac('sha256', KEY).update(`${seconds}.${text}`).digest('hex'))
    }
    expect(entriesOf(receiver.got[0]?.text ?? '')[0]).toMatchObject({
      actor: { name: t.actor.name },
      details: { n: 0 },
    })
    await streamAudit(t.ctx, stream)
    expect(receiver.got).toHaveLength(2)
  })

  it('waits and repeats what did not arrive, says how much is left, and loses nothing', async () => {
    const { receiver, stream, arrived } = await webhook()
    await happen(3)
    receiver.answer = 503
    await streamAudit(t.ctx, stream)
    await streamAudit(t.ctx, stream)
    expect(receiver.got).toHaveLength(1)
    const { lag, failures } = await streamState(t.ctx, stream)
    expect([lag, failures]).toEqual([3, 1])
    // Rows that are old enough to be pruned stay until they arrived.
    t.clock.advance(60 * 86_400_000)
    await streamAudit(t.ctx, stream)
    expect(await pruneAudit(t.ctx, t.actor, { days: 30 })).toBe(0)
    receiver.answer = 200
    receiver.got.length = 0
    t.clock.advance(60_000)
    await streamAudit(t.ctx, stream)
    expect(arrived()).toEqual([1, 2, 3])
    expect(await streamState(t.ctx, stream)).toEqual({ lag: 0, failures: 0 })
    expect(await pruneAudit(t.ctx, t.actor, { days: 30 })).toBe(3)
  })

  it('raises an alert when it fails for half a minute, then once a day, and when it recovers', async () => {
    const { receiver, stream } = await webhook()
    const people = await receiveWebhooks()
    await createNoticeTarget(t.ctx, t.actor, { kind: 'webhook', address: people.url })
    const told = async () => {
      await deliverNotices(t.ctx, 'http')
      return people.got.splice(0).map(({ text }) => notice.parse(JSON.parse(text)))
    }
    receiver.answer = 503
    const fail = async (times: number) => {
      for (let n = 0; n < times; n++) {
        await streamAudit(t.ctx, stream)
        t.clock.advance(5 * 60_000)
      }
    }
    await fail(4)
    expect(await told()).toEqual([])
    await fail(1)
    const [failed, ...more] = await told()
    expect(failed).toMatchObject({
      type: 'audit-stream.failed',
      message: expect.stringMatching(/^The audit log cannot be streamed \(webhook\): 127.0.0.1:\d+ answered 503\./),
      project: { id: '' },
      sync: { id: '' },
    })
    expect([failed?.message.includes('s3cret'), more]).toEqual([false, []])
    await fail(20)
    expect(await told()).toEqual([])
    t.clock.advance(24 * 60 * 60_000)
    await fail(2)
    expect((await told()).map(({ type }) => type)).toEqual(['audit-stream.failed'])
    receiver.answer = 200
    await streamAudit(t.ctx, stream)
    await streamAudit(t.ctx, stream)
    expect((await told()).map(({ type }) => type)).toEqual(['audit-stream.recovered'])
  })

  it.each([
    ['and its time is over', ''],
    ['before the clock of the database was set back', '2999-01-01T00:00:00.000Z'],
  ])('sends again what a process that died had not noted as delivered, %s', async (_, leasedUntil) => {
    const { receiver, stream } = await webhook()
    await happen(2)
    await streamAudit(t.ctx, stream)
    await t.ctx.db.updateTable('auditStreams').set({ holder: 'dead', leasedUntil }).execute()
    for (const { id } of await t.ctx.db.selectFrom('auditStreams').select('id').execute())
      await amend(t.ctx.db, 'auditStreams', id, { seq: 0 })
    await streamAudit(t.ctx, stream)
    expect(receiver.got.map(({ headers }) => headers['x-keyferry-delivery'])).toEqual(['1-2', '1-2'])
  })

  it('delivers no row beyond the end of the log, none that was changed, and fails where rows are missing', async () => {
    const { stream, arrived } = await webhook()
    await happen(3)
    const { id: _, ...last } = await t.ctx.db
      .selectFrom('audit')
      .where('seq', '=', 3)
      .selectAll()
      .executeTakeFirstOrThrow()
    await t.ctx.db
      .insertInto('audit')
      .values({ ...last, id: 'beyond', seq: 2_147_483_647 })
      .execute()
    await streamAudit(t.ctx, stream)
    expect(arrived()).toEqual([1, 2, 3])
    await t.ctx.db.deleteFrom('audit').where('id', '=', 'beyond').execute()
    await happen(3)
    const change = (details: string) => sql`update audit set details = ${details} where seq = 5`.execute(t.ctx.db)
    await change('{"n":7}')
    await streamAudit(t.ctx, stream)
    expect(arrived()).toEqual([1, 2, 3, 4])
    expect((await streamState(t.ctx, stream)).failures).toBe(1)
    await change('{"n":1}')
    t.clock.advance(60_000)
    await streamAudit(t.ctx, stream)
    expect(arrived()).toEqual([1, 2, 3, 4, 5, 6])
    expect((await streamState(t.ctx, stream)).failures).toBe(0)
    // An earlier end of the log, with the rows after it gone.
    const { id: stored } = await t.ctx.db.selectFrom('auditStreams').select('id').executeTakeFirstOrThrow()
    await amend(t.ctx.db, 'auditStreams', stored, { seq: 9 })
    await streamAudit(t.ctx, stream)
    expect(await streamState(t.ctx, stream)).toEqual({ lag: 0, failures: 1 })
    // A log that is begun again is streamed from its beginning.
    await restartAudit(t.ctx, t.actor)
    t.clock.advance(60_000)
    await streamAudit(t.ctx, stream)
    expect(arrived()).toEqual([1, 2, 3, 4, 5, 6, 1])
  })

  it('reaches a file that only its user can read', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'keyferry-stream-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    const path = join(dir, 'audit.jsonl')
    await happen(2)
    await streamAudit(t.ctx, { kind: 'file', path })
    await happen(1)
    await streamAudit(t.ctx, { kind: 'file', path })
    expect(seqsOf(await readFile(path, 'utf8'))).toEqual([1, 2, 3])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const cut = '{"seq":4,"ac'
    await appendFile(path, cut)
    await happen(1)
    await streamAudit(t.ctx, { kind: 'file', path })
    const [, after = ''] = (await readFile(path, 'utf8')).split(`${cut}\n`)
    expect(seqsOf(after)).toEqual([4])
  })

  it('fails at a pipe that nobody reads instead of waiting for a reader', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'keyferry-stream-'))
    onTestFinished(() => rm(dir, { recursive: true, force: true }))
    const path = join(dir, 'pipe')
    execFileSync('mkfifo', [path])
    await happen(1)
    await streamAudit(t.ctx, { kind: 'file', path })
    expect(await streamState(t.ctx, { kind: 'file', path })).toEqual({ lag: 1, failures: 1 })
  })
})
