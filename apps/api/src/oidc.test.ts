/** Sign-in by OpenID Connect, against a provider that signs its tokens as a real one does. */
import { onEveryDatabase } from '@keyferry/db/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { OIDC_CLIENT, startProvider } from './testing-oidc.ts'
import { ACCOUNT, emptyApi, type TestApi } from './testing.ts'

onEveryDatabase('sign-in by OIDC', (open) => {
  let provider: Awaited<ReturnType<typeof startProvider>>
  let api: TestApi
  let projectId: string
  beforeEach(async () => {
    provider = await startProvider()
    api = await emptyApi(open, null, {
      oidc: { issuer: provider.issuer, ...OIDC_CLIENT, allowedDomains: ['allowed.example'] },
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
    const { entries } = (await api.send('GET', '/api/v1/audit?action=person.sign-in-failed')).body
    const by = { actor: { kind: 'anonymous' }, address: '127.0.0.1' }
    expect(entries).toMatchObject([
      { ...by, details: { method: 'oidc', problem: 'unable_to_get_user_info' } },
      { ...by, details: { method: 'oidc', problem: 'email_not_found' } },
    ])
  })
})
