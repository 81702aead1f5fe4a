/** How often, how much, and from where: what is refused before it can do harm, and how it says so. */
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { onEveryDatabase, onSqlite, type OpenStore } from '@keyferry/db/testing'
import { hostCheck, monitoringOf, readinessOf } from '@keyferry/runtime'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { buildApp } from '../src/app.ts'
import { ACCOUNT, newProject, readyApi, type Answer, type TestApi } from '../src/testing.ts'

/** In one folder; `LIMITS_SECRETS=100000` takes half a minute. */
const SECRETS = Number(process.env.LIMITS_SECRETS ?? 4000)
const INVITATION = { token: 'x'.repeat(43), name: 'Eve', password: ACCOUNT.password }
const LOGIN = { clientId: randomUUID(), clientSecret: 'wrong' }

const nobody = { token: null }
/** Asks until it is refused for asking too often, or `most` times. */
async function until429(ask: () => Promise<Answer>, most: number): Promise<{ answer: Answer; tries: number }> {
  for (let tries = 1; ; tries++) {
    const answer = await ask()
    if (answer.status === 429 || tries === most) return { answer, tries }
    expect(answer.status, answer.text).toBeLessThan(500)
  }
}
function expectSlowedDown({ status, headers, body }: Answer): void {
  expect(status).toBe(429)
  expect(Number(headers['retry-after'])).toBeGreaterThan(0)
  expect(body).toMatchObject({
    reqId: expect.any(String),
    statusCode: 429,
    error: 'RateLimitExceeded',
    message: expect.stringMatching(/\d/),
  })
}

let api: TestApi
/** A new instance before each test of a suite. */
function instances(open: OpenStore): void {
  beforeEach(async () => {
    api = await readyApi(open)
  })
  afterEach(() => api.close())
}
onSqlite('what nobody may ask often', (open) => {
  // Each has an address of its own, and so counts of its own.
  let addresses = 0
  beforeAll(async () => {
    api = await readyApi(open)
  })
  afterAll(() => api.close())

  it.each<[path: string, body: object, most: number]>([
    ['/api/v1/admin/bootstrap', ACCOUNT, 11],
    ['/api/v1/people/invitations/accept', INVITATION, 11],
    ['/api/v1/people/invitations/open', { token: INVITATION.token }, 31],
    ['/api/v1/auth/token/renew', { accessToken: 'kfa_x' }, 121],
    ['/api/v1/auth/oidc-auth/login', { identityId: 'x', jwt: 'x' }, 121],
    ['/api/auth/sign-in/email', { email: 'eve@example.com', password: 'guess guess' }, 11],
    ['/api/auth/sign-in/social', { provider: 'oidc', callbackURL: '/' }, 11],
    ['/api/auth/request-password-reset', { email: 'eve@example.com' }, 11],
    ['/api/auth/reset-password', { token: 'x', newPassword: ACCOUNT.password }, 11],
    ['/api/auth/change-password', { currentPassword: 'x', newPassword: ACCOUNT.password }, 11],
    ['/api/auth/two-factor/verify-totp', { code: '000000' }, 11],
    ['/api/auth/two-factor/verify-backup-code', { code: 'x' }, 11],
  ])('%s is answered a few times a minute', async (path, body, most) => {
    const address = `10.2.0.${addresses++}`
    // The caller cannot choose the address that is counted.
    let n = 0
    const ask = () =>
      api.send('POST', path, body, { token: null, headers: { 'x-forwarded-for': `10.0.0.${n++}` }, address })
    expectSlowedDown((await until429(ask, most)).answer)
  })
})

