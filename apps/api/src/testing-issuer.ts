/** An issuer of machines' tokens and a Kubernetes API server, as one HTTP server on loopback. For tests only. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose'

export interface TokenIssuer {
  url: string
  /** What it answers, by path; an entry replaces what it would say. */
  says: Map<string, { status?: number; body: string }>
  /** Paths that were requested, oldest first. */
  asked: string[]
  /** Its public key. */
  key: JWK
  /** What the last TokenReview was. */
  reviewed: { bearer: string; spec: { token: string; audiences?: string[] } } | null
  /** Who can ask for a TokenReview, beside the tokens that it signed. */
  reviewer: string
  sign(claims: JWTPayload, how?: { key?: CryptoKey; kid?: string; alg?: string; seconds?: number }): Promise<string>
  close(): Promise<void>
}

/** `now`: the clock that its tokens are made by. */
export async function startIssuer(now: () => Date): Promise<TokenIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('RS256')
  const key = { ...(await exportJWK(publicKey)), kid: 'first', use: 'sig' }
  const issued = new Map<string, JWTPayload>()
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    issuer.asked.push(path)
    const answer = (body: unknown, status = 200): void => {
      const said = issuer.says.get(path)
      response.writeHead(said?.status ?? status, { 'content-type': 'application/json' })
      response.end(said?.body ?? JSON.stringify(body))
    }
    if (path === '/.well-known/openid-configuration')
      return answer({ issuer: issuer.url, jwks_uri: `${issuer.url}/keys` })
    if (path === '/keys' || path === '/openid/v1/jwks') return answer({ keys: [key] })
    if (path !== '/apis/authentication.k8s.io/v1/tokenreviews') return answer({}, 404)
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      const bearer = (request.headers.authorization ?? '').replace('Bearer ', '')
      const { spec } = JSON.parse(text)
      issuer.reviewed = { bearer, spec }
      if (bearer !== issuer.reviewer && !issued.has(bearer)) return answer({}, 401)
      answer(review(spec), 201)
    })
  })
  function review(spec: { token: string; audiences?: string[] }) {
    const claims = issued.get(spec.token)
    const audiences = [claims?.aud ?? []].flat().filter((aud) => (spec.audiences ?? ['the cluster']).includes(aud))
    if (!claims || audiences.length === 0) return { status: { error: 'invalid bearer token' } }
    return { status: { authenticated: true, user: { username: claims.sub }, audiences } }
  }
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const issuer: TokenIssuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    says: new Map(),
    asked: [],
    key,
    reviewed: null,
    reviewer: 'the reviewer',
    async sign(claims, { key: other, kid = 'first', alg = 'RS256', seconds = 300 } = {}) {
      const at = Math.floor(now().getTime() / 1000)
      const token = await new SignJWT({ iss: issuer.url, iat: at, exp: at + seconds, ...claims })
        .setProtectedHeader({ alg, kid })
        .sign(other ?? privateKey)
      if (!other) issued.set(token, claims)
      return token
    },
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  }
  return issuer
}
