/** Sign-in by OpenID Connect, against a provider that signs its tokens as a real one does. */
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onEveryDatabase } from '@keyferry/db/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ACCOUNT, emptyApi, type TestApi } from './testing.ts'

const client = { clientId: 'keyferry', clientSecret: 'a secret of the client' }

onEveryDatabase('sign-in by OIDC', (open) => {
  let provider: Awaited<ReturnType<typeof startProvider>>
  let api: TestApi
  let projectId: string
  beforeEach(async () => {
    provider = await startProvider()
    api = await emptyApi(open, null, {
      oidc: { issuer: provider.issuer, ...client, allowedDomains: ['allowed.example'] },
    })
    const { body } = await api.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
    api.token = body.identity.credentials.token
    projectId = (await api.send('POST', '/api/v1/projects', { projectName: 'Shop' })).body.project.id
  })
  afterEach(async () => {
    await api.close()
    await provider.close()
  })

  const headers = { origin: 'http://127.0.0.1:4400', host: '127.0.0.1:4400' }
  const cookies = (set: string | string[] | undefined) =>
    [set ?? '']
      .flat()
      .map((line) => line.split(';', 1)[0])
      .join('; ')

  /** The whole way of a browser. Resolves to who they are then, or to null. */
  async function signIn(profile: Record<string, unknown>) {
    const begun = await api.send(
      'POST',
      '/api/auth/sign-in/social',
      { provider: 'oidc', callbackURL: '/' },
      { token: null, headers },
    )
    const callback = await provider.authorize(begun.body.url, profile)
    const { pathname, search } = new URL(callback)
    const cookie = cookies(begun.headers['set-cookie'])
    const done = await api.send('GET', `${pathname}${search}`, undefined, {
      token: null,
      headers: { ...headers, cookie },
    })
    const session = cookies(done.headers['set-cookie'])
    const me = await api.send('GET', '/api/v1/me', undefined, { token: null, headers: { cookie: session } })
    return me.status === 200 ? me.body.me : null
  }

  it('is offered', async () => {
    expect((await api.send('GET', '/api/status')).body.signInWith).toEqual(['password', 'oidc'])
  })

  it('lets in who was invited, with what they were invited to', async () => {
    await api.send('POST', `/api/v1/projects/${projectId}/invitations`, { email: 'bob@example.com', role: 'developer' })
    const me = await signIn({ email: 'Bob@example.com', email_verified: true, name: 'Bob' })
    expect(me).toMatchObject({
      email: 'bob@example.com',
      instanceAdmin: false,
      grants: [{ projectId, role: 'developer' }],
    })
    expect((await api.send('GET', `/api/v1/projects/${projectId}/invitations`)).body.invitations).toEqual([])
  })

  it('lets in an allowed domain, and an account that is there already', async () => {
    expect(await signIn({ email: 'carol@allowed.example', email_verified: true, name: 'Carol' })).toMatchObject({
      grants: [],
    })
    expect(await signIn({ email: ACCOUNT.email, email_verified: true, name: 'Ada' })).toMatchObject({
      instanceAdmin: true,
    })
  })

  it('lets nobody else in', async () => {
    expect(await signIn({ email: 'eve@example.com', email_verified: true, name: 'Eve' })).toBeNull()
    expect(await signIn({ email: 'eve@notallowed.example', email_verified: true, name: 'Eve' })).toBeNull()
    // An address that the provider does not vouch for is anybody's.
    expect(await signIn({ email: 'eve@allowed.example', email_verified: false, name: 'Eve' })).toBeNull()
    expect(await signIn({ email: ACCOUNT.email, email_verified: false, name: 'Eve' })).toBeNull()
    expect(await signIn({ email: ACCOUNT.email, email_verified: true, name: 'Eve', forged: true })).toBeNull()
    expect((await api.send('GET', '/api/v1/people')).body.people).toHaveLength(1)
  })
})

async function startProvider() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const forger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const granted = new Map<string, Record<string, unknown>>()
  const server: Server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', issuer)
    const answer = (body: unknown) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
    if (url.pathname === '/.well-known/openid-configuration') {
      return answer({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        id_token_signing_alg_values_supported: ['RS256'],
      })
    }
    if (url.pathname === '/jwks')
      return answer({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }] })
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const profile = granted.get(new URLSearchParams(text).get('code') ?? '')
      if (!profile) return void response.writeHead(400).end('{}')
      const { forged, ...claims } = profile
      answer({
        access_token: randomUUID(),
        token_type: 'Bearer',
        expires_in: 60,
        id_token: signed(claims, forged ? forger : privateKey),
      })
    })
    return undefined
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  function signed(claims: Record<string, unknown>, key: typeof privateKey): string {
    const now = Math.floor(Date.now() / 1000)
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const body = { iss: issuer, aud: client.clientId, iat: now, exp: now + 60, ...claims }
    const head = `${part({ alg: 'RS256', kid: 'k' })}.${part(body)}`
    return `${head}.${createSign('RSA-SHA256').update(head).sign(key).toString('base64url')}`
  }

  return {
    issuer,
    /** What the provider's own pages end in: the browser is sent back with a code. */
    authorize(url: string, profile: Record<string, unknown>): Promise<string> {
      const asked = new URL(url).searchParams
      const code = randomUUID()
      const nonce = asked.get('nonce')
      granted.set(code, { sub: String(profile['email']).toLowerCase(), ...profile, ...(nonce ? { nonce } : {}) })
      const back = new URL(asked.get('redirect_uri') ?? '')
      back.searchParams.set('code', code)
      back.searchParams.set('state', asked.get('state') ?? '')
      back.searchParams.set('iss', issuer)
      return Promise.resolve(back.href)
    },
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
}