onSqlite('limits', (open) => {
  instances(open)

  it('counts the same tries over REST, over tRPC and in one batch of it', async () => {
    const batch = Array.from({ length: 6 }, () => 'people.accept').join(',')
    const inputs = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [n, INVITATION]))
    expect((await api.send('POST', `/api/trpc/${batch}?batch=1`, inputs, nobody)).status).not.toBe(429)
    const second = await api.send('POST', `/api/trpc/${batch}?batch=1`, inputs, nobody)
    const statuses = second.body.map((one: { error: { data: { httpStatus: number } } }) => one.error.data.httpStatus)
    // Those of one batch are counted before the first of them is judged.
    expect(statuses.filter((status: number) => status === 429).length).toBeGreaterThanOrEqual(2)
    expect(Number(second.headers['retry-after'])).toBeGreaterThan(0)
    expectSlowedDown(await api.send('POST', '/api/v1/people/invitations/accept', INVITATION, nobody))
    const endless = await api.send(
      'POST',
      `/api/trpc/${Array.from({ length: 51 }, () => 'people.accept').join(',')}?batch=1`,
      {},
      nobody,
    )
    expect(endless.status).toBe(400)
  })

  it('counts a path written another way like the path', async () => {
    const guess = { email: ACCOUNT.email, password: 'guess guess' }
    const signIn = () => api.send('POST', '/api/auth/sign-in/email', guess, nobody)
    expectSlowedDown((await until429(signIn, 11)).answer)
    // The clock was a day ahead, and is set right.
    api.clock.advance(-24 * 3_600_000)
    expect((await signIn()).status).toBe(401)
    expectSlowedDown((await until429(signIn, 11)).answer)
    for (const path of [
      '/api/auth/%73ign-in/email',
      '/api/auth/sign-in/email/',
      '/api/auth//sign-in/email',
      '/api/auth/sign-in/email?x',
    ]) {
      expect([404, 429], path).toContain((await api.send('POST', path, guess, nobody)).status)
    }
  })

  it('slows down guesses at one account from everywhere, and neither its own devices nor for long', async () => {
    let addresses = 0
    const signIn = (password: string, cookie = '') =>
      api.send(
        'POST',
        '/api/auth/sign-in/email',
        { email: addresses % 2 === 0 ? ACCOUNT.email : ACCOUNT.email.toUpperCase(), password },
        { token: null, headers: { cookie }, address: `10.1.0.${addresses++}` },
      )
    const known = await signIn(ACCOUNT.password)
    const device =
      [known.headers['set-cookie'] ?? ''].flat().find((cookie) => cookie.startsWith('keyferry.device=')) ?? ''
    expect(device).toMatch(/HttpOnly/i)
    // Those that are right do not count.
    for (let n = 0; n < 12; n++) expect((await signIn(ACCOUNT.password)).status).toBe(200)

    const guess = async (waited: number) => {
      for (let n = 0; n < waited; n++) {
        expect((await signIn('a wrong guess')).status).toBe(401)
        api.clock.advance(60_000)
      }
    }
    await guess(9)
    // Of many at the same time no more are checked than one after the other.
    const burst = await Promise.all(Array.from({ length: 12 }, () => signIn('a wrong guess')))
    expect(burst.filter(({ status }) => status === 401)).toHaveLength(1)
    const stranger = await signIn(ACCOUNT.password)
    expectSlowedDown(stranger)
    // Deleting the count from the database is no way around it.
    await api.ctx.db.deleteFrom('attempts').where('key', 'like', 'password:%').execute()
    expectSlowedDown(await signIn(ACCOUNT.password))
    expect(Number(stranger.headers['retry-after'])).toBeLessThanOrEqual(1)
    expect((await signIn(ACCOUNT.password, device)).status).toBe(200)
    api.clock.advance(1_000)
    await guess(20)
    expect((await signIn('a wrong guess')).status).toBe(401)
    const delayed = await signIn(ACCOUNT.password)
    expect(Number(delayed.headers['retry-after'])).toBeLessThanOrEqual(60)
    expect((await signIn(ACCOUNT.password, device)).status).toBe(200)
    // Another account's device is a stranger's, and so is a cookie that was made up.
    expectSlowedDown(await signIn(ACCOUNT.password, device.replace(/=./, '=A')))
    api.clock.advance(60_000)
    expect((await signIn(ACCOUNT.password)).status).toBe(200)
    // The clock was a day ahead, and is set right again.
    api.clock.advance(24 * 3_600_000)
    await until429(() => signIn('a wrong guess'), 12)
    expectSlowedDown(await signIn(ACCOUNT.password))
    api.clock.advance(-24 * 3_600_000)
    expect((await signIn(ACCOUNT.password)).status).toBe(200)
    // A stolen device has its own count.
    for (let n = 0; n < 10; n++) expect((await signIn('a wrong guess', device)).status).toBe(401)
    expectSlowedDown(await signIn(ACCOUNT.password, device))
  })

  it('keeps nobody out who shares an address with somebody who guesses: not a known device, not a machine', async () => {
    const signIn = (email: string, password: string, cookie = '') =>
      api.send('POST', '/api/auth/sign-in/email', { email, password }, { token: null, headers: { cookie } })
    const known = await signIn(ACCOUNT.email, ACCOUNT.password)
    const device =
      [known.headers['set-cookie'] ?? ''].flat().find((cookie) => cookie.startsWith('keyferry.device=')) ?? ''
    const identity = await api.send('POST', '/api/v1/identities', {
      name: 'CI',
      organizationId: 'any',
      role: 'no-access',
    })
    const base = `/api/v1/auth/universal-auth/identities/${identity.body.identity.id}`
    const { clientId } = (await api.send('POST', base, {})).body.identityUniversalAuth
    const { clientSecret } = (await api.send('POST', `${base}/client-secrets`, {})).body
    const login = (pair: object) => api.send('POST', '/api/v1/auth/universal-auth/login', pair, nobody)

    expectSlowedDown((await until429(() => signIn('eve@example.com', 'guess guess'), 11)).answer)
    expectSlowedDown(await signIn(ACCOUNT.email, ACCOUNT.password))
    expect((await signIn(ACCOUNT.email, ACCOUNT.password, device)).status).toBe(200)
    expectSlowedDown((await until429(() => login(LOGIN), 121)).answer)
    const { status, body } = await login({ clientId, clientSecret })
    expect([status, body.tokenType]).toEqual([200, 'Bearer'])
    // A device that signed in guesses ten times a minute, too, whichever account it tries; a cookie that was made up is
    // none.
    const own = await until429(() => signIn('eve@example.com', 'guess guess', device), 11)
    expectSlowedDown(own.answer)
    expectSlowedDown(await signIn(ACCOUNT.email, ACCOUNT.password, device.replace(/=./, '=A')))
  })

  it('counts wrong tokens from one address, and lets good ones through', async () => {
    const wrong = () => api.send('GET', '/api/v1/me', undefined, { token: `kf_${randomUUID()}` })
    const { answer, tries } = await until429(wrong, 301)
    expectSlowedDown(answer)
    expect(tries).toBe(301)
    expect((await api.send('GET', '/api/v1/me')).status).toBe(200)
    const stranger = await api.send('GET', '/api/status', undefined, { token: 'kf_wrong' })
    expect(stranger.status).toBe(200)
    expect(stranger.body).not.toHaveProperty('address')
  })

  it('believes X-Forwarded-For only of the proxies that the operator names', async () => {
    const behind = await readyApi(open, { trustedProxies: ['192.0.2.0/24'] })
    const seenFrom = async ({ app, token, send }: TestApi, peer: string, forwarded: string): Promise<string> => {
      const name = randomUUID().slice(0, 13)
      const made = await app.inject({
        method: 'POST',
        url: '/api/v1/projects',
        headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': forwarded },
        payload: { projectName: name },
        remoteAddress: peer,
      })
      expect(made.statusCode, made.body).toBe(200)
      const { body } = await send('GET', '/api/v1/audit?action=project.create&limit=1')
      const { address } = body.entries[0]
      const status = await app.inject({
        url: '/api/status',
        headers: { authorization: `Bearer ${token}`, 'x-forwarded-for': forwarded },
        remoteAddress: peer,
      })
      expect(status.json()).toMatchObject({ address })
      expect(status.json().unknownProxy).toBe(address === peer ? peer : undefined)
      return address
    }
    expect(await seenFrom(api, '192.0.2.7', '198.51.100.1')).toBe('192.0.2.7')
    // The nearest address that is not a trusted proxy counts: what a client wrote before it is not believed.
    expect(await seenFrom(behind, '192.0.2.7', '203.0.113.9, 198.51.100.1')).toBe('198.51.100.1')
    expect(await seenFrom(behind, '203.0.113.9', '198.51.100.1')).toBe('203.0.113.9')
    await behind.close()
  })

  it('names the limit that a value, a body or a batch breaks, and writes nothing', async () => {
    const { id: projectId } = await newProject(api)
    const at = { projectId, environment: 'dev' }
    const big = await api.send('POST', '/api/v4/secrets/BIG', { ...at, secretValue: 'x'.repeat(1_000_000) })
    expect(big.body).toMatchObject({ statusCode: 422, error: 'ValidationFailure' })
    expect(big.body.details.summary).toContain('at most 65536 bytes')
    expect(big.text).not.toContain('xxxxxxxx')
    const body = await api.send('POST', '/api/v4/secrets/BIG', { ...at, secretValue: 'x'.repeat(5_000_000) })
    expect(body.body).toMatchObject({ statusCode: 413, error: 'PayloadTooLarge', message: expect.any(String) })
    const overTrpc = await api.send('POST', '/api/trpc/secrets.create', { secretValue: 'x'.repeat(5_000_000) })
    expect(overTrpc.body).toMatchObject({ statusCode: 413, error: 'PayloadTooLarge' })
    const deep = '['.repeat(50_000) + ']'.repeat(50_000)
    for (const path of ['/api/v1/app-connections/devin', '/api/trpc/connections.create', '/api/auth/update-user']) {
      const { status, body } = await api.send('POST', path, `{"name":"x\\"[[","credentials":${deep}}`)
      expect([status, body.message]).toEqual([400, 'The body is nested more than 100 levels deep'])
      const empty = await api.send('POST', path, `{"name":"x\\",,,","credentials":[${'{},'.repeat(250_000)}{}]}`)
      expect([empty.status, empty.body.message]).toEqual([400, 'The body has more than 250000 values'])
    }
    const many = Array.from({ length: 2001 }, (_, n) => ({ secretKey: `K${n}`, secretValue: '' }))
    expect((await api.send('POST', '/api/v4/secrets/batch', { ...at, secrets: many })).status).toBe(422)
    const { body: left } = await api.send('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev`)
    expect(left.secrets).toEqual([])
  })

  it('refuses headers and addresses that are too long, and what is no HTTP, in the documented form', async () => {
    await api.app.listen({ host: '127.0.0.1', port: 0 })
    const address = api.app.server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const say = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => socket.write(text))
        let said = ''
        socket
          .on('data', (chunk: Buffer) => (said += chunk.toString()))
          .on('end', () => resolve(said))
          .on('error', reject)
      })
    const long = await say(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`)
    const header = await say(`GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)
    for (const answer of [long, header]) {
      expect(answer).toMatch(/^HTTP\/1\.1 431 /)
      expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
        statusCode: 431,
        error: 'HeadersTooLarge',
        reqId: expect.any(String),
      })
    }
    const noise = await say('\x16\x03\x01\x02\r\n\r\n')
    expect(noise).toMatch(/^HTTP\/1\.1 400 /)
    expect(JSON.parse(noise.split('\r\n\r\n')[1] ?? '')).toMatchObject({ statusCode: 400, error: 'BadRequest' })
  })
})

