/** Sign-in by OpenID Connect, against a provider that signs its tokens as a real one does. */
import { createAuth, makeResetLink, makeSignInLink, removeUnconfirmed, type GroupRole } from '@keyferry/access/sign-in'
import { amend, withOwnNames } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { OnlyByProvider } from '@keyferry/kernel'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import { OIDC_CLIENT, startProvider } from '../src/testing-oidc.ts'
import { ACCOUNT, emptyApi, type TestApi } from '../src/testing.ts'

onEveryDatabase('sign-in by OIDC', (open, dialect) => {
  let provider: Awaited<ReturnType<typeof startProvider>>
  let api: TestApi
  let projectId: string
  beforeEach(async () => {
    provider = await startProvider()
    api = await emptyApi(open, null, { oidc: { ...known(), only: false, groups } })
    const { body } = await api.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
    api.token = body.identity.credentials.token
    projectId = (await api.send('POST', '/api/v1/projects', { projectName: 'Shop' })).body.project.id
  })
  afterEach(async () => {
    await api.close()
    await provider.close()
  })

  const known = () => ({
    issuer: provider.issuer,
    ...OIDC_CLIENT,
    allowedDomains: ['allowed.example'],
    strength: { acr: [], amr: [] },
  })
  /** The slug of the project is not known before it is made; the mapping is read at each sign-in. */
  const roles: GroupRole[] = []
  const groups = { claim: 'groups', roles }
  const headers = { origin: 'http://127.0.0.1:4400', host: '127.0.0.1:4400' }
  const cookies = (set: string | string[] | undefined) =>
    [set ?? '']
      .flat()
      .map((line) => line.split(';', 1)[0])
      .join('; ')

  /** The whole way of a browser. Resolves to the cookies it has then. */
  async function sessionOf(profile: Record<string, unknown>): Promise<string> {
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
    return cookies(done.headers['set-cookie'])
  }

  /** Resolves to who they are then, or to null. */
  async function signIn(profile: Record<string, unknown>) {
    const session = await sessionOf(profile)
    const me = await api.send('GET', '/api/v1/me', undefined, { token: null, headers: { cookie: session } })
    return me.status === 200 ? me.body.me : null
  }

  it('lets in who was invited, with what they were invited to', async () => {
    await api.send('POST', `/api/v1/projects/${projectId}/invitations`, { email: 'bob@example.com', role: 'developer' })
    const me = await signIn({ email: 'Bob@example.com', email_verified: true, name: 'Bob' })
    expect(me).toMatchObject({
      email: 'bob@example.com',
      instanceAdmin: false,
      grants: [{ projectId, role: 'developer' }],
    })
    expect((await api.send('GET', `/api/v1/projects/${projectId}/invitations`)).body.invitations).toEqual([])
    const { entries } = (await api.send('GET', '/api/v1/audit?actor=bob@example.com')).body
    const by = { actor: { kind: 'user', id: me.id, name: 'bob@example.com' }, address: '127.0.0.1' }
    expect(entries).toHaveLength(4)
    expect(entries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          ...by,
          action: 'invitation.accept',
          projectId,
          details: expect.objectContaining({ role: 'developer' }),
        }),
        expect.objectContaining({ ...by, action: 'person.create' }),
        expect.objectContaining({ ...by, action: 'person.link-oidc' }),
        expect.objectContaining({
          ...by,
          action: 'person.sign-in',
          details: expect.objectContaining({ method: 'oidc' }),
        }),
      ]),
    )
  })

  it('gives and takes the roles of groups at each sign-in, and leaves those given by hand', async () => {
    const { slug } = (await api.send('GET', `/api/v1/projects/${projectId}`)).body.project
    roles.length = 0
    roles.push({ group: 'dev', project: slug, role: 'developer' }, { group: 'ops', project: slug, role: 'admin' })
    const bob = (...names: string[]) =>
      signIn({ email: 'bob@example.com', email_verified: true, name: 'Bob', groups: names })
    expect(await bob('sales')).toBeNull()
    expect(await bob('dev', 'sales')).toMatchObject({ grants: [{ projectId, role: 'developer' }] })
    expect(await bob('dev', 'ops')).toMatchObject({ grants: [{ projectId, role: 'admin' }] })
    expect(await bob('dev')).toMatchObject({ grants: [{ projectId, role: 'developer' }] })
    expect(await bob()).toMatchObject({ grants: [] })
    const { entries } = (await api.send('GET', '/api/v1/audit?action=member.')).body
    expect(
      entries.map(({ action, details }: { action: string; details: { by: string } }) => [action, details.by]),
    ).toEqual(['member.remove', 'member.update', 'member.update', 'member.add'].map((action) => [action, 'group']))
    await bob('dev')
    const [member] = (await api.send('GET', `/api/v1/projects/${projectId}/memberships`)).body.memberships
    await api.send('PATCH', `/api/v1/projects/${projectId}/memberships/${member.id}`, { role: 'viewer' })
    expect(await bob('ops')).toMatchObject({ grants: [{ projectId, role: 'viewer' }] })
    expect(await bob()).toMatchObject({ grants: [{ projectId, role: 'viewer' }] })

    // Who never signs in again keeps no role of a group, nor do their API keys; each sign-in confirms it.
    const day = 24 * 3_600_000
    const eve = () => signIn({ email: 'eve@allowed.example', email_verified: true, name: 'Eve', groups: ['dev'] })
    const people = async () =>
      (await api.send('GET', `/api/v1/projects/${projectId}/memberships`)).body.memberships.map(
        ({ email }: { email: string }) => email,
      )
    await eve()
    for (let days = 0; days < 40; days += 20) {
      api.clock.advance(20 * day)
      await eve()
      await removeUnconfirmed(api.ctx, 30 * day)
    }
    expect(await people()).toEqual(expect.arrayContaining(['bob@example.com', 'eve@allowed.example']))
    api.clock.advance(31 * day)
    // Nor does somebody who writes to the database confirm one.
    const edit = { updatedAt: api.ctx.now().toISOString() }
    await api.ctx.db.updateTable('memberships').set(edit).execute()
    await removeUnconfirmed(api.ctx, 30 * day)
    const left = await people()
    expect(left).toContain('bob@example.com')
    expect(left).not.toContain('eve@allowed.example')
    const [removed] = (await api.send('GET', '/api/v1/audit?action=member.remove&limit=1')).body.entries
    expect(removed).toMatchObject({
      actor: { kind: 'system' },
      details: { name: 'eve@allowed.example', by: 'group', unconfirmed: true },
    })
  })

  it('ends what somebody else set up in an account before the provider vouched for its address', async () => {
    const post = (url: string, body: object, cookie = '') =>
      api.send('POST', url, body, { token: null, headers: { ...headers, cookie } })
    const me = async (cookie: string) =>
      (await api.send('GET', '/api/v1/me', undefined, { token: null, headers: { ...headers, cookie } })).status
    const email = 'alice@example.com'
    const password = 'the inviter knows this'
    const { link } = (await api.send('POST', `/api/v1/projects/${projectId}/invitations`, { email, role: 'developer' }))
      .body
    const token = new URL(link).searchParams.get('token')
    await post('/api/v1/people/invitations/accept', { token, name: 'Alice', password })
    const byPassword = () => post('/api/auth/sign-in/email', { email, password })
    const session = cookies((await byPassword()).headers['set-cookie'])
    const key = await post('/api/v1/api-keys', { name: 'k', grants: [{ projectId, role: 'developer' }] }, session)
    const enabled = await post('/api/auth/two-factor/enable', { password }, session)
    expect(enabled.status).toBe(200)
    const byKey = () => api.send('GET', '/api/v1/me', undefined, { token: key.body.token })
    expect([await me(session), (await byKey()).status]).toEqual([200, 200])

    const alice = { email: 'Alice@example.com', email_verified: true, name: 'Alice' }
    // What the provider does not vouch for, or somebody else signed, proves nothing.
    await signIn({ ...alice, email_verified: false })
    await signIn({ ...alice, forged: true })
    expect(await me(session)).toBe(200)
    expect(await signIn(alice)).toMatchObject({ email, grants: [{ projectId, role: 'developer' }] })
    expect([await me(session), (await byKey()).status, (await byPassword()).status]).toEqual([401, 401, 401])
    const { entries } = (await api.send('GET', '/api/v1/audit?action=person.address-proven')).body
    expect(entries).toMatchObject([
      { actor: { name: email }, address: '127.0.0.1', details: { by: 'oidc', apiKeys: ['k'] } },
    ])
    const people = async () => (await api.send('GET', '/api/v1/people')).body.people
    expect((await people())[1]).toMatchObject({ email, emailVerified: true, twoFactor: false })

    // The same person again: what they set meanwhile stays. Another person of the provider with the address: it changes
    // hands.
    const own = await sessionOf(alice)
    expect(await signIn(alice)).not.toBeNull()
    expect(await me(own)).toBe(200)
    expect(await signIn({ ...alice, sub: 'somebody else' })).toMatchObject({ email })
    expect(await me(own)).toBe(401)
    expect(await people()).toHaveLength(2)
  })

  // The store does not decide the rest.
  if (dialect === 'postgres') return

  it('is offered', async () => {
    expect((await api.send('GET', '/api/status')).body.signInWith).toEqual(['password', 'oidc'])
    const leadsTo = async (page: string) => {
      const asked = { provider: 'oidc', callbackURL: '/', errorCallbackURL: page }
      return (await api.send('POST', '/api/auth/sign-in/social', asked, { token: null, headers })).status
    }
    expect(await leadsTo('/sign-in?next=%2Fp%2F1')).toBe(200)
    // Whatever a browser makes of a path: back from the provider it stays on this host.
    for (const page of ['/..//evil.test', '/\t/evil.test', '//evil.test', '/\\evil.test', 'https://evil.test'])
      expect(await leadsTo(page), page).toBe(422)
  })

  it('lets in an allowed domain, and an account that is there already', async () => {
    const carol = { sub: 'carol', email_verified: true, name: 'Carol' }
    const made = await signIn({ ...carol, email: 'carol@allowed.example' })
    expect(made).toMatchObject({ email: 'carol@allowed.example', grants: [] })
    // She has another address at the provider now, and is who she was.
    expect(await signIn({ ...carol, email: 'carol@elsewhere.example' })).toMatchObject({ id: made.id })
    expect(await signIn({ ...carol, email: 'carol@elsewhere.example', email_verified: false })).toBeNull()
    expect(await signIn({ ...carol, sub: 'another', email: 'carol@elsewhere.example' })).toBeNull()
    expect(await signIn({ email: ACCOUNT.email, email_verified: true, name: 'Ada' })).toMatchObject({
      instanceAdmin: true,
    })
  })

  it('signs nobody in to the account of whom another provider calls the same', async () => {
    const dora = { sub: '7', email: 'dora@allowed.example', email_verified: true, name: 'Dora' }
    const { id } = await signIn(dora)
    const next = await startProvider()
    const baseUrl = headers.origin
    const oidc = { ...known(), issuer: next.issuer, only: false, groups: null }
    const moved = createAuth({ ctx: api.ctx, rootKey: api.authKey, baseUrl, oidc })
    const begun = await moved.handler(
      new Request(`${baseUrl}/api/auth/sign-in/social`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ provider: 'oidc', callbackURL: '/' }),
      }),
    )
    const { url } = z.object({ url: z.string() }).parse(await begun.json())
    const { pathname, search } = new URL(await next.authorize(url, { ...dora, email: 'eric@allowed.example' }))
    const cookie = cookies(begun.headers.getSetCookie())
    const done = await moved.handler(new Request(`${baseUrl}${pathname}${search}`, { headers: { ...headers, cookie } }))
    const session = cookies(done.headers.getSetCookie())
    const me = await api.send('GET', '/api/v1/me', undefined, { token: null, headers: { cookie: session } })
    expect(me.body.me).toMatchObject({ email: 'eric@allowed.example' })
    await next.close()
    const ended = (await api.send('GET', '/api/v1/audit?action=person.unlink-oidc')).body.entries
    expect(ended).toMatchObject([{ details: { userId: id, email: dora.email } }])
  })

  it('takes a person only from the issuer that was named, once, and signed in as strongly as is required', async () => {
    const ada = { email: ACCOUNT.email, email_verified: true, name: 'Ada' }
    const withProvider = async (strength: { acr: string[]; amr: string[] }) =>
      emptyApi(open, null, { oidc: { ...known(), only: false, groups: null, strength } })
    expect(await signIn({ ...ada, nonce: 'of another sign-in' })).toBeNull()
    expect(await signIn({ ...ada, aud: 'another client' })).toBeNull()
    expect(await signIn({ ...ada, exp: Math.floor(Date.now() / 1000) - 60 })).toBeNull()

    const first = api
    provider.says = { issuer: 'https://another.example' }
    api = await withProvider({ acr: [], amr: [] })
    await api.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
    const refused = await api.send(
      'POST',
      '/api/auth/sign-in/social',
      { provider: 'oidc', callbackURL: '/' },
      { token: null, headers },
    )
    expect([refused.status, refused.body.code]).toEqual([403, 'ANOTHER_ISSUER'])
    await api.close()

    // Its metadata cannot be read at the start.
    provider.says = { authorization_endpoint: undefined }
    api = await withProvider({ acr: ['urn:strong'], amr: ['otp', 'hwk'] })
    await api.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
    const asked = { provider: 'oidc', callbackURL: '/' }
    const away = await api.send('POST', '/api/auth/sign-in/social', asked, { token: null, headers })
    expect([away.status, away.body.error]).toEqual([503, 'ServiceUnavailable'])
    provider.says = {}
    expect(await signIn(ada)).toBeNull()
    expect(await signIn({ ...ada, acr: 'urn:strong' })).toBeNull()
    expect(await signIn({ ...ada, acr: 'urn:weak', amr: ['hwk'] })).toBeNull()
    expect(await signIn({ ...ada, acr: 'urn:strong', amr: ['pwd', 'hwk'] })).toMatchObject({ email: ACCOUNT.email })
    await api.close()
    api = first
  })

  it('is the only way in where passwords are switched off, but for a link that an operator makes', async () => {
    const byPassword = (path: string, body: object) =>
      api.send('POST', `/api/auth/${path}`, body, { token: null, headers })
    const before = cookies((await byPassword('sign-in/email', ACCOUNT)).headers['set-cookie'])
    const only = createAuth({
      ctx: api.ctx,
      rootKey: api.authKey,
      baseUrl: 'http://127.0.0.1:4400',
      oidc: { ...known(), only: true, groups: null },
    })
    expect(only.signInWith).toEqual(['oidc'])
    const ask = (path: string, body: object, cookie = '') =>
      only.handler(
        new Request(`http://127.0.0.1:4400/api/auth/${path}`, {
          method: 'POST',
          headers: { ...headers, cookie, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        }),
      )
    for (const path of [
      'sign-in/email',
      'request-password-reset',
      'reset-password',
      'change-password',
      'two-factor/enable',
      'passkey/verify-authentication',
    ])
      await expect(ask(path, { ...ACCOUNT, token: 'x', newPassword: 'a long password' })).rejects.toThrow(
        OnlyByProvider,
      )
    // Nor with the password in Infisical's command line.
    await expect(only.client.signIn(ACCOUNT, null)).rejects.toThrow(OnlyByProvider)
    // Sessions that began with a password end, before anything of theirs is answered or changed.
    const renamed = await ask('update-user', { name: 'Still here' }, before)
    expect(renamed.status).toBe(401)
    expect(await only.actorOf(new Headers({ cookie: before }), null)).toBeNull()
    expect((await api.send('GET', '/api/v1/me', undefined, { token: null, headers: { cookie: before } })).status).toBe(
      401,
    )
    const [{ id: userId }] = (await api.send('GET', '/api/v1/people')).body.people
    await expect(makeResetLink(api.ctx, only, api.actor, { userId })).rejects.toThrow(OnlyByProvider)

    const { link } = await makeSignInLink(api.ctx, only, api.actor, { email: ACCOUNT.email })
    const token = new URL(link).searchParams.get('token') ?? ''
    const both = await Promise.all([ask('sign-in-link', { token }), ask('sign-in-link', { token })])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400])
    const cookie = cookies(both.flatMap((answer) => answer.headers.getSetCookie()))
    expect(await only.actorOf(new Headers({ cookie }), null)).toMatchObject({ name: ACCOUNT.email })
  })

  it('ends a session after a day, so that the provider decides again', async () => {
    const cookie = await sessionOf({ email: ACCOUNT.email, email_verified: true, name: 'Ada' })
    const me = async () => (await api.send('GET', '/api/v1/me', undefined, { token: null, headers: { cookie } })).status
    const began = async (hours: number) => {
      const sessions = withOwnNames(api.ctx.db).withTables<{ session: { id: string } }>()
      for (const { id } of await sessions.selectFrom('session').select('id').execute())
        await amend(sessions, 'session', id, { createdAt: new Date(Date.now() - hours * 3_600_000).toISOString() })
    }
    await began(23)
    expect(await me()).toBe(200)
    await began(25)
    expect(await me()).toBe(401)
  })

  it('lets nobody else in', async () => {
    expect(await signIn({ email: 'eve@example.com', email_verified: true, name: 'Eve' })).toBeNull()
    expect(await signIn({ email: 'eve@notallowed.example', email_verified: true, name: 'Eve' })).toBeNull()
    // An address that the provider does not vouch for is anybody's.
    expect(await signIn({ email: 'eve@allowed.example', email_verified: false, name: 'Eve' })).toBeNull()
    expect(await signIn({ email: ACCOUNT.email, email_verified: false, name: 'Eve' })).toBeNull()
    expect(await signIn({ email: ACCOUNT.email, email_verified: true, name: 'Eve', forged: true })).toBeNull()
    expect((await api.send('GET', '/api/v1/people')).body.people).toHaveLength(1)
    const { entries } = (await api.send('GET', '/api/v1/audit?action=person.sign-in-failed')).body
    const by = { actor: { kind: 'anonymous' }, address: '127.0.0.1' }
    expect(entries).toMatchObject([
      { ...by, details: { method: 'oidc', problem: 'unable_to_get_user_info' } },
      { ...by, details: { method: 'oidc', problem: 'email_not_found' } },
    ])
  })
})
