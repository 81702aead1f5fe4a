/**
 * A machine's whole way, as scripts written for Infisical go it: identity, client secret, `@infisical/sdk` with
 * universal auth, every call of it.
 */
import { InfisicalSDK } from '@infisical/sdk'
import { onEveryDatabase } from '@keyferry/db/testing'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readyApi, type TestApi } from '../src/testing.ts'

onEveryDatabase('universal auth', (open, dialect) => {
  let api: TestApi
  let siteUrl: string
  beforeAll(async () => {
    api = await readyApi(open)
    siteUrl = await api.app.listen({ host: '127.0.0.1', port: 0 })
  })
  afterAll(() => api.close())

  const base = '/api/v1/auth/universal-auth'
  async function machine(
    settings: Record<string, unknown> = {},
    role = 'no-access',
    secret: Record<string, unknown> = {},
  ) {
    const made = await api.send('POST', '/api/v1/identities', { name: 'CI', organizationId: 'any', role })
    const { id } = made.body.identity
    const auth = await api.send('POST', `${base}/identities/${id}`, settings)
    const { clientSecret, clientSecretData } = (
      await api.send('POST', `${base}/identities/${id}/client-secrets`, secret)
    ).body
    return { id, clientId: auth.body.identityUniversalAuth.clientId, clientSecret, clientSecretId: clientSecretData.id }
  }
  const login = (credentials: { clientId: string; clientSecret: string }) =>
    api.send('POST', `${base}/login`, credentials, { token: null })
  const me = (token: string) => api.send('GET', '/api/v1/me', undefined, { token })

  it('serves every call of the SDK', async () => {
    const { id: identityId, ...credentials } = await machine({}, 'admin')
    const sdk = await new InfisicalSDK({ siteUrl }).auth().universalAuth.login(credentials)
    const before = sdk.auth().getAccessToken()
    await sdk.auth().universalAuth.renew()
    expect(sdk.auth().getAccessToken()).toBe(before)
    expect((await me(before ?? '')).body.me).toMatchObject({ id: identityId, name: 'CI', instanceAdmin: true })

    const { id: projectId } = await sdk.projects().create({ projectName: 'Shop', type: 'secret-manager' })
    const invited = await sdk
      .projects()
      .inviteMembers({ projectId, emails: ['ada@example.com', 'bob@example.com'], roleSlugs: ['member'] })
    expect(invited).toMatchObject([{ email: 'ada@example.com', role: 'developer' }])
    await sdk.environments().create({ projectId, name: 'Quality', slug: 'qa' })
    const at = { projectId, environment: 'qa' }
    await sdk.folders().create({ ...at, name: 'api', path: '/' })
    expect(await sdk.folders().listFolders(at)).toMatchObject([{ name: 'api' }])

    const inFolder = { ...at, secretPath: '/api' }
    await sdk.secrets().createSecret('HOST', { ...inFolder, secretValue: 'localhost' })
    // (e) A POST that was repeated says that it is done already.
    await expect(sdk.secrets().createSecret('HOST', { ...inFolder, secretValue: 'localhost' })).rejects.toThrow(
      /already exist/,
    )
    // (c) What breaks a rule is said in words.
    await expect(sdk.secrets().createSecret('A:B', { ...inFolder, secretValue: '' })).rejects.toThrow()
    // (d) Names arrive percent-encoded.
    await sdk.secrets().createSecret('A B%20ü', { ...inFolder, secretValue: 'odd' })
    expect((await sdk.secrets().getSecret({ ...inFolder, secretName: 'A B%20ü' })).secretValue).toBe('odd')
    // (a) `includeImports`, (b) the import that wins comes first.
    for (const environment of ['dev', 'staging']) {
      await sdk.secrets().createSecret('REGION', { projectId, environment, secretValue: environment })
      await api.send('POST', '/api/v2/secret-imports', { ...at, path: '/api', import: { environment, path: '/' } })
    }
    const one = await sdk.secrets().getSecret({ ...inFolder, secretName: 'REGION', includeImports: true })
    expect(one.secretValue).toBe('staging')
    const all = await sdk.secrets().listSecretsWithImports({ ...inFolder, expandSecretReferences: true })
    expect(all.find(({ secretKey }) => secretKey === 'REGION')?.secretValue).toBe('staging')

    await sdk.secrets().updateSecret('HOST', { ...inFolder, secretValue: 'example.com', newSecretName: 'SERVER' })
    await sdk.secrets().deleteSecret('SERVER', inFolder)
    const { secrets } = await sdk.secrets().listSecrets(inFolder)
    expect(secrets.map(({ secretKey }) => secretKey)).toEqual(['A B%20ü'])
  })

  // The embedded profile has no other writer that a transaction could collide with.
  it.runIf(dialect === 'postgres')(
    'retries a transaction that the database rolled back, five times, then answers 503',
    async () => {
      const { clientId, clientSecret } = await machine()
      const { db } = api.ctx
      // A sequence isn't rolled back, so it counts the tries.
      await sql`create sequence collisions`.execute(db)
      await sql`create function collide() returns trigger language plpgsql as ${sql.lit(
        "begin if nextval('collisions') % 8 <> 3 then raise exception 'deadlock detected' using errcode = '40P01'; end if; return new; end",
      )}`.execute(db)
      await sql`create trigger collide before insert on access_tokens execute function collide()`.execute(db)
      const signedIn = await login({ clientId, clientSecret })
      expect(signedIn.status).toBe(200)
      expect(await login({ clientId, clientSecret })).toMatchObject({
        status: 503,
        body: { error: 'ServiceUnavailable' },
      })
      await sql`drop trigger collide on access_tokens`.execute(db)
      expect((await login({ clientId, clientSecret })).status).toBe(200)
    },
  )

  it('gives a machine what its membership says, at once and no longer', async () => {
    const project = (await api.send('POST', '/api/v1/projects', { projectName: 'Narrow' })).body.project
    const { id, ...credentials } = await machine()
    const { accessToken: token } = (await login(credentials)).body
    const read = () =>
      api.send('GET', `/api/v3/secrets/raw?workspaceId=${project.id}&environment=dev&secretPath=/`, undefined, {
        token,
      })
    expect((await read()).status).toBe(404)
    const membership = `/api/v1/projects/${project.id}/identity-memberships/${id}`
    expect((await api.send('POST', membership, { role: 'developer' })).body.identityMembership).toMatchObject({
      kind: 'identity',
      name: 'CI',
    })
    expect((await read()).status).toBe(200)
    await api.send('PATCH', membership, { scopes: [{ environment: 'prod', secretPath: '/**' }] })
    const refused = await read()
    expect(refused.status).toBe(403)
    expect(refused.body).toMatchObject({
      error: 'PermissionDenied',
      message: 'You are not allowed to read-names on secrets in dev:/',
      details: [
        {
          action: 'read-names',
          inverted: false,
          subject: 'secrets',
          conditions: { environment: 'dev', secretPath: '/' },
        },
      ],
    })
    await api.send('DELETE', membership)
    expect((await read()).status).toBe(404)
    // Of two who do the same at once, the second hears that it is done.
    const twice = async (path: string) => {
      const both = await Promise.all([1, 2].map(() => api.send('DELETE', path)))
      return new Set(both.map(({ status }) => status))
    }
    expect(await twice(`${base}/identities/${id}`)).toEqual(new Set([200, 404]))
    expect(await twice(`/api/v1/identities/${id}`)).toEqual(new Set([200, 404]))
    expect((await read()).status).toBe(401)
  })

  it('ends tokens: by time, by renewal’s limit, by uses, by revocation', async () => {
    const timed = await machine({ accessTokenTTL: 60, accessTokenMaxTTL: 90 })
    const first = (await login(timed)).body
    expect(first).toMatchObject({ expiresIn: 60, accessTokenMaxTTL: 90, tokenType: 'Bearer' })
    api.clock.advance(50_000)
    const renewed = await api.send(
      'POST',
      '/api/v1/auth/token/renew',
      { accessToken: first.accessToken },
      { token: null },
    )
    expect(renewed.body).toMatchObject({ accessToken: first.accessToken, expiresIn: 40 })
    api.clock.advance(39_000)
    expect((await me(first.accessToken)).status).toBe(200)
    api.clock.advance(2_000)
    expect((await me(first.accessToken)).status).toBe(401)
    expect(
      (await api.send('POST', '/api/v1/auth/token/renew', { accessToken: first.accessToken }, { token: null })).status,
    ).toBe(401)

    const counted = (await login(await machine({ accessTokenNumUsesLimit: 2 }))).body.accessToken
    expect([(await me(counted)).status, (await me(counted)).status, (await me(counted)).status]).toEqual([
      200, 200, 401,
    ])

    const gone = (await login(await machine())).body.accessToken
    await api.send('POST', '/api/v1/auth/token/revoke', { accessToken: gone }, { token: null })
    expect((await me(gone)).status).toBe(401)
  })

  it('ends client secrets: by uses, by time, by revocation', async () => {
    const once = await machine({}, 'no-access', { numUsesLimit: 1 })
    expect((await login(once)).status).toBe(200)
    expect((await login(once)).status).toBe(401)

    const short = await machine({}, 'no-access', { ttl: 60 })
    api.clock.advance(61_000)
    expect((await login(short)).status).toBe(401)

    const revoked = await machine()
    const { accessToken } = (await login(revoked)).body
    const secrets = `${base}/identities/${revoked.id}/client-secrets`
    const listed = await api.send('GET', secrets)
    expect(listed.body.clientSecretData).toMatchObject([
      { clientSecretPrefix: revoked.clientSecret.slice(0, 4), clientSecretNumUses: 1, isClientSecretRevoked: false },
    ])
    expect(JSON.stringify(listed.body)).not.toContain(revoked.clientSecret)
    expect(
      (await api.send('POST', `${secrets}/${revoked.clientSecretId}/revoke`)).body.clientSecretData
        .isClientSecretRevoked,
    ).toBe(true)
    expect((await login(revoked)).status).toBe(401)
    expect((await me(accessToken)).status).toBe(401)
  })

  // SQLite lets one after the other write.
  it.skipIf(dialect === 'sqlite')('gives nothing by what ends at this moment', async () => {
    const { id, clientSecretId, ...credentials } = await machine()
    const { accessToken } = (await login(credentials)).body
    const { db } = api.ctx
    const waiting = sql<{
      n: string
    }>`select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    type Begin = () => ReturnType<typeof api.send>
    async function statuses(begins: readonly Begin[]): Promise<number[]> {
      const answers = await db.transaction().execute(async (tx) => {
        // Each change waits for the end of the audit log before it commits.
        await sql`select from audit_head for update`.execute(tx)
        const begun: ReturnType<Begin>[] = []
        for (const begin of begins) {
          begun.push(begin())
          await expect.poll(async () => Number((await waiting.execute(db)).rows[0]?.n)).toBe(begun.length)
        }
        return begun
      })
      return (await Promise.all(answers)).map(({ status }) => status)
    }
    const identity = `${base}/identities/${id}`
    const revoked = await statuses([
      () => api.send('POST', `${identity}/client-secrets/${clientSecretId}/revoke`),
      () => login(credentials),
      () => api.send('POST', '/api/v1/auth/token/renew', { accessToken }, { token: null }),
    ])
    expect(revoked).toEqual([200, 401, 401])
    // Attached once more, it would work again.
    const detached = await statuses([
      () => api.send('DELETE', identity),
      () => api.send('POST', `${identity}/client-secrets`, {}),
    ])
    expect(detached).toEqual([200, 404])
  })

  it('locks nobody out unless that is configured', async () => {
    const { clientId, clientSecret } = await machine()
    for (let attempt = 0; attempt < 5; attempt++) await login({ clientId, clientSecret: 'wrong' })
    expect((await login({ clientId, clientSecret })).status).toBe(200)
  })

  it('locks an identity out after three wrong secrets if asked to, and says the same whatever is wrong', async () => {
    const { clientId, clientSecret } = await machine({ lockoutEnabled: true })
    const wrong = await login({ clientId, clientSecret: 'wrong' })
    const unknown = await login({ clientId: crypto.randomUUID(), clientSecret: 'wrong' })
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(wrong.body.message).toBe('Invalid credentials')
    expect(unknown.body.message).toBe(wrong.body.message)
    // Wrong ones that are far apart do not add up.
    api.clock.advance(31_000)
    for (let attempt = 0; attempt < 2; attempt++) await login({ clientId, clientSecret: 'wrong' })
    expect((await login({ clientId, clientSecret })).status).toBe(200)
    for (let attempt = 0; attempt < 3; attempt++) await login({ clientId, clientSecret: 'wrong' })
    const locked = await login({ clientId, clientSecret })
    expect(locked.status).toBe(401)
    // Someone guessing learns neither that the identity exists nor that the last guess was right; the operator does.
    expect(locked.body.message).toBe('Invalid credentials')
    const { entries } = (await api.send('GET', '/api/v1/audit?action=identity.lock-out')).body
    expect(entries[0]).toMatchObject({ action: 'identity.lock-out', address: '127.0.0.1' })
    api.clock.advance(301_000)
    expect((await login({ clientId, clientSecret })).status).toBe(200)
    // The clock was two days ahead, and is set right.
    for (let attempt = 0; attempt < 3; attempt++) await login({ clientId, clientSecret: 'wrong' })
    api.clock.advance(-48 * 3_600_000)
    expect((await login({ clientId, clientSecret })).status).toBe(200)
    api.clock.advance(48 * 3_600_000)
  })

  it('lets machines in from the addresses they may come from', async () => {
    const elsewhere = [{ ipAddress: '192.0.2.0/24' }]
    const stranger = await machine({ clientSecretTrustedIps: elsewhere, lockoutEnabled: true })
    for (let attempt = 0; attempt < 5; attempt++) {
      expect((await login({ ...stranger, clientSecret: 'wrong' })).status).toBe(401)
    }
    // It was not locked out from there, and only the right secret learns where it may be used.
    expect((await login(stranger)).status).toBe(403)
    const { accessToken } = (await login(await machine({ accessTokenTrustedIps: elsewhere }))).body
    expect((await me(accessToken)).status).toBe(401)
    const here = [{ ipAddress: '127.0.0.0/8' }]
    const ok = (await login(await machine({ clientSecretTrustedIps: here, accessTokenTrustedIps: here }))).body
      .accessToken
    expect((await me(ok)).status).toBe(200)
  })

  it('keeps neither secrets nor tokens in the clear', async () => {
    const made = await machine()
    const { accessToken } = (await login(made)).body
    const { db } = api.ctx
    const stored = JSON.stringify([
      await db.selectFrom('clientSecrets').selectAll().execute(),
      await db.selectFrom('accessTokens').selectAll().execute(),
      await db.selectFrom('universalAuths').selectAll().execute(),
      await db.selectFrom('audit').selectAll().execute(),
    ])
    expect(stored).not.toContain(made.clientSecret)
    expect(stored).not.toContain(accessToken)
  })
})
