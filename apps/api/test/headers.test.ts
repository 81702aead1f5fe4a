/** Security headers, and what a browser may not do for another page. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onSqlite } from '@keyferry/db/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ACCOUNT, emptyApi, newProject, type TestApi } from '../src/testing.ts'

const OTHER = 'https://evil.example'

// Headers and refusals are made before the store is asked: one is enough.
onSqlite('browsers', (open) => {
  let api: TestApi
  let webDir: string
  beforeEach(async () => {
    webDir = await mkdtemp(join(tmpdir(), 'keyferry-web-'))
    await mkdir(join(webDir, 'assets'))
    await writeFile(join(webDir, 'index.html'), '<!doctype html>')
    api = await emptyApi(open, webDir, { allowedHosts: ['keyferry.example.com'] })
    const { body } = await api.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
    api.token = body.identity.credentials.token
  })
  afterEach(async () => {
    await api.close()
    await rm(webDir, { recursive: true, force: true })
  })

  const signIn = async (on: TestApi) => {
    const answer = await on.send(
      'POST',
      '/api/auth/sign-in/email',
      { email: ACCOUNT.email, password: ACCOUNT.password },
      { token: null },
    )
    return [answer.headers['set-cookie'] ?? ''].flat()
  }
  const cookieOf = async (on: TestApi): Promise<string> =>
    (await signIn(on)).map((one) => one.split(';', 1)[0]).join('; ')

  it('run nothing but our own files, in no frame of another page', async () => {
    for (const url of ['/', '/api/status', '/api/trpc/instance.status', '/api/nothing', '/api/auth/get-session']) {
      const { headers } = await api.send('GET', url, undefined, { headers: { accept: 'text/html' } })
      const policy = new Map(
        String(headers['content-security-policy'])
          .split(';')
          .map((rule) => {
            const [name = '', ...sources] = rule.trim().split(' ')
            return [name, sources.join(' ')]
          }),
      )
      expect(policy.get('default-src'), url).toBe("'self'")
      expect(policy.get('script-src') ?? policy.get('default-src'), url).toBe("'self'")
      expect(policy.get('frame-ancestors'), url).toBe("'none'")
      expect(policy.get('object-src'), url).toBe("'none'")
      expect(policy.get('base-uri'), url).toBe("'none'")
      expect(policy.get('form-action'), url).toBe("'self'")
      expect(headers, url).toMatchObject({
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
      })
      // Its people reach it without TLS.
      expect(headers['strict-transport-security'], url).toBeUndefined()
      expect(headers['x-powered-by'], url).toBeUndefined()
    }
  })

  it('keep no answer of the API', async () => {
    const { id: projectId } = await newProject(api)
    const at = { projectId, environment: 'dev' }
    await api.send('POST', '/api/v4/secrets/A', { ...at, secretValue: 'x' })
    const input = encodeURIComponent(JSON.stringify(at))
    for (const url of [
      `/api/v4/secrets?projectId=${projectId}&environment=dev`,
      `/api/trpc/secrets.list?input=${input}`,
      '/api/auth/get-session',
      '/api/v1/nothing',
      '/api/v1/me?x',
      '/metrics',
    ]) {
      expect((await api.send('GET', url)).headers['cache-control'], url).toBe('no-store')
    }
  })

  it('are let in from no other origin', async () => {
    for (const method of ['GET', 'OPTIONS'] as const) {
      const preflight = {
        origin: OTHER,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      }
      for (const url of ['/api/v1/me', '/api/trpc/instance.me', '/api/auth/get-session', '/api/docs/json', '/']) {
        const { headers } = await api.send(method, url, undefined, { headers: preflight })
        expect(
          Object.keys(headers).filter((name) => name.startsWith('access-control-')),
          `${method} ${url}`,
        ).toEqual([])
      }
    }
  })

  it('change nothing under our cookie for another page, over REST, tRPC or sign-in, whatever they call the body', async () => {
    const cookie = await cookieOf(api)
    const body = JSON.stringify({ projectName: 'Made by another page' })
    const foreign: Record<string, string>[] = [
      { origin: OTHER },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ]
    const types = [
      'application/json',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
    ]
    for (const url of [
      '/api/v1/projects',
      '/api/trpc/projects.create',
      '/api/auth/sign-out',
      '/api/auth/update-user',
    ]) {
      for (const from of foreign) {
        for (const type of types) {
          const headers = { cookie, host: 'keyferry.example.com', 'content-type': type, ...from }
          const { status, text } = await api.send('POST', url, body, { token: null, headers })
          expect(status, `${url} ${type} ${JSON.stringify(from)} ${text}`).toBe(403)
        }
      }
    }
    // A form of another page that brings no such header at all still cannot say that it is JSON.
    for (const type of types.slice(1)) {
      expect(
        (await api.send('POST', '/api/v1/projects', body, { token: null, headers: { cookie, 'content-type': type } }))
          .status,
      ).toBe(415)
      expect(
        (
          await api.send('POST', '/api/trpc/projects.create', body, {
            token: null,
            headers: { cookie, 'content-type': type },
          })
        ).status,
      ).toBe(415)
      expect(
        (await api.send('POST', '/api/auth/sign-out', body, { token: null, headers: { cookie, 'content-type': type } }))
          .status,
      ).toBe(415)
    }
    const byLink = await api.send('GET', `/api/trpc/projects.create?input=${encodeURIComponent(body)}`, undefined, {
      token: null,
      headers: { cookie },
    })
    expect(byLink.status).toBe(405)
    expect((await api.send('GET', '/api/v1/projects')).body.projects).toEqual([])
    expect((await api.send('GET', '/api/v1/me', undefined, { token: null, headers: { cookie } })).status).toBe(200)
  })

  it('write nothing for another page without a cookie either, nor from the query string', async () => {
    const fresh = await emptyApi(open)
    const query = new URLSearchParams(ACCOUNT).toString()
    const foreign: Record<string, string>[] = [
      { origin: OTHER },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'same-origin', origin: OTHER },
      // A browser sends this on its own for an address with a name and a password in it.
      { 'sec-fetch-site': 'cross-site', authorization: 'Basic YTpi' },
    ]
    for (const from of foreign) {
      for (const [url, body] of [
        [`/api/v1/admin/bootstrap?${query}`],
        ['/api/v1/admin/bootstrap', ACCOUNT],
        ['/api/trpc/instance.bootstrap', ACCOUNT],
        ['/api/v1/auth/universal-auth/login', { clientId: 'x', clientSecret: 'y' }],
      ] as const) {
        const { status } = await fresh.send('POST', url, body, { token: null, headers: from })
        expect(status, `${url} ${JSON.stringify(from)}`).toBe(403)
      }
    }
    const refused = await fresh.send('POST', `/api/v1/admin/bootstrap?${query}`, undefined, { token: null })
    expect(refused.status).toBe(400)
    expect(refused.body.message).toContain('email, password, organization')
    expect((await fresh.send('GET', '/api/status')).body.initialized).toBe(false)
    await fresh.close()

    const { id: projectId } = await newProject(api)
    const secret = { projectId, environment: 'dev', secretValue: 'x' }
    for (const name of ['secretPath=/other', 'path=%2F', 'secretValue=y', 'workspaceId=z', 'workspaceSlug=shop']) {
      const { status } = await api.send('POST', `/api/v4/secrets/A?${name}`, secret)
      expect([name, status]).toEqual([name, name.startsWith('path') ? 200 : 400])
    }
    const gone = await api.send('DELETE', `/api/v4/secrets/A?projectId=${projectId}&environment=dev`)
    expect(gone.status).toBe(200)
    // The session of a person is theirs to end, not another page's, which cannot make a GET do it either.
    const cookie = await cookieOf(api)
    const crossSite = { cookie, 'sec-fetch-site': 'cross-site' }
    const session = await api.send('GET', '/api/auth/get-session', undefined, { token: null, headers: crossSite })
    expect(session.status).toBe(403)
    const byBearer = { ...crossSite, authorization: 'Bearer x' }
    expect((await api.send('POST', '/api/auth/sign-out', {}, { token: null, headers: byBearer })).status).toBe(403)
  })

  it('reach an instance by its own names only, whatever they ask for', async () => {
    const ask = async (host: string, url = '/api/status', headers = {}, on = api) =>
      (await on.send('GET', url, undefined, { headers: { host, accept: 'text/html', ...headers } })).status
    for (const url of [
      '/',
      '/metrics',
      '/healthcheck',
      '/api/ready',
      '/api/v1/me',
      '/api/nothing',
      '/api/docs/json',
      '/api/trpc/instance.status',
      '/api/auth/get-session',
    ]) {
      expect(await ask('evil.test', url), url).toBe(421)
    }
    for (const host of ['evil.test:4400', 'localhost.evil.test', 'keyferry.example.com.evil.test', '10.1.2.3', 'a b'])
      expect(await ask(host), host).toBe(421)
    const known = ['localhost', 'LOCALHOST:1', 'localhost.:4400', '127.0.0.1:4400', '[::1]:80', 'keyferry.example.com']
    for (const host of known) expect(await ask(host), host).toBe(200)
    const { body } = await api.send('GET', '/api/v1/me', undefined, { headers: { host: 'evil.test' } })
    expect(body).toMatchObject({ statusCode: 421, error: 'MisdirectedRequest' })
    expect(body.message).toContain('KEYFERRY_ALLOWED_HOSTS')

    const behind = await emptyApi(open, null, {
      trustedProxies: ['127.0.0.1'],
      baseUrl: 'https://keyferry.example.com',
    })
    const forwarded = (name: string) => ({ 'x-forwarded-host': name })
    expect(await ask('evil.test', '/api/status', forwarded('keyferry.example.com'), behind)).toBe(421)
    expect(await ask('127.0.0.1', '/api/status', forwarded('evil.test'), behind)).toBe(421)
    expect(await ask('127.0.0.1', '/api/status', forwarded('keyferry.example.com'), behind)).toBe(200)
    await behind.close()
  })

  it('sign nobody in from another page', async () => {
    const { email, password } = ACCOUNT
    const headers = {
      origin: OTHER,
      host: 'keyferry.example.com',
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'cors',
    }
    const answer = await api.send('POST', '/api/auth/sign-in/email', { email, password }, { token: null, headers })
    expect(answer.status).toBe(403)
    expect(answer.headers['set-cookie']).toBeUndefined()
  })

  it('get a cookie that no script reads and no other host sets', async () => {
    for (const cookie of await signIn(api)) {
      expect(cookie).toMatch(/^keyferry\.\w+=.+; Path=\/; HttpOnly; SameSite=Lax$/)
    }
    const secure = await emptyApi(open, null, { baseUrl: 'https://keyferry.example.com', hstsSeconds: 3600 })
    expect((await secure.send('GET', '/api/status')).headers['strict-transport-security']).toBe(
      'max-age=3600; includeSubDomains',
    )
    await secure.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
    for (const cookie of await signIn(secure)) {
      expect(cookie).toMatch(/^__Host-keyferry\.\w+=/)
      expect(cookie).toMatch(/; Path=\/;.* HttpOnly; Secure; SameSite=Lax$/)
      expect(cookie).not.toMatch(/domain/i)
    }
    const headers = { cookie: await cookieOf(secure) }
    expect((await secure.send('GET', '/api/v1/me', undefined, { token: null, headers })).status).toBe(200)
    const origin = 'https://keyferry.example.com'
    const out = await secure.send(
      'POST',
      '/api/auth/sign-out',
      {},
      { token: null, headers: { ...headers, origin, host: 'keyferry.example.com' } },
    )
    expect(out.status).toBe(200)
    expect((await secure.send('GET', '/api/v1/me', undefined, { token: null, headers })).status).toBe(401)
    await secure.close()
  })

  it('hear the same of an account that exists and of one that does not', async () => {
    const same = async (url: string, one: object, other: object): Promise<void> => {
      const [known, unknown] = [
        await api.send('POST', url, one, { token: null }),
        await api.send('POST', url, other, { token: null }),
      ]
      expect({ status: known.status, ...known.body, reqId: '' }).toEqual({
        status: unknown.status,
        ...unknown.body,
        reqId: '',
      })
      expect(Object.keys(known.headers).toSorted()).toEqual(Object.keys(unknown.headers).toSorted())
    }
    const { id: identityId } = (await api.send('POST', '/api/v1/identities', { name: 'ci' })).body.identity
    const { clientId } = (await api.send('POST', `/api/v1/auth/universal-auth/identities/${identityId}`, {})).body
      .identityUniversalAuth
    const password = 'not the password'
    const nobody = 'nobody@example.com'
    await same('/api/auth/sign-in/email', { email: ACCOUNT.email, password }, { email: nobody, password })
    await same('/api/auth/request-password-reset', { email: ACCOUNT.email }, { email: nobody })
    const login = '/api/v1/auth/universal-auth/login'
    // Past the lock-out too.
    for (let n = 0; n < 4; n++) {
      await same(login, { clientId, clientSecret: 'wrong' }, { clientId: crypto.randomUUID(), clientSecret: 'wrong' })
    }
    const invitation = (await api.send('POST', '/api/v1/people/invitations', { email: 'eve@example.com' })).body.link
    expect(new URL(invitation).searchParams.get('token')).toHaveLength(43)
    for (const token of ['x', 'x'.repeat(43)]) {
      expect((await api.send('POST', '/api/v1/people/invitations/open', { token }, { token: null })).status).toBe(404)
    }
  })
})
