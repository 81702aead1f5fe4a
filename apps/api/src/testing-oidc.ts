/**
 * An OpenID Connect provider for tests: it signs its tokens as a real one does, and asks nobody for a password. For
 * tests only.
 */
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export const OIDC_CLIENT = { clientId: 'keyferry', clientSecret: 'a secret of the client' }

export interface Provider {
  issuer: string
  /** Fields of its metadata that are other than they should be. */
  says: Record<string, unknown>
  /** Who is signed in at the provider, for browsers that come to its own page; null: they cancel. */
  here: Record<string, unknown> | null
  /** What the provider's own pages end in: the browser is sent back with a code. */
  authorize(url: string, profile: Record<string, unknown>): Promise<string>
  close(): Promise<void>
}

/** Listens on loopback. A profile that is `forged` is signed with somebody else's key. */
export async function startProvider(): Promise<Provider> {
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
        ...provider.says,
      })
    }
    if (url.pathname === '/jwks')
      return answer({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', alg: 'RS256', use: 'sig' }] })
    if (url.pathname === '/authorize') {
      const location = provider.here === null ? cancelled(url) : granting(url, provider.here)
      return response.writeHead(302, { location }).end()
    }
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
    const body = { iss: issuer, aud: OIDC_CLIENT.clientId, iat: now, exp: now + 60, ...claims }
    const head = `${part({ alg: 'RS256', kid: 'k' })}.${part(body)}`
    return `${head}.${createSign('RSA-SHA256').update(head).sign(key).toString('base64url')}`
  }

  function granting(asked: URL, profile: Record<string, unknown>): string {
    const code = randomUUID()
    const nonce = asked.searchParams.get('nonce')
    granted.set(code, { sub: String(profile['email']).toLowerCase(), ...(nonce ? { nonce } : {}), ...profile })
    return back(asked, { code, iss: issuer })
  }

  const provider: Provider = {
    issuer,
    says: {},
    here: null,
    authorize: (url, profile) => Promise.resolve(granting(new URL(url), profile)),
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
  return provider
}

const cancelled = (asked: URL): string => back(asked, { error: 'access_denied' })

function back(asked: URL, parameters: Record<string, string>): string {
  const url = new URL(asked.searchParams.get('redirect_uri') ?? '')
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  url.searchParams.set('state', asked.searchParams.get('state') ?? '')
  return url.href
}
