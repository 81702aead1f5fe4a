import { onEveryDatabase } from '@keyferry/db/testing'
import { sql, type RawBuilder } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ACCOUNT, emptyApi, type TestApi } from '../src/testing.ts'

onEveryDatabase('first run and sign-in', (open) => {
  let api: TestApi
  beforeEach(async () => {
    api = await emptyApi(open, null, { allowedHosts: ['keyferry.example.com'] })
  })
  afterEach(() => api.close())

  const bootstrap = (email = ACCOUNT.email) => api.send('POST', '/api/v1/admin/bootstrap', { ...ACCOUNT, email })
  const signIn = async () => {
    const answer = await api.send('POST', '/api/auth/sign-in/email', {
      email: ACCOUNT.email,
      password: ACCOUNT.password,
    })
    const [cookie = ''] = [answer.headers['set-cookie'] ?? ''].flat()
    return { status: answer.status, cookie: cookie.split(';', 1)[0] ?? '', attributes: cookie }
  }

  it('says whether it was set up, and is set up once', async () => {
    expect((await api.send('GET', '/api/status')).body).toMatchObject({
      message: 'Ok',
      profile: 'embedded',
      initialized: false,
    })
    const { status, body } = await bootstrap()
    expect(status).toBe(200)
    expect(body).toMatchObject({
      message: expect.any(String),
      user: { id: expect.any(String), email: ACCOUNT.email, superAdmin: true },
      organization: { id: expect.any(String), name: 'Acme', slug: expect.stringMatching(/^acme-/) },
      identity: { id: expect.any(String), name: expect.any(String), credentials: { token: expect.any(String) } },
    })
    expect((await api.send('GET', '/api/status')).body.initialized).toBe(true)
    expect((await api.send('GET', '/healthcheck')).status).toBe(200)

    const again = await bootstrap('eve@example.com')
    expect(again.status).toBe(400)
    expect(again.body).toMatchObject({
      statusCode: 400,
      error: 'BadRequest',
      message: 'Instance has already been set up',
      reqId: expect.any(String),
    })
    const me = await api.send('GET', '/api/v1/me', undefined, { token: body.identity.credentials.token })
    expect(me.body.me.organization).toEqual(body.organization)
  })

  it('is set up by its operator only: with the printed code, or by a program on the same machine', async () => {
    interface From {
      headers?: Record<string, string>
      address?: string
    }
    const setUp = async (from: From, setupCode?: string) =>
      (await api.send('POST', '/api/v1/admin/bootstrap', { ...ACCOUNT, setupCode }, { token: null, ...from })).status
    const code = api.auth.setupCode
    const wrong = code.replace(/.$/, code.endsWith('0') ? '1' : '0')
    const own = { origin: 'http://localhost:4400', host: 'localhost:4400' }
    const foreign: From[] = [
      { address: '192.0.2.7' },
      { headers: own },
      { headers: { 'sec-fetch-site': 'same-origin' } },
      { headers: { 'sec-fetch-site': 'none', 'sec-fetch-dest': 'document' } },
      { headers: { referer: 'http://evil.test/' } },
      { headers: { 'x-forwarded-for': '192.0.2.7' } },
      { headers: { forwarded: 'for=192.0.2.7' } },
      // A proxy that doesn't announce itself passes on the requested host name.
      { headers: { host: 'keyferry.example.com' } },
    ]
    for (const from of foreign) expect(await setUp(from), JSON.stringify(from)).toBe(403)
    expect(await setUp({ address: '192.0.2.8' }, wrong)).toBe(403)
    expect(await setUp({}, wrong)).toBe(403)
    expect((await api.send('GET', '/api/status')).body.initialized).toBe(false)
    const stored = await api.ctx.db.selectFrom('instanceKeys').selectAll().execute()
    expect(JSON.stringify(stored)).not.toContain(code)
    expect(await setUp({ address: '192.0.2.8', headers: own }, ` ${code.toLowerCase().replaceAll('-', '')}`)).toBe(200)
    expect(await setUp({ address: '192.0.2.9' }, code)).toBe(400)
  })

  it('lets one of two first runs win', async () => {
    const answers = await Promise.all([bootstrap(), bootstrap('eve@example.com')])
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 400])
  })

  it('is set up once, also when the organization is taken out of the store, or with it the key that says so', async () => {
    await bootstrap()
    const run = (statement: RawBuilder<unknown>) => statement.execute(api.ctx.db.withoutPlugins())
    const refused = async () => {
      for (const setupCode of [undefined, api.auth.setupCode]) {
        const body = { ...ACCOUNT, email: 'eve@example.com', setupCode }
        const answer = await api.send('POST', '/api/v1/admin/bootstrap', body, { token: null })
        expect([answer.status, answer.body.error]).toEqual([503, 'IntegrityFailure'])
        expect(answer.body.message).toBe('The organization of this store is missing. Restore a backup.')
      }
    }
    await run(sql`delete from organizations`)
    await refused()
    await run(sql`delete from instance_keys where owner = 'authority'`)
    await refused()
  })

  it('refuses a weak password by name', async () => {
    const { status, body } = await api.send('POST', '/api/v1/admin/bootstrap', { ...ACCOUNT, password: 'short' })
    expect(status).toBe(422)
    expect(body.message).toEqual([expect.objectContaining({ path: ['password'] })])
    expect(body.details.summary).toContain('at least 10 characters')
  })

  it('signs in with a cookie that scripts and other sites cannot use, and out again', async () => {
    await bootstrap()
    const { status, cookie, attributes } = await signIn()
    expect(status).toBe(200)
    expect(attributes).toMatch(/HttpOnly/i)
    expect(attributes).toMatch(/SameSite=Lax/i)

    const me = await api.send('GET', '/api/v1/me', undefined, { headers: { cookie } })
    expect(me.body.me).toMatchObject({ email: ACCOUNT.email })
    const session = await api.send('GET', '/api/auth/get-session', undefined, { headers: { cookie } })
    expect(session.body.user.email).toBe(ACCOUNT.email)

    const out = await api.send(
      'POST',
      '/api/auth/sign-out',
      {},
      { headers: { cookie, origin: 'http://localhost:4400', host: 'localhost:4400' } },
    )
    expect(out.status).toBe(200)
    expect((await api.send('GET', '/api/v1/me', undefined, { headers: { cookie } })).status).toBe(401)
  })

  it('signs in from its own page, whatever name and scheme it is reached by, and from no other', async () => {
    await bootstrap()
    const from = async (origin: string) => {
      const headers = { origin, host: 'keyferry.example.com', cookie: 'any=1' }
      const answer = await api.send(
        'POST',
        '/api/auth/sign-in/email',
        { email: ACCOUNT.email, password: ACCOUNT.password },
        { headers },
      )
      return answer.status
    }
    expect(await from('http://keyferry.example.com')).toBe(200)
    expect(await from('https://keyferry.example.com')).toBe(200)
    expect(await from('https://evil.example')).toBe(403)
  })

  it('takes no write under a cookie from another site', async () => {
    await bootstrap()
    const { cookie } = await signIn()
    const create = (headers: Record<string, string>) =>
      api.send('POST', '/api/v1/projects', { projectName: 'Shop' }, { headers: { cookie, ...headers } })
    expect((await create({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await create({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await create({ 'sec-fetch-site': 'same-site', origin: 'http://localhost' })).status).toBe(403)
    expect((await create({ 'sec-fetch-site': 'same-origin' })).status).toBe(200)
    expect((await create({ origin: 'http://localhost:4400', host: 'localhost:4400' })).status).toBe(200)
  })

  it('signs nobody up, and answers a wrong password like anything else', async () => {
    await bootstrap()
    const signUp = await api.send('POST', '/api/auth/sign-up/email', {
      email: 'eve@example.com',
      password: 'long enough password',
      name: 'Eve',
    })
    expect(signUp.status).toBe(404)
    const wrong = await api.send('POST', '/api/auth/sign-in/email', {
      email: ACCOUNT.email,
      password: 'not the password',
    })
    const unknown = await api.send('POST', '/api/auth/sign-in/email', {
      email: 'eve@example.com',
      password: 'not the password',
    })
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(wrong.body).toMatchObject({ statusCode: 401, error: 'UnauthorizedError', message: expect.any(String) })
    expect({ ...wrong.body, reqId: '' }).toEqual({ ...unknown.body, reqId: '' })
  })

  it('slows down password guessing', async () => {
    await bootstrap()
    const statuses: number[] = []
    for (let attempt = 0; attempt < 12; attempt++) {
      // The client cannot choose the address it is counted by.
      const headers = { 'x-forwarded-for': `10.0.0.${attempt}`, 'x-keyferry-client-address': `10.0.0.${attempt}` }
      const { status } = await api.send(
        'POST',
        '/api/auth/sign-in/email',
        { email: ACCOUNT.email, password: 'guess guess guess' },
        { headers },
      )
      statuses.push(status)
    }
    expect(statuses.at(0)).toBe(401)
    expect(statuses.at(-1)).toBe(429)
  })
})
