/** A person signs in with Infisical's command line or an editor: their calls, and what the token is good for. */
import { onSqlite } from '@keyferry/db/testing'
import { totp } from '@keyferry/vitest/totp'
import { decodeJwt, SignJWT } from 'jose'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ACCOUNT, readyApi, type TestApi } from '../src/testing.ts'

onSqlite('sign-in of a person’s programs', (open) => {
  let api: TestApi
  beforeEach(async () => {
    api = await readyApi(open)
  })
  afterEach(() => api.close())

  const { email, password } = ACCOUNT
  let callers = 0
  /** From an address of its own: tries are limited by address. */
  const call = (method: 'GET' | 'POST', url: string, body?: unknown, token: string | null = null) =>
    api.send(method, url, body, { token, address: `10.2.0.${++callers}` })
  const login = (secret = password) => call('POST', '/api/v3/auth/login', { email, password: secret })
  const me = (token: string) => call('GET', '/api/v1/me', undefined, token)
  const select = (token: string, organizationId: string) =>
    call('POST', '/api/v3/auth/select-organization', { organizationId }, token)
  const organization = async (token: string): Promise<string> => {
    const [found] = (await call('GET', '/api/v1/organization', undefined, token)).body.organizations
    expect(found).toMatchObject({ createdAt: expect.any(String), updatedAt: found.createdAt })
    return found.id
  }
  const page = { origin: 'http://127.0.0.1:4400', 'sec-fetch-site': 'same-origin' }

  it('gives a token whose end the client can read, for as long as its session goes on', async () => {
    expect((await login('wrong')).status).toBe(401)
    expect((await login('\0')).status).toBe(422)
    const { accessToken } = (await login()).body
    const { exp = 0 } = decodeJwt(accessToken)
    expect(exp * 1000 - Date.now()).toBeGreaterThan(3_600_000)
    expect(exp * 1000 - Date.now()).toBeLessThanOrEqual(12 * 3_600_000)
    const id = await organization(accessToken)
    expect((await select(accessToken, id)).body).toEqual({ token: accessToken, isMfaEnabled: false })
    expect((await select(accessToken, crypto.randomUUID())).status).toBe(404)
    expect((await call('POST', '/api/v1/auth/checkAuth', {}, accessToken)).body).toEqual({ message: 'Authenticated' })
    expect((await me(accessToken)).body.me).toMatchObject({ email, instanceAdmin: true })
    expect((await call('GET', '/api/v1/workspace', undefined, accessToken)).status).toBe(200)

    const claims = decodeJwt(accessToken)
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new Uint8Array(32))
    for (const token of [forged, `${accessToken}x`, 'eyJ']) {
      expect((await me(token)).status).toBe(401)
      expect((await call('GET', '/api/v1/organization', undefined, token)).status).toBe(401)
    }
    expect((await call('GET', '/api/v1/organization')).status).toBe(401)
    const headers = { ...page, cookie: String(claims['cookie']) }
    await api.send('POST', '/api/auth/sign-out', {}, { token: null, headers })
    expect((await me(accessToken)).status).toBe(401)
    expect((await call('POST', '/api/v1/auth/checkAuth', {}, accessToken)).status).toBe(401)
    expect((await call('GET', '/api/v1/organization', undefined, accessToken)).status).toBe(401)
    expect((await select(accessToken, id)).status).toBe(401)
  })

  it('asks for the second factor, and lets nothing else be done before', async () => {
    const signedIn = String(decodeJwt((await login()).body.accessToken)['cookie'])
    const auth = (path: string, body: object) =>
      api.send('POST', `/api/auth/two-factor/${path}`, body, { token: null, headers: { ...page, cookie: signedIn } })
    const enabled = (await auth('enable', { password })).body
    const secret = new URL(enabled.totpURI).searchParams.get('secret') ?? ''
    expect((await auth('verify-totp', { code: totp(secret) })).status).toBe(200)

    const verify = (token: string, mfaToken: string) => call('POST', '/api/v2/auth/mfa/verify', { mfaToken }, token)
    for (const code of [totp(secret, 1), String(enabled.backupCodes[0])]) {
      const { accessToken: pending } = (await login()).body
      expect((await me(pending)).status).toBe(403)
      expect((await call('GET', '/api/v1/workspace', undefined, pending)).status).toBe(403)
      expect((await call('POST', '/api/v1/auth/checkAuth', {}, pending)).status).toBe(403)
      const chosen = await select(pending, await organization(pending))
      expect(chosen.body).toEqual({ token: pending, isMfaEnabled: true, mfaMethod: 'totp' })
      expect((await verify(pending, '000000')).status).toBe(401)
      const { token } = (await verify(pending, code)).body
      expect((await me(token)).body.me).toMatchObject({ email })
      expect((await verify(token, code)).status).toBe(401)
    }
  })
})