onEveryDatabase('what the store counts and lists', (open) => {
  instances(open)

  it('counts by the store, so that processes of a fleet count together, and forgets what is over', async () => {
    const { ctx, auth } = api
    const monitoring = monitoringOf(ctx, readinessOf(ctx, { problem: () => Promise.resolve(null) }), undefined)
    const isKnownHost = hostCheck({ listening: '127.0.0.1' })
    const requestsPerMinute = 7
    const instance = { version: '0.0.0', profile: 'fleet' } as const
    const other = await buildApp({ ctx, auth, monitoring, ...instance, isKnownHost, requestsPerMinute })
    const guess = { email: 'eve@example.com', password: 'guess guess' }
    const statuses = new Set<number>()
    for (let n = 0; n < 12; n++) {
      const { app } = n % 2 === 0 ? api : { app: other }
      statuses.add((await app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload: guess })).statusCode)
    }
    expect(statuses).toEqual(new Set([401, 429]))
    // The operator chose how many an address may send.
    const answers = []
    for (let n = 0; n <= requestsPerMinute; n++) answers.push((await other.inject('/api/status')).statusCode)
    expect([answers.at(0), answers.at(-1)]).toEqual([200, 429])
    const counts = () => api.ctx.db.selectFrom('attempts').select('key').execute()
    expect(JSON.stringify(await counts())).not.toContain('eve@')
    api.clock.advance(2 * 24 * 3_600_000)
    const forgetting = async () => {
      expect((await api.send('POST', '/api/auth/two-factor/verify-totp', { code: 'x' }, nobody)).status).toBe(401)
      return counts()
    }
    expect(await forgetting()).toHaveLength(1)
    // Also after the clock was set back.
    api.clock.advance(-3 * 24 * 3_600_000)
    await api.app.inject({ method: 'POST', url: '/api/auth/sign-in/email', payload: guess })
    api.clock.advance(25 * 3_600_000)
    expect(await forgetting()).toHaveLength(1)
    api.clock.advance(47 * 3_600_000)
    await other.close()
  })

  it(`holds ${SECRETS} secrets in one folder`, { timeout: 600_000 }, async () => {
    const { id: projectId } = await newProject(api)
    const at = { projectId, environment: 'dev' }
    for (let made = 0; made < SECRETS; made += 2000) {
      const secrets = Array.from({ length: 2000 }, (_, n) => ({
        secretKey: `K${made + n}`,
        secretValue: `v${made + n}`,
      }))
      const { status, text } = await api.send('POST', '/api/v4/secrets/batch', { ...at, secrets })
      expect(status, text.slice(0, 500)).toBe(200)
    }
    const { body } = await api.send('GET', `/api/v4/secrets?projectId=${projectId}&environment=dev`)
    expect(body.secrets).toHaveLength(SECRETS)
    const one = await api.send('PATCH', `/api/v4/secrets/K${SECRETS - 1}`, { ...at, secretValue: 'changed' })
    expect(one.body.secret.version).toBe(2)
    expect(
      (await api.send('GET', `/api/v1/secret-rows?projectId=${projectId}&environment=dev`)).body.rows,
    ).toHaveLength(SECRETS)
  })
})
