/** What operators ask a serving process, and the targets of notices, through the API's own door. */
import { gunzipSync, gzipSync } from 'node:zlib'
import { createAuth } from '@keyferry/access/sign-in'
import { onEveryDatabase, openSqliteStore, statement } from '@keyferry/db/testing'
import { transact } from '@keyferry/kernel'
import { hostCheck, monitoringOf, readinessOf } from '@keyferry/runtime'
import { expect, it, onTestFinished, vi } from 'vitest'
import { buildApp } from '../src/app.ts'
import { ACCOUNT, newProject, readyApi } from '../src/testing.ts'

const TOKEN = 'a-token-for-prometheus'

onEveryDatabase('monitoring', (open, dialect) => {
  it('says that it is ready only while the store takes writes and has the schema of the code', async () => {
    const api = await readyApi(open)
    onTestFinished(api.close)
    const ready = () => api.send('GET', '/api/ready', undefined, { token: null })
    expect(await ready()).toMatchObject({ status: 200, body: { ready: true, reason: null } })
    expect((await api.send('GET', '/api/status', undefined, { token: null })).body).toMatchObject({
      message: 'Ok',
      ready: true,
      reason: null,
    })
    const nearlyFull = readinessOf(
      api.ctx,
      { problem: async () => null },
      { disk: async () => ({ free: 1e6, size: 1e9 }) },
    )
    expect(await nearlyFull()).toMatchObject({
      ready: false,
      reason: 'The disk of the data directory is nearly full (1 MB left): make room.',
      checks: { store: 'ok', disk: expect.stringContaining('make room') },
    })
    await statement(api.ctx.db, `delete from kysely_migration where name = '0001-first'`)
    await expect.poll(ready, { timeout: 60_000 }).toMatchObject({
      status: 503,
      body: { ready: false, reason: expect.stringContaining('restart'), checks: { store: 'ok' } },
    })
    await api.ctx.db.schema.dropTable('heartbeats').execute()
    await expect
      .poll(ready, { timeout: 60_000 })
      .toMatchObject({ status: 503, body: { reason: expect.stringContaining('does not work') } })
    expect(await api.send('GET', '/api/status', undefined, { token: null })).toMatchObject({
      status: 200,
      body: { ready: false, initialized: true },
    })
  })

  // A statement of SQLite waits for a transaction of the same process; Postgres is as late when it hangs.
  if (dialect === 'sqlite')
    it('answers a probe within its five seconds, though the store does not', async () => {
      const api = await readyApi(open)
      onTestFinished(api.close)
      const status = () => api.send('GET', '/api/status', undefined, { token: null })
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
      onTestFinished(() => void vi.useRealTimers())
      await status()
      const held = Promise.withResolvers<void>()
      const holding = transact(api.ctx, () => held.promise)
      // What was found a moment ago is answered once more.
      expect((await status()).body).toMatchObject({ ready: true })
      await vi.advanceTimersByTimeAsync(2_000)
      const timers = vi.getTimerCount()
      const asked = status()
      await expect.poll(() => vi.getTimerCount()).toBeGreaterThan(timers)
      await vi.advanceTimersByTimeAsync(5_000)
      expect(await asked).toMatchObject({
        status: 200,
        body: { ready: false, reason: expect.stringContaining('does not answer'), initialized: true },
      })
      held.resolve()
      await holding
    })

  // The store does not decide the rest; the figures it counts are tested on both (core's metrics).
  if (dialect === 'postgres') return

  it('gives the metrics to the token and to nobody else, not even to this machine', async () => {
    const api = await readyApi(open)
    onTestFinished(api.close)
    const monitoring = monitoringOf(api.ctx, readinessOf(api.ctx, { problem: async () => null }), TOKEN)
    const auth = createAuth({
      ctx: api.ctx,
      rootKey: Buffer.alloc(32),
      baseUrl: 'http://127.0.0.1',
      oidc: null,
    })
    const app = await buildApp({
      ctx: api.ctx,
      auth,
      monitoring,
      version: '0.0.0',
      profile: 'fleet',
      isKnownHost: hostCheck({ listening: '0.0.0.0' }),
      security: { contacts: ['mailto:security@example.com'], baseUrl: 'https://keyferry.example.com' },
    })
    onTestFinished(() => app.close())
    const ask = async (remoteAddress: string, headers: Record<string, string> = {}) => {
      const answer = await app.inject({ url: '/metrics', remoteAddress, headers })
      return { status: answer.statusCode, text: answer.body }
    }
    // What a stranger sends shows in figures, and never in a label.
    const wrong = { email: 'nobody@example.com', password: 'wrong-password' }
    await api.send('POST', '/api/auth/sign-in/email', wrong, { token: null })
    await api.send('GET', '/api/v1/projects/hidden-in-a-path?x=hidden-in-a-query', undefined, { token: 'kf_wrong' })
    await api.send('GET', '/api/trpc/projects.list,hidden.name', undefined)
    const counted = await ask('192.0.2.1', { authorization: `Bearer ${TOKEN}` })
    expect(counted).toMatchObject({ status: 200, text: expect.stringContaining('# HELP keyferry_runs_total') })
    for (const line of [
      'keyferry_sign_in_failures_total{kind="person"} 1',
      'keyferry_sign_in_failures_total{kind="token"} 1',
      'keyferry_http_requests_total{method="POST",route="/api/auth/sign-in/email",status="401"} 1',
      'keyferry_http_requests_total{method="GET",route="/api/v1/projects/:projectId",status="401"} 1',
      'keyferry_http_request_duration_seconds_count{method="GET",route="/api/v1/projects/:projectId",status_class="4xx"} 1',
    ])
      expect(counted.text).toContain(line)
    expect(counted.text).not.toMatch(/hidden|nobody/)
    // Names can be pointed at this machine by their owner; what a probe asks by is an address.
    const authorization = `Bearer ${TOKEN}`
    const named = await ask('127.0.0.1', { host: 'evil.test', authorization })
    expect(named).toMatchObject({ status: 421, text: expect.stringContaining('KEYFERRY_ALLOWED_HOSTS') })
    expect(named.text).not.toContain('keyferry_')
    expect(await ask('127.0.0.1', { host: '10.1.2.3:4400', authorization })).toMatchObject({ status: 200 })
    const refused = { status: 401, text: expect.not.stringContaining('keyferry_') }
    for (const address of ['127.0.0.1', '::1']) expect(await ask(address)).toMatchObject(refused)
    expect(await ask('192.0.2.1')).toMatchObject(refused)
    expect(await ask('192.0.2.1', { authorization: 'Bearer another-token-of-some-length' })).toMatchObject(refused)
    // The token of an account is for the API, not for this.
    expect(await ask('192.0.2.1', { authorization: `Bearer ${api.token}` })).toMatchObject(refused)
    expect(await api.send('GET', '/metrics', undefined, { token: null })).toMatchObject({ status: 404 })

    const contact = await app.inject({ url: '/.well-known/security.txt' })
    expect(contact.headers['content-type']).toBe('text/plain; charset=utf-8')
    expect(contact.body).toMatch(
      /^Contact: mailto:security@example\.com\nExpires: \d{4}-\d\d-\d\dT00:00:00Z\nCanonical: https:\/\/keyferry\.example\.com\/\.well-known\/security\.txt\n/,
    )
    const none = await api.send('GET', '/.well-known/security.txt', undefined, { headers: { accept: 'text/html' } })
    expect(none.status).toBe(404)
  })

  it('compresses large answers without values for those who take them so, whichever way they came to be', async () => {
    const api = await readyApi(open)
    onTestFinished(api.close)
    const { id: projectId } = await newProject(api)
    const secrets = Array.from({ length: 300 }, (_, n) => ({ secretKey: `KEY_${n}`, secretValue: `value-${n}` }))
    await api.send('POST', '/api/v4/secrets/batch', { projectId, environment: 'dev', secrets })
    const place = { projectId, environment: 'dev' }
    const input = encodeURIComponent(JSON.stringify(place))
    for (const url of [
      '/api/docs/json',
      `/api/v1/secret-rows?projectId=${projectId}&environment=dev`,
      `/api/trpc/secrets.rows?input=${input}`,
    ]) {
      const plain = await api.send('GET', url)
      expect(plain.headers['content-encoding'], url).toBeUndefined()
      const { headers, rawPayload } = await api.app.inject({
        url,
        headers: { authorization: `Bearer ${api.token}`, 'accept-encoding': 'br, gzip' },
      })
      expect(headers, url).toMatchObject({
        'content-encoding': 'gzip',
        vary: expect.stringContaining('accept-encoding'),
      })
      expect(rawPayload.length * 4, url).toBeLessThan(plain.text.length)
      expect(gunzipSync(rawPayload).toString(), url).toBe(plain.text)
    }
    // The length of a compressed answer tells of the values in it.
    const both = encodeURIComponent(JSON.stringify({ 0: place, 1: place }))
    for (const url of [
      `/api/v4/secrets?projectId=${projectId}&environment=dev`,
      `/api/trpc/secrets.list?input=${input}`,
      `/api/trpc/secrets.rows,secrets.list?batch=1&input=${both}`,
    ]) {
      const { status, headers, text } = await api.send('GET', url, undefined, {
        headers: { 'accept-encoding': 'gzip' },
      })
      expect([status, headers['content-encoding']], url).toEqual([200, undefined])
      expect(text.length, url).toBeGreaterThan(8192)
    }
    const small = await api.send('GET', '/api/v1/me', undefined, { headers: { 'accept-encoding': 'gzip' } })
    expect(small.headers['content-encoding']).toBeUndefined()
    // A small body must not become a huge one.
    const bomb = await api.app.inject({
      method: 'POST',
      url: '/api/v1/projects',
      headers: {
        authorization: `Bearer ${api.token}`,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
      payload: gzipSync(JSON.stringify({ projectName: 'Packed' })),
    })
    expect(bomb.statusCode).toBe(400)
  })

  it('shows its version only to signed-in callers', async () => {
    const api = await readyApi(open)
    onTestFinished(api.close)
    for (const path of ['/api/status', '/healthcheck'])
      expect((await api.send('GET', path, undefined, { token: null })).text).not.toContain('0.0.0')
    expect((await api.send('GET', '/api/docs/json', undefined, { token: null })).body.info.version).toBe('1')
    expect((await api.send('GET', '/api/status', undefined, { token: 'kf_wrong' })).body).not.toHaveProperty('version')
    expect((await api.send('GET', '/api/status')).body).toMatchObject({ version: '0.0.0' })
  })

  it('manages the targets of notices, and shows a secret once', async () => {
    const api = await readyApi(open)
    onTestFinished(api.close)
    const address = 'https://hooks.example.com/services/T0/s3cret'
    const created = await api.send('POST', '/api/v1/notice-targets', { kind: 'webhook', address })
    expect(created).toMatchObject({
      status: 200,
      body: {
        noticeTarget: {
          kind: 'webhook',
          projectId: null,
          address: 'https://hooks.example.com/…',
          secret: expect.any(String),
        },
      },
    })
    const listed = await api.send('GET', '/api/v1/notice-targets')
    expect(listed.body.noticeTargets).toHaveLength(1)
    expect(listed.text).not.toMatch(/s3cret|"secret"/)
    const broken = await api.send('POST', '/api/v1/notice-targets', { kind: 'webhook', address: 'nonsense' })
    expect(broken.body).toMatchObject({ statusCode: 422, error: 'ValidationFailure' })
    expect((await api.send('POST', '/api/v1/notice-targets', { kind: 'email', address: 'a@b.co' })).status).toBe(400)
    const { id } = created.body.noticeTarget
    expect((await api.send('DELETE', `/api/v1/notice-targets/${id}`)).status).toBe(200)
    expect((await api.send('POST', `/api/v1/notice-targets/${id}/test`)).status).toBe(404)
    const actions = await api.ctx.db
      .selectFrom('audit')
      .where('action', 'like', 'notice-target.%')
      .orderBy('at')
      .select('action')
      .execute()
    expect(actions.map(({ action }) => action).toSorted()).toEqual(['notice-target.create', 'notice-target.delete'])
  })
})

it('stops in order while the store takes no writes', async () => {
  const api = await readyApi(openSqliteStore)
  onTestFinished(api.close)
  // The second one is counted, and the count is written at the end.
  for (let i = 0; i < 2; i++) await api.send('POST', '/api/auth/request-password-reset', { email: ACCOUNT.email })
  await statement(api.ctx.db, 'pragma query_only = on')
  await expect(api.app.close()).resolves.toBeUndefined()
})

// The same of Postgres is in the app's outage test, on a server of its own.
it('a SQLite store that is read-only or full is said, and a write is answered with 503', async () => {
  const api = await readyApi(openSqliteStore)
  onTestFinished(api.close)
  const { db } = api.ctx
  const refused = (reason: string) => ({ status: 503, body: { reason: expect.stringContaining(reason) } })
  const write = () => api.send('POST', '/api/v1/projects', { projectName: 'Shop', projectDescription: 'x'.repeat(200) })
  const unavailable = {
    status: 503,
    headers: { 'retry-after': '1' },
    body: { statusCode: 503, error: 'ServiceUnavailable' },
  }

  await statement(db, 'pragma query_only = on')
  await expect.poll(() => api.send('GET', '/api/ready'), { timeout: 60_000 }).toMatchObject(refused('read-only'))
  expect(await write()).toMatchObject(unavailable)
  await statement(db, 'pragma query_only = off')
  expect(await write()).toMatchObject({ status: 200 })

  // SQLite raises it to what is in use.
  await statement(db, 'pragma max_page_count = 1')
  await expect
    .poll(async () => (await write()).body, { timeout: 60_000 })
    .toMatchObject({ statusCode: 503, message: expect.stringContaining('full') })
})
