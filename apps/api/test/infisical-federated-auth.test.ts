/**
 * Machines that sign in without a stored secret, over Infisical's routes: tokens of an issuer and of a cluster, and
 * every wrong one.
 */
import { createPublicKey, createSecretKey, generateKeyPairSync } from 'node:crypto'
import { rotateInstanceKey } from '@keyferry/core'
import { onSqlite } from '@keyferry/db/testing'
import { SYSTEM } from '@keyferry/kernel'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { startIssuer, type TokenIssuer } from '../src/testing-issuer.ts'
import { readyApi, type TestApi } from '../src/testing.ts'

onSqlite('sign-in without a secret', (open) => {
  let api: TestApi
  let issuer: TokenIssuer
  beforeAll(async () => {
    api = await readyApi(open)
    issuer = await startIssuer(api.ctx.now)
  })
  afterAll(async () => {
    await issuer.close()
    await api.close()
  })
  // The audit log lists the first failures of a minute one by one, and counts the rest.
  beforeEach(() => api.clock.advance(60_000))

  const CLAIMS = {
    sub: 'repo:acme/shop:environment:prod',
    aud: 'keyferry',
    repository: 'acme/shop',
    ref: 'refs/heads/main',
  }
  const newMachine = async (): Promise<string> =>
    (await api.send('POST', '/api/v1/identities', { name: 'CI' })).body.identity.id
  const settingsOf = (id: string, method: string) => `/api/v1/auth/${method}/identities/${id}`
  const attach = (id: string, method: string, settings: object) => api.send('POST', settingsOf(id, method), settings)
  let callers = 0
  /** From an address of its own: wrong tokens are limited by address. */
  const login = (identityId: string, method: string, jwt: string) =>
    api.send(
      'POST',
      `/api/v1/auth/${method}/login`,
      { identityId, jwt },
      { token: null, address: `10.1.0.${++callers % 250}` },
    )
  const me = (token: string) => api.send('GET', '/api/v1/me', undefined, { token })
  const problems = async (id: string): Promise<string[]> => {
    const { entries } = (await api.send('GET', '/api/v1/audit?action=identity.sign-in-failed&limit=1000')).body
    return entries
      .map(({ details }: { details: Record<string, string> }) => details)
      .filter(({ identityId }: { identityId: string }) => identityId === id)
      .map(({ problem }: { problem: string }) => problem)
  }
  const oidc = async (settings: object = {}): Promise<string> => {
    const id = await newMachine()
    const attached = await attach(id, 'oidc-auth', {
      oidcDiscoveryUrl: issuer.url,
      boundIssuer: issuer.url,
      boundAudiences: 'keyferry, other',
      boundSubject: 'repo:acme/shop:*',
      boundClaims: { repository: 'acme/*', ref: 'refs/heads/main,refs/tags/*' },
      ...settings,
    })
    expect(attached.status, attached.text).toBe(200)
    return id
  }

  it('gives a token of the issuer an access token, as often as it is sent', async () => {
    const id = await oidc({ accessTokenTTL: 60, accessTokenMaxTTL: 90, accessTokenNumUsesLimit: 3 })
    const jwt = await issuer.sign(CLAIMS)
    const first = await login(id, 'oidc-auth', jwt)
    expect(first.body).toMatchObject({ expiresIn: 60, accessTokenMaxTTL: 90, tokenType: 'Bearer' })
    const keyRequests = () => issuer.asked.filter((path) => path === '/keys').length
    const before = keyRequests()
    const { accessToken } = first.body
    expect((await me(accessToken)).body.me).toMatchObject({ id, name: 'CI', instanceAdmin: false })
    const renewed = await api.send('POST', '/api/v1/auth/token/renew', { accessToken }, { token: null })
    expect(renewed.body).toMatchObject({ accessToken, expiresIn: 60 })
    expect([(await me(accessToken)).status, (await me(accessToken)).status, (await me(accessToken)).status]).toEqual([
      200, 200, 401,
    ])
    const again = (await login(id, 'oidc-auth', jwt)).body.accessToken
    await api.send('POST', '/api/v1/auth/token/revoke', { accessToken: again }, { token: null })
    expect((await me(again)).status).toBe(401)
    const { entries } = (await api.send('GET', '/api/v1/audit?action=identity.sign-in')).body
    expect(entries[0]).toMatchObject({
      actor: { kind: 'identity', id },
      details: { identityId: id, method: 'oidc-auth', subject: CLAIMS.sub },
    })
    // The keys of the first sign-in are kept.
    expect(before).toBeGreaterThan(0)
    expect(keyRequests()).toBe(before)
    expect((await api.send('GET', `/api/v1/identities/${id}`)).body.identity.identity.authMethods).toEqual([
      'oidc-auth',
    ])
    const stored = JSON.stringify([
      await api.ctx.db.selectFrom('federatedTokens').selectAll().execute(),
      await api.ctx.db.selectFrom('audit').selectAll().execute(),
    ])
    for (const secret of [jwt, jwt.split('.')[2]!, again]) expect(stored).not.toContain(secret)
  })

  it('refuses every wrong token, and the audit log says why', async () => {
    const id = await oidc()
    const at = Math.floor(api.ctx.now().getTime() / 1000)
    const { privateKey: strange } = await generateKeyPair('RS256')
    const signed = (claims: JWTPayload) => issuer.sign({ ...CLAIMS, ...claims })
    const good = await issuer.sign(CLAIMS)
    const [head, , signature] = good.split('.')
    const whole = { ...CLAIMS, iss: issuer.url, exp: at + 300 }
    const payload = Buffer.from(JSON.stringify({ ...whole, sub: 'repo:acme/shop:x' })).toString('base64url')
    const publicKey = createPublicKey({ key: issuer.key, format: 'jwk' }).export({ type: 'spki', format: 'pem' })
    const byPublicKey = await new SignJWT(whole)
      .setProtectedHeader({ alg: 'HS256', kid: 'first' })
      .sign(createSecretKey(Buffer.from(publicKey)))
    const wrong: [problem: string, jwt: string][] = [
      ['issuer', await signed({ iss: 'https://elsewhere.example' })],
      ['issuer', await signed({ iss: `${issuer.url}/` })],
      ['audience', await signed({ aud: 'https://elsewhere.example' })],
      ['audience', await signed({ aud: ['a', 'b'] })],
      ['subject', await signed({ sub: 'repo:acme/shopping:environment:prod' })],
      ['subject', await signed({ sub: 'repo:acme/shop:ref:refs/heads/main' })],
      ['claim repository', await signed({ repository: 'acme-evil/shop' })],
      ['claim repository', await signed({ repository: 'acme/shop/deeper' })],
      ['claim ref', await signed({ ref: 'refs/heads/main2' })],
      ['claim ref', await signed({ ref: { name: 'refs/heads/main' } })],
      ['expired', await signed({ exp: at - 60 })],
      ['expiry', await signed({ exp: undefined })],
      ['not yet valid', await signed({ nbf: at + 60 })],
      ['signature', await issuer.sign(CLAIMS, { key: strange })],
      ['signature', `${head}.${payload}.${signature}`],
      ['unknown key', await issuer.sign(CLAIMS, { key: strange, kid: 'second' })],
      ['algorithm', byPublicKey],
      ['algorithm', new UnsecuredJWT(whole).encode()],
      ['unreadable', 'not a token'],
      ['unreadable', `${good}.${good}`],
      ['unreadable', good.slice(0, 40)],
    ]
    for (const [problem, jwt] of wrong) {
      const { status, body } = await login(id, 'oidc-auth', jwt)
      expect([problem, status, body.accessToken]).toEqual([problem, 401, undefined])
      // Only the sender of a token that the issuer signed learns what is wrong with it.
      const isGenuine = !['signature', 'unknown key', 'algorithm', 'unreadable'].includes(problem)
      expect(body.message).toBe(
        isGenuine ? `The token is not accepted for this identity: ${problem}` : 'Invalid credentials',
      )
    }
    expect(new Set(await problems(id))).toEqual(new Set(wrong.map(([problem]) => problem)))
    expect((await login(id, 'oidc-auth', 'x'.repeat(40_000))).status).toBe(422)
    expect((await login(id, 'jwt-auth', good)).body.message).toBe('Invalid credentials')
    expect((await login(crypto.randomUUID(), 'oidc-auth', good)).body.message).toBe('Invalid credentials')
    expect((await login(id, 'oidc-auth', good)).status).toBe(200)
  })

  it('says 503 while the issuer does not answer as one, and calls it no more than now and then', async () => {
    const jwt = await issuer.sign(CLAIMS)
    const metadata = '/.well-known/openid-configuration'
    const answers: Record<string, { status?: number; body: string }> = {
      '/broken': { body: '<html>' },
      '/moved': { status: 302, body: '{}' },
      '/endless': { body: JSON.stringify({ jwks_uri: 'x'.repeat(600_000) }) },
      '/keyless': { body: '{}' },
      // Its metadata must not lead to where machines read their own credentials.
      '/inward': { body: JSON.stringify({ jwks_uri: 'http://169.254.169.254/latest' }) },
    }
    for (const [path, answer] of Object.entries(answers)) {
      issuer.says.set(`${path}${metadata}`, answer)
      const id = await oidc({ oidcDiscoveryUrl: `${issuer.url}${path}` })
      const told = await login(id, 'oidc-auth', jwt)
      expect([path, told.status, (await login(id, 'oidc-auth', jwt)).status]).toEqual([path, 503, 503])
      expect(told.text).not.toContain('127.0.0.1')
      expect(issuer.asked.filter((asked) => asked === `${path}${metadata}`)).toHaveLength(1)
      expect(await problems(id)).not.toEqual([])
    }
    // The machine's clock is set back a year, and six seconds pass.
    const clocks = [
      vi.spyOn(Date, 'now').mockReturnValue(Date.now() - 365 * 86_400_000),
      vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 6_000),
    ]
    const setRight = () => clocks.forEach((clock) => clock.mockRestore())
    onTestFinished(setRight)
    const later = await oidc({ oidcDiscoveryUrl: `${issuer.url}/broken` })
    expect((await login(later, 'oidc-auth', jwt)).status).toBe(503)
    expect(issuer.asked.filter((asked) => asked === `/broken${metadata}`)).toHaveLength(2)
    setRight()
    const metadataHost = await oidc({ oidcDiscoveryUrl: 'http://169.254.169.254' })
    expect((await login(metadataHost, 'oidc-auth', jwt)).status).toBe(503)
    expect((await problems(metadataHost))[0]).toContain('cloud metadata')
  })

  it('takes no settings that would let everybody in, and ends what was attached', async () => {
    const id = await newMachine()
    const bound = { oidcDiscoveryUrl: issuer.url, boundIssuer: issuer.url, boundAudiences: 'keyferry' }
    for (const settings of [
      bound,
      { ...bound, boundSubject: '**' },
      { ...bound, boundClaims: { ref: '*' } },
      { ...bound, boundSubject: 'a', oidcDiscoveryUrl: 'file:///etc/passwd' },
      { ...bound, boundSubject: 'a', boundIssuer: '' },
      { ...bound, boundSubject: 'a', caCert: 'none' },
    ])
      expect((await attach(id, 'oidc-auth', settings)).status).toBe(422)
    expect((await attach(id, 'oidc-auth', { ...bound, boundSubject: 'a', accessTokenTTL: 3_000_000 })).status).toBe(400)

    const here = await oidc()
    expect((await attach(here, 'oidc-auth', { ...bound, boundSubject: 'a' })).body.message).toContain('already')
    const jwt = await issuer.sign(CLAIMS)
    const { accessToken } = (await login(here, 'oidc-auth', jwt)).body
    const elsewhere = [{ ipAddress: '192.0.2.0/24' }]
    const settings = settingsOf(here, 'oidc-auth')
    const changed = await api.send('PATCH', settings, { boundAudiences: 'other', accessTokenTrustedIps: elsewhere })
    expect(changed.body.identityOidcAuth).toMatchObject({ boundSubject: 'repo:acme/shop:*', boundAudiences: 'other' })
    expect((await api.send('GET', settings)).body).toEqual(changed.body)
    expect((await me(accessToken)).status).toBe(401)
    expect((await login(here, 'oidc-auth', jwt)).status).toBe(401)
    expect((await api.send('PATCH', settings, { boundSubject: '', boundClaims: {} })).status).toBe(422)
    // As Infisical's clients send and read them.
    const back = await api.send('PATCH', settings, { accessTokenTrustedIps: [{ ipAddress: '127.0.0.0', prefix: 8 }] })
    const loopback = [{ type: 'ipv4', ipAddress: '127.0.0.0', prefix: 8 }]
    expect(back.body.identityOidcAuth.accessTokenTrustedIps).toEqual(loopback)
    expect((await api.send('GET', settings)).body.identityOidcAuth.accessTokenTrustedIps).toEqual(loopback)
    expect((await me(accessToken)).status).toBe(200)
    expect((await api.send('DELETE', settings)).body.identityOidcAuth.identityId).toBe(here)
    expect((await me(accessToken)).status).toBe(401)
    expect((await api.send('GET', settings)).status).toBe(404)
    expect((await login(here, 'oidc-auth', jwt)).status).toBe(401)
  })

  it('checks JWTs with keys that are given or read, and only with keys that prove something', async () => {
    const pem = createPublicKey({ key: issuer.key, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
    const { kid: _, ...unnamed } = issuer.key
    const jwt = await issuer.sign({
      ...CLAIMS,
      'kubernetes.io': { namespace: 'shop' },
      admin: true,
      groups: ['a', 'b'],
    })
    const other = await exportJWK((await generateKeyPair('RS256')).publicKey)
    const ways = [
      { configurationType: 'static', publicKeys: [pem] },
      // Neither key says its name: each is tried.
      { configurationType: 'static', publicKeys: [JSON.stringify({ keys: [other, unnamed] })] },
      { configurationType: 'jwks', jwksUrl: `${issuer.url}/keys`, boundIssuer: issuer.url },
    ]
    const boundClaims = { 'kubernetes.io.namespace': 'shop', admin: 'true', groups: 'b' }
    for (const way of ways) {
      const id = await newMachine()
      expect((await attach(id, 'jwt-auth', { ...way, boundClaims })).status).toBe(200)
      expect((await login(id, 'jwt-auth', jwt)).status).toBe(200)
      await api.send('PATCH', settingsOf(id, 'jwt-auth'), { boundClaims: { groups: 'c' } })
      expect((await login(id, 'jwt-auth', jwt)).body.message).toContain('claim groups')
    }
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    for (const key of [
      privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      JSON.stringify(privateKey.export({ format: 'jwk' })),
      JSON.stringify({ kty: 'oct', k: 'c2VjcmV0' }),
      'no key',
    ]) {
      const refused = await attach(await newMachine(), 'jwt-auth', { configurationType: 'static', publicKeys: [key] })
      expect(refused.status).toBe(422)
      expect(refused.text).not.toContain(key.slice(0, 20))
    }
    const open = { configurationType: 'jwks', jwksUrl: `${issuer.url}/keys` }
    expect((await attach(await newMachine(), 'jwt-auth', open)).status).toBe(422)
  })

  const POD = { sub: 'system:serviceaccount:shop:deploy', aud: 'the cluster' }
  const cluster = async (settings: object): Promise<string> => {
    const id = await newMachine()
    const attached = await attach(id, 'kubernetes-auth', {
      kubernetesHost: issuer.url,
      allowedNamespaces: 'shop, tools',
      allowedNames: 'deploy',
      allowedAudience: '',
      ...settings,
    })
    expect(attached.status, attached.text).toBe(200)
    expect(attached.text).not.toContain(issuer.reviewer)
    return id
  }

  it('asks a cluster whose tokens it accepts, with a token of its own or with the one that is sent', async () => {
    const pod = await issuer.sign(POD)
    const bySelf = await cluster({})
    expect((await login(bySelf, 'kubernetes-auth', pod)).status).toBe(200)
    expect(issuer.reviewed).toEqual({ bearer: pod, spec: { token: pod } })
    const id = await cluster({ tokenReviewerJwt: issuer.reviewer, allowedAudience: 'keyferry' })
    const bound = await issuer.sign({ ...POD, aud: ['keyferry'] })
    // Sent again at every mount.
    for (let mount = 0; mount < 2; mount++) {
      const { accessToken } = (await login(id, 'kubernetes-auth', bound)).body
      expect((await me(accessToken)).body.me.id).toBe(id)
    }
    expect(issuer.reviewed).toEqual({ bearer: issuer.reviewer, spec: { token: bound, audiences: ['keyferry'] } })
    expect((await login(id, 'kubernetes-auth', pod)).status).toBe(401)

    const reviews = () => issuer.asked.filter((path) => path.endsWith('/tokenreviews')).length
    const before = reviews()
    for (const claims of [
      { ...POD, sub: 'system:serviceaccount:other:deploy' },
      { ...POD, sub: 'system:serviceaccount:shop:other' },
      { ...POD, sub: 'system:node:deploy' },
    ])
      expect((await login(bySelf, 'kubernetes-auth', await issuer.sign(claims))).status).toBe(401)
    expect((await login(bySelf, 'kubernetes-auth', await issuer.sign(POD, { seconds: -60 }))).status).toBe(401)
    expect((await login(bySelf, 'kubernetes-auth', 'not a token')).status).toBe(401)
    // A token that does not even claim to be right costs the cluster nothing.
    expect(reviews()).toBe(before)
    const { privateKey: strange } = await generateKeyPair('RS256')
    const forged = await issuer.sign(POD, { key: strange })
    expect((await login(bySelf, 'kubernetes-auth', forged)).body.message).toBe('Invalid credentials')
    // What the cluster says counts, not what the token says.
    issuer.says.set('/apis/authentication.k8s.io/v1/tokenreviews', {
      body: JSON.stringify({
        status: { authenticated: true, user: { username: 'system:serviceaccount:other:deploy' } },
      }),
    })
    expect((await login(bySelf, 'kubernetes-auth', pod)).status).toBe(401)
    issuer.says.clear()

    const settings = settingsOf(id, 'kubernetes-auth')
    expect((await api.send('GET', settings)).body.identityKubernetesAuth).toMatchObject({
      hasTokenReviewerJwt: true,
      tokenReviewerJwt: null,
    })
    expect(JSON.stringify(await api.ctx.db.selectFrom('federatedAuths').selectAll().execute())).not.toContain(
      issuer.reviewer,
    )
    await rotateInstanceKey(api.ctx, SYSTEM, 'connections')
    expect((await login(id, 'kubernetes-auth', bound)).status).toBe(200)
    await api.send('PATCH', settings, { tokenReviewerJwt: 'of another cluster' })
    expect((await login(id, 'kubernetes-auth', bound)).status).toBe(503)
    await api.send('PATCH', settings, { tokenReviewerJwt: '' })
    expect((await login(id, 'kubernetes-auth', bound)).status).toBe(200)
    const everyPod = { kubernetesHost: issuer.url, allowedNamespaces: '', allowedNames: '*' }
    expect((await attach(await newMachine(), 'kubernetes-auth', everyPod)).status).toBe(422)
  })

  it('checks the tokens of a cluster with its keys', async () => {
    const byKeys = {
      tokenReviewMode: 'jwks',
      clusterIssuer: 'https://kubernetes.default.svc',
      allowedAudience: 'keyferry',
    }
    const claims = { ...POD, iss: 'https://kubernetes.default.svc', aud: ['keyferry'] }
    const given = { ...byKeys, kubernetesHost: null, clusterJwks: JSON.stringify({ keys: [issuer.key] }) }
    const { privateKey: strange } = await generateKeyPair('RS256')
    for (const settings of [byKeys, given]) {
      const id = await cluster(settings)
      const tried = async (sent: JWTPayload, how = {}): Promise<number> =>
        (await login(id, 'kubernetes-auth', await issuer.sign(sent, how))).status
      expect(await tried(claims)).toBe(200)
      expect(await tried({ ...claims, aud: 'the cluster' })).toBe(401)
      expect(await tried({ ...claims, iss: issuer.url })).toBe(401)
      expect(await tried({ ...claims, sub: 'system:serviceaccount:other:deploy' })).toBe(401)
      expect(await tried({ ...claims, exp: undefined })).toBe(401)
      expect(await tried(claims, { key: strange })).toBe(401)
    }
    const lacking = { ...byKeys, kubernetesHost: issuer.url, allowedNames: 'deploy', allowedAudience: '' }
    expect((await attach(await newMachine(), 'kubernetes-auth', lacking)).status).toBe(422)
  })
})
