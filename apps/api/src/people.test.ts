import { runSync } from '@keyferry/core'
import { startEmulator } from '@keyferry/core/emulators/trigger-dev'
import { amend, withOwnNames } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { totp } from '@keyferry/vitest/totp'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { softAuthenticator } from './testing-passkey.ts'
import { ACCOUNT, emptyApi, newProject, readyApi, type TestApi } from './testing.ts'

interface AuditEntry {
  action: string
  actor: { name: string }
  details: Record<string, string>
}
interface Mail {
  to: string
  subject: string
  text: string
}

onEveryDatabase('people', (open) => {
  let api: TestApi
  let projectId: string
  const mails: Mail[] = []
  beforeEach(async () => {
    mails.length = 0
    const mail = {
      send(sent: Mail) {
        mails.push(sent)
        return Promise.resolve()
      },
    }
    api = await emptyApi(open, null, { mail, baseUrl: 'http://localhost:4400', bannedWords: ['Project Zephyr'] })
    const { body } = await api.send('POST', '/api/v1/admin/bootstrap', ACCOUNT)
    api.token = body.identity.credentials.token
    projectId = (await api.send('POST', '/api/v1/projects', { projectName: 'Shop' })).body.project.id
  })
  afterEach(() => api.close())

  const page = { origin: 'http://localhost:4400', host: 'localhost:4400' }
  const password = 'a long enough password'
  const tokenOf = (link: string) => new URL(link).searchParams.get('token') ?? ''
  const cookieOf = (headers: { 'set-cookie'?: string | string[] | undefined }) =>
    [headers['set-cookie'] ?? '']
      .flat()
      .map((line) => line.split(';', 1)[0])
      .join('; ')
  /** An authenticator app's code lasts as long as its test. */
  function stopClock(): void {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
  }
  const auth = (path: string, body: unknown, cookie?: string) =>
    api.send('POST', `/api/auth/${path}`, body, { token: null, headers: { ...page, ...(cookie ? { cookie } : {}) } })
  async function signIn(email: string, secret = password) {
    const answer = await auth('sign-in/email', { email, password: secret })
    return { status: answer.status, body: answer.body, cookie: cookieOf(answer.headers) }
  }
  /** As a person, by cookie. */
  const as = (cookie: string) => (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: unknown) =>
    api.send(method, url, body, { token: null, headers: { ...page, cookie } })
  const invite = (email: string, role: string, scopes: unknown = null) =>
    api.send('POST', `/api/v1/projects/${projectId}/invitations`, { email, role, scopes })
  const accept = (link: string, secret = password) =>
    api.send(
      'POST',
      '/api/v1/people/invitations/accept',
      { token: tokenOf(link), name: 'Bob', password: secret },
      { token: null },
    )
  /** What the last mail to that address leads to: nobody else gets it. */
  const linkTo = (email: string) => {
    const text = mails.findLast(({ to }) => to === email)?.text ?? ''
    return /http\S+/.exec(text)?.[0] ?? ''
  }
  /** Resolves to the link of the mail. */
  async function invited(email: string, role: string, scopes: unknown = null) {
    expect((await invite(email, role, scopes)).body).toMatchObject({ link: null, mailed: true })
    return linkTo(email)
  }
  async function invitedAsAdmin(email: string) {
    await api.send('POST', '/api/v1/people/invitations', { email, instanceAdmin: true })
    return linkTo(email)
  }
  async function join(email: string, role: string, scopes: unknown = null) {
    await accept(await invited(email, role, scopes))
    return as((await signIn(email)).cookie)
  }
  /** As if a mail had proven the address before. */
  async function prove(email: string) {
    const accounts = withOwnNames(api.ctx.db).withTables<{ user: { id: string; email: string } }>()
    const { id } = await accounts.selectFrom('user').where('email', '=', email).select('id').executeTakeFirstOrThrow()
    await amend(accounts, 'user', id, { emailVerified: 1 })
  }
  const memberOf = async (email: string) =>
    (await api.send('GET', `/api/v1/projects/${projectId}/memberships`)).body.memberships.find(
      (member: { email: string }) => member.email === email,
    )

  it('come by invitation: a link that works once, which only their mailbox gets', async () => {
    const { body } = await invite('Bob@Example.com', 'developer')
    expect(body).toMatchObject({
      member: null,
      link: null,
      mailed: true,
      invitation: { email: 'bob@example.com', role: 'developer' },
    })
    expect(mails).toMatchObject([{ to: 'bob@example.com' }])
    const link = linkTo('bob@example.com')
    expect(JSON.stringify(body)).not.toContain(tokenOf(link))
    const stored = JSON.stringify(await api.ctx.db.selectFrom('invitations').selectAll().execute())
    expect(stored).not.toContain(tokenOf(link))

    expect((await accept(link, 'short')).status).toBe(422)
    expect((await accept(link)).body).toEqual({ email: 'bob@example.com' })
    expect((await accept(link)).status).toBe(404)
    const bob = as((await signIn('bob@example.com')).cookie)
    expect((await bob('GET', '/api/v1/me')).body.me).toMatchObject({
      instanceAdmin: false,
      grants: [{ projectId, role: 'developer', scopes: null }],
    })
    expect((await bob('POST', '/api/v1/projects', { projectName: 'Mine' })).status).toBe(403)
    // With an account one is a member at once.
    const other = (await api.send('POST', '/api/v1/projects', { projectName: 'Other' })).body.project
    const again = await api.send('POST', `/api/v1/projects/${other.id}/invitations`, {
      email: 'bob@example.com',
      role: 'viewer',
    })
    expect(again.body).toMatchObject({ member: { email: 'bob@example.com', role: 'viewer' }, link: null })
    expect((await bob('GET', '/api/v1/projects')).body.projects).toHaveLength(2)
  })

  it('are not let in by an invitation that is old, replaced or taken back', async () => {
    const first = await invited('bob@example.com', 'viewer')
    const second = (await invite('bob@example.com', 'admin')).body
    expect((await accept(first)).status).toBe(404)
    await api.send('DELETE', `/api/v1/projects/${projectId}/invitations/${second.invitation.id}`)
    expect((await accept(linkTo('bob@example.com'))).status).toBe(404)
    const third = await invited('bob@example.com', 'admin')
    api.clock.advance(8 * 24 * 3_600_000)
    expect((await accept(third)).status).toBe(404)
    expect((await signIn('bob@example.com')).status).toBe(401)
  })

  it('are told what a link is for before they take it, and take it up signed in when they have an account', async () => {
    const open = (link: string) =>
      api.send('POST', '/api/v1/people/invitations/open', { token: tokenOf(link) }, { token: null })
    const scopes = [{ environment: 'dev', secretPath: '/api/**' }]
    const link = await invited('bob@example.com', 'developer', scopes)
    expect((await open(link)).body).toMatchObject({
      email: 'bob@example.com',
      project: 'Shop',
      role: 'developer',
      scopes,
      instanceAdmin: false,
      hasAccount: false,
    })
    const other = await invitedAsAdmin('bob@example.com')
    expect((await accept(link)).status).toBe(200)
    expect((await open(link)).status).toBe(404)

    expect((await open(other)).body).toMatchObject({ project: null, role: null, instanceAdmin: true, hasAccount: true })
    const path = '/api/v1/people/invitations/accept'
    expect((await api.send('POST', path, { token: tokenOf(other) }, { token: null })).status).toBe(400)
    const bob = as((await signIn('bob@example.com')).cookie)
    expect((await bob('POST', path, { token: tokenOf(other) })).body).toEqual({ email: 'bob@example.com' })
    expect((await bob('GET', '/api/v1/me')).body.me).toMatchObject({ instanceAdmin: true })

    const bare = await invited('carl@example.com', 'viewer')
    const refused = await api.send('POST', path, { token: tokenOf(bare) }, { token: null })
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('a name and a password')])
    expect((await open(bare)).status).toBe(200)
  })

  it('see names without values as viewers, and nothing outside of their place', async () => {
    const secret = (environment: string) =>
      `/api/v3/secrets/raw/KEY?workspaceId=${projectId}&environment=${environment}&secretPath=/`
    for (const environment of ['dev', 'prod']) {
      await api.send('POST', '/api/v3/secrets/raw/KEY', {
        workspaceId: projectId,
        environment,
        secretValue: `canary ${environment}`,
      })
    }
    const viewer = await join('viewer@example.com', 'viewer')
    const seen = await viewer('GET', secret('prod'))
    expect(seen.body.secret).toMatchObject({
      secretKey: 'KEY',
      secretValueHidden: true,
      secretValue: '<hidden-by-infisical>',
    })
    const list = await viewer(
      'GET',
      `/api/v3/secrets/raw?workspaceId=${projectId}&environment=prod&expandSecretReferences=true`,
    )
    expect(list.body.secrets).toMatchObject([{ secretKey: 'KEY', secretValueHidden: true }])
    expect(list.text).not.toContain('canary')

    const narrowed = await join('narrowed@example.com', 'developer', [{ environment: 'dev' }])
    expect((await narrowed('GET', secret('dev'))).body.secret.secretValue).toBe('canary dev')
    expect((await narrowed('GET', secret('prod'))).status).toBe(403)
    expect((await narrowed('GET', `/api/v1/projects/${projectId}`)).body.project.environments).toMatchObject([
      { slug: 'dev' },
    ])
    // Neither by a reference of their own, nor by one that somebody else wrote, nor by an import.
    const write = (secretValue: string) =>
      narrowed('POST', '/api/v3/secrets/raw/STOLEN', { workspaceId: projectId, environment: 'dev', secretValue })
    expect((await write('${prod.KEY}')).status).toBe(403)
    const imported = await narrowed('POST', '/api/v2/secret-imports', {
      projectId,
      environment: 'dev',
      path: '/',
      import: { environment: 'prod', path: '/' },
    })
    expect(imported.status).toBe(403)
    await api.send('POST', '/api/v3/secrets/raw/LINK', {
      workspaceId: projectId,
      environment: 'dev',
      secretValue: '${prod.KEY}',
    })
    const expanded = await narrowed(
      'GET',
      `/api/v3/secrets/raw?workspaceId=${projectId}&environment=dev&expandSecretReferences=true`,
    )
    expect(expanded.status).toBe(403)
    expect(expanded.text).not.toContain('canary')
    await api.send('POST', '/api/v2/secret-imports', {
      projectId,
      environment: 'dev',
      path: '/',
      import: { environment: 'prod', path: '/' },
    })
    const through = await narrowed(
      'GET',
      `/api/v3/secrets/raw?workspaceId=${projectId}&environment=dev&include_imports=true`,
    )
    expect(through.text).not.toContain('canary prod')
  })

  it('stand behind syncs: without a reader a sync stops and says so, until someone takes it over', async () => {
    const vendor = await startEmulator()
    const bob = await join('bob@example.com', 'admin')
    const set = (secretValue: string) =>
      api.send('PATCH', '/api/v3/secrets/raw/KEY', { workspaceId: projectId, environment: 'dev', secretValue })
    await api.send('POST', '/api/v3/secrets/raw/KEY', {
      workspaceId: projectId,
      environment: 'dev',
      secretValue: 'one',
    })
    const connection = await bob('POST', '/api/v1/app-connections/trigger-dev', {
      name: 'theirs',
      method: 'api-key',
      credentials: vendor.credentials,
      projectId,
    })
    const base = '/api/v1/secret-syncs/trigger-dev'
    const made = await bob('POST', base, {
      name: 'sync',
      projectId,
      connectionId: connection.body.appConnection.id,
      environment: 'dev',
      secretPath: '/',
      syncOptions: { initialSyncBehavior: 'overwrite-destination' },
      destinationConfig: vendor.target,
    })
    const { id } = made.body.secretSync
    const run = () => runSync(api.ctx, id, new AbortController().signal)
    const row = async () => (await api.send('GET', `${base}/${id}`)).body.secretSync
    await run()
    expect(await row()).toMatchObject({ syncStatus: 'succeeded' })

    await api.send('PATCH', `/api/v1/projects/${projectId}/memberships/${(await memberOf('bob@example.com')).id}`, {
      scopes: [{ environment: 'prod' }],
    })
    expect(await row()).toMatchObject({
      syncStatus: 'blocked',
      blocked: { kind: 'access', message: expect.stringContaining('bob@example.com') },
    })
    await set('two')
    await run()
    expect(await row()).toMatchObject({ syncStatus: 'blocked', blocked: { kind: 'access' } })
    expect(JSON.stringify([...vendor.contents()])).not.toContain('two')
    expect((await bob('POST', `${base}/${id}/sync-secrets`)).status).toBe(404)

    const eve = await join('eve@example.com', 'developer')
    expect((await eve('POST', `${base}/${id}/sync-secrets`)).status).toBe(200)
    await run()
    expect(await row()).toMatchObject({ syncStatus: 'succeeded', blocked: null })
    expect(JSON.stringify([...vendor.contents()])).toContain('two')

    const { userId } = { userId: (await memberOf('eve@example.com')).principalId }
    await api.send('DELETE', `/api/v1/people/${userId}`)
    expect(await row()).toMatchObject({ syncStatus: 'blocked' })
    expect((await eve('GET', '/api/v1/me')).status).toBe(401)
    await vendor.close()
  })

  it('set a new password by mail, told nothing about who has an account', async () => {
    await prove(ACCOUNT.email)
    const { cookie } = await signIn(ACCOUNT.email, ACCOUNT.password)
    const known = await auth('request-password-reset', { email: ACCOUNT.email })
    const unknown = await auth('request-password-reset', { email: 'nobody@example.com' })
    expect([known.status, known.body]).toEqual([unknown.status, unknown.body])
    await expect.poll(() => mails).toHaveLength(1)
    const token = tokenOf(linkTo(ACCOUNT.email))
    expect((await auth('reset-password', { token, newPassword: password })).status).toBe(200)
    expect((await auth('reset-password', { token, newPassword: 'another long password' })).status).toBe(400)
    expect((await signIn(ACCOUNT.email, ACCOUNT.password)).status).toBe(401)
    expect((await signIn(ACCOUNT.email)).status).toBe(200)
    // Whoever was signed in is not any more.
    expect((await as(cookie)('GET', '/api/v1/me')).status).toBe(401)
    const { entries } = (
      await api.send('GET', '/api/v1/audit?action=person.password-reset,person.password-reset-request')
    ).body
    expect(entries.toReversed()).toMatchObject([
      { action: 'person.password-reset-request', actor: { kind: 'anonymous' }, details: { email: ACCOUNT.email } },
      { action: 'person.password-reset-request', details: { email: 'nobody@example.com' } },
      { action: 'person.password-reset', actor: { kind: 'user', name: ACCOUNT.email } },
    ])
  })

  it('prove their second factor again for each change of it', async () => {
    stopClock()
    const { cookie } = await signIn(ACCOUNT.email, ACCOUNT.password)
    const enabled = await auth('two-factor/enable', { password: ACCOUNT.password }, cookie)
    const secret = new URL(enabled.body.totpURI).searchParams.get('secret') ?? ''
    const session = cookieOf((await auth('two-factor/verify-totp', { code: totp(secret, -1) }, cookie)).headers)
    const change = (what: string) => auth(`two-factor/${what}`, { password: ACCOUNT.password }, session)
    for (const what of ['disable', 'generate-backup-codes', 'get-totp-uri', 'enable']) {
      const { status, body } = await change(what)
      expect([what, status, body.code]).toEqual([what, 403, 'SECOND_FACTOR_NEEDED'])
    }
    expect((await auth('two-factor/verify-totp', { code: totp(secret) }, session)).status).toBe(200)
    // One proof is good for one change, also of two at the same time.
    const both = await Promise.all([change('generate-backup-codes'), change('generate-backup-codes')])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403])
    const [recovery] = both.find(({ status }) => status === 200)?.body.backupCodes ?? []
    // A proof of another session is none.
    const other = await signIn(ACCOUNT.email, ACCOUNT.password)
    const elsewhere = cookieOf((await auth('two-factor/verify-totp', { code: totp(secret, 1) }, other.cookie)).headers)
    expect((await auth('two-factor/verify-backup-code', { code: recovery }, elsewhere)).status).toBe(200)
    expect((await change('disable')).status).toBe(403)
    expect((await auth('two-factor/disable', { password: ACCOUNT.password }, elsewhere)).status).toBe(200)
    expect((await as(session)('GET', '/api/v1/me')).status).toBe(401)
    const again = await signIn(ACCOUNT.email, ACCOUNT.password)
    expect(again.body.twoFactorRedirect).toBeUndefined()
    // That the old app's code of this time step was used doesn't matter to a new app.
    const renewed = await auth('two-factor/enable', { password: ACCOUNT.password }, again.cookie)
    const fresh = totp(new URL(renewed.body.totpURI).searchParams.get('secret') ?? '')
    expect((await auth('two-factor/verify-totp', { code: fresh }, again.cookie)).status).toBe(200)
    const { entries } = (await api.send('GET', '/api/v1/audit?action=access.refused')).body
    const refused = ['disable', 'generate-backup-codes', 'get-totp-uri', 'enable'].map((what) => `two-factor/${what}`)
    expect(entries.map(({ details }: { details: { procedure: string } }) => details.procedure).toReversed()).toEqual(
      refused,
    )
    expect(entries[0]).toMatchObject({
      actor: { kind: 'user', name: ACCOUNT.email },
      address: '127.0.0.1',
      details: { problem: 'SECOND_FACTOR_NEEDED' },
    })
  })

  it('keep no way in that was open before their password changed', async () => {
    stopClock()
    await prove(ACCOUNT.email)
    const { cookie } = await signIn(ACCOUNT.email, ACCOUNT.password)
    const elsewhere = await signIn(ACCOUNT.email, ACCOUNT.password)
    const enabled = await auth('two-factor/enable', { password: ACCOUNT.password }, cookie)
    const secret = new URL(enabled.body.totpURI).searchParams.get('secret') ?? ''
    await auth('two-factor/verify-totp', { code: totp(secret, -1) }, cookie)
    // A factor that is set ends the sessions that began without it.
    expect((await as(elsewhere.cookie)('GET', '/api/v1/me')).status).toBe(401)
    const begun = await signIn(ACCOUNT.email, ACCOUNT.password)
    const trusting = await auth('two-factor/verify-totp', { code: totp(secret), trustDevice: true }, begun.cookie)
    const trusted = cookieOf(trusting.headers)
    const onTrusted = (password: string) => auth('sign-in/email', { email: ACCOUNT.email, password }, trusted)
    expect((await onTrusted(ACCOUNT.password)).body.twoFactorRedirect).toBeUndefined()

    const [person] = (await api.send('GET', '/api/v1/people')).body.people
    const link = async () => {
      await api.send('POST', `/api/v1/people/${person.id}/reset-link`)
      return linkTo(ACCOUNT.email)
    }
    const [first, second] = [await link(), await link()]
    const reset = (url: string, newPassword: string) => auth('reset-password', { token: tokenOf(url), newPassword })
    const refused = await reset(first, '1234567890')
    expect([refused.status, refused.body.message]).toEqual([422, [expect.objectContaining({ path: ['newPassword'] })]])
    const both = await Promise.all([reset(first, password), reset(first, 'another long password')])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400])
    expect((await reset(second, 'yet another password')).status).toBe(400)
    const now = both[0]?.status === 200 ? password : 'another long password'
    expect((await onTrusted(now)).body.twoFactorRedirect).toBe(true)

    const third = await link()
    const fresh = await signIn(ACCOUNT.email, now)
    const session = cookieOf((await auth('two-factor/verify-totp', { code: totp(secret, 1) }, fresh.cookie)).headers)
    const change = (newPassword: string) =>
      auth('change-password', { currentPassword: now, newPassword, revokeOtherSessions: false }, session)
    for (const easy of ['Keyferry2026', 'project-zephyr!', `${ACCOUNT.organization}-12345`])
      expect([easy, (await change(easy)).status]).toEqual([easy, 422])
    expect((await change('the password after that')).status).toBe(200)
    expect((await reset(third, 'yet another password')).status).toBe(400)
    expect((await as(session)('GET', '/api/v1/me')).status).toBe(401)
  })

  it('get the link for a new password that an instance admin makes by mail, and nobody else does', async () => {
    const [person] = (await api.send('GET', '/api/v1/people')).body.people
    expect(person).toMatchObject({ email: ACCOUNT.email, instanceAdmin: true, twoFactor: false, emailVerified: false })
    const made = (await api.send('POST', `/api/v1/people/${person.id}/reset-link`)).body
    expect(made).toMatchObject({ link: null, mailed: true })
    const token = tokenOf(linkTo(ACCOUNT.email))
    expect(JSON.stringify(made)).not.toContain(token)
    expect((await auth('reset-password', { token, newPassword: password })).status).toBe(200)
    expect((await signIn(ACCOUNT.email)).status).toBe(200)
  })

  it('lose what was set in their account before a mail proved whose address it is', async () => {
    stopClock()
    const { cookie } = await signIn(ACCOUNT.email, ACCOUNT.password)
    const enabled = await auth('two-factor/enable', { password: ACCOUNT.password }, cookie)
    const secret = new URL(enabled.body.totpURI).searchParams.get('secret') ?? ''
    const session = cookieOf((await auth('two-factor/verify-totp', { code: totp(secret, -1) }, cookie)).headers)
    const begun = await signIn(ACCOUNT.email, ACCOUNT.password)
    const trusting = await auth('two-factor/verify-totp', { code: totp(secret), trustDevice: true }, begun.cookie)
    expect((await as(session)('GET', '/api/v1/me')).status).toBe(200)

    await auth('request-password-reset', { email: ACCOUNT.email })
    await expect.poll(() => mails).toHaveLength(1)
    const reset = await auth('reset-password', { token: tokenOf(linkTo(ACCOUNT.email)), newPassword: password })
    expect(reset.status).toBe(200)
    for (const old of [session, cookieOf(trusting.headers)])
      expect((await as(old)('GET', '/api/v1/me')).status).toBe(401)
    expect((await api.send('GET', '/api/v1/me')).status).toBe(401)
    const fresh = await signIn(ACCOUNT.email)
    expect(fresh.body.twoFactorRedirect).toBeUndefined()
    const ada = as(fresh.cookie)
    expect((await ada('GET', '/api/v1/people')).body.people).toMatchObject([{ emailVerified: true, twoFactor: false }])
    expect((await ada('GET', '/api/v1/api-keys')).body.apiKeys).toEqual([])
    const { entries } = (await ada('GET', '/api/v1/audit?action=person.address-proven')).body
    expect(entries).toMatchObject([
      { actor: { name: ACCOUNT.email }, address: '127.0.0.1', details: { by: 'mail', apiKeys: ['Bootstrap token'] } },
    ])
    await expect.poll(() => mails.at(-1)?.subject).toContain('is confirmed')

    // Proven once, nothing more is lost.
    const key = await ada('POST', '/api/v1/api-keys', { name: 'script', grants: [{ projectId, role: 'viewer' }] })
    await auth('request-password-reset', { email: ACCOUNT.email })
    await expect.poll(() => linkTo(ACCOUNT.email)).toContain('reset-password')
    await auth('reset-password', { token: tokenOf(linkTo(ACCOUNT.email)), newPassword: `${password} 2` })
    const by = { token: key.body.token }
    expect((await api.send('GET', '/api/v1/me', undefined, by)).status).toBe(200)
  })

  it('are invited by a project admin who does not learn which address has an account', async () => {
    const bob = await join('bob@example.com', 'admin')
    await accept(await invitedAsAdmin('dora@example.com'))
    const answers = []
    for (const email of ['dora@example.com', 'nobody@example.com']) {
      const one = await bob('POST', `/api/v1/projects/${projectId}/invitations`, { email, role: 'viewer' })
      const many = await bob('POST', `/api/v1/projects/${projectId}/memberships`, { emails: [email] })
      const listed = await bob('GET', `/api/v1/projects/${projectId}/invitations`)
      answers.push(
        JSON.stringify([one.status, one.body, many.status, many.body, listed.body.invitations.length])
          .replaceAll(email, 'EMAIL')
          .replaceAll(/[0-9a-f-]{36}/g, 'ID')
          .replaceAll(/T[\d:.]+Z/g, 'TIME'),
      )
      await api.send('DELETE', `/api/v1/projects/${projectId}/invitations/${listed.body.invitations[0].id}`)
    }
    expect(answers[0]).toBe(answers[1])
    await bob('POST', `/api/v1/projects/${projectId}/invitations`, { email: 'dora@example.com', role: 'viewer' })
    expect(await memberOf('dora@example.com')).toBeUndefined()
    const dora = as((await signIn('dora@example.com')).cookie)
    const token = tokenOf(linkTo('dora@example.com'))
    expect((await dora('POST', '/api/v1/people/invitations/accept', { token })).status).toBe(200)
    expect(await memberOf('dora@example.com')).toMatchObject({ role: 'viewer' })
    const again = await bob('POST', `/api/v1/projects/${projectId}/invitations`, {
      email: 'dora@example.com',
      role: 'viewer',
    })
    expect([again.status, again.body.message]).toEqual([400, expect.stringContaining('is a member of this project')])
  })

  it('leave machines behind them, whose client secrets are listed and go with them if that is asked for', async () => {
    const madeBy = async (email: string) => {
      await accept(await invitedAsAdmin(email))
      const person = as((await signIn(email)).cookie)
      const { id: userId } = (await person('GET', '/api/v1/me')).body.me
      const { id } = (await person('POST', '/api/v1/identities', { name: `of ${email}` })).body.identity
      const path = `/api/v1/auth/universal-auth/identities/${id}`
      const { clientId } = (await person('POST', path, {})).body.identityUniversalAuth
      const { clientSecret } = (await person('POST', `${path}/client-secrets`, { description: 'first' })).body
      // With the key of another person.
      await api.send('POST', `${path}/client-secrets`, { description: 'second' })
      const login = () =>
        api.send('POST', '/api/v1/auth/universal-auth/login', { clientId, clientSecret }, { token: null })
      return { userId, login, token: (await login()).body.accessToken }
    }
    const me = (token: string) => api.send('GET', '/api/v1/me', undefined, { token })
    const bob = await madeBy('bob@example.com')
    const secretsOf = async (userId: string) =>
      (await api.send('GET', `/api/v1/people/${userId}/client-secrets`)).body.clientSecrets
    const made = await secretsOf(bob.userId)
    expect(made).toMatchObject([{ identityName: 'of bob@example.com', description: 'first' }])
    const { people } = (await api.send('GET', '/api/v1/people')).body
    const ada = people.find(({ email }: { email: string }) => email === ACCOUNT.email)
    expect(await secretsOf(ada.id)).toMatchObject([{ description: 'second' }])
    const removed = await api.send('DELETE', `/api/v1/people/${bob.userId}`)
    expect(removed.body.person.clientSecrets).toEqual(made)
    expect([(await me(bob.token)).status, (await bob.login()).status]).toEqual([200, 200])

    const carl = await madeBy('carl@example.com')
    const all = await api.send('DELETE', `/api/v1/people/${carl.userId}?revokeClientSecrets=true`)
    expect(all.body.person.clientSecrets).toHaveLength(1)
    expect([(await me(carl.token)).status, (await carl.login()).status]).toEqual([401, 401])
    const { entries } = (await api.send('GET', '/api/v1/audit?action=identity.client-secret.revoke')).body
    expect(entries).toHaveLength(1)
  })

  it('are invited only while their inviter may still invite', async () => {
    const bob = await join('bob@example.com', 'admin')
    const sent = await bob('POST', `/api/v1/projects/${projectId}/invitations`, {
      email: 'eve@example.com',
      role: 'admin',
    })
    expect(sent.body).toMatchObject({ link: null, mailed: true })
    const link = linkTo('eve@example.com')
    const open = async () =>
      (await api.send('POST', '/api/v1/people/invitations/open', { token: tokenOf(link) }, { token: null })).status
    const listed = async () =>
      (await api.send('GET', `/api/v1/projects/${projectId}/invitations`)).body.invitations.length
    expect([await open(), await listed()]).toEqual([200, 1])
    const { id, principalId } = await memberOf('bob@example.com')
    const change = (body: object) => api.send('PATCH', `/api/v1/projects/${projectId}/memberships/${id}`, body)
    await change({ role: 'developer' })
    expect([await open(), await listed(), (await accept(link)).status]).toEqual([404, 0, 404])
    await change({ role: 'admin' })
    expect(await open()).toBe(200)
    await api.send('DELETE', `/api/v1/people/${principalId}`)
    expect([await open(), (await accept(link)).status]).toEqual([404, 404])
  })

  it('are invited without e-mail by instance admins only, who hand the link over; it proves no address', async () => {
    const other = await readyApi(open)
    const { id: at } = await newProject(other)
    const post = (url: string, body: object, options: object = {}) => other.send('POST', url, body, options)
    const path = `/api/v1/projects/${at}/invitations`
    const taken = async (link: string) =>
      (
        await post(
          '/api/v1/people/invitations/accept',
          { token: tokenOf(link), name: 'Bob', password },
          { token: null },
        )
      ).status
    const made = (await post(path, { email: 'bob@example.com', role: 'admin' })).body
    expect(made).toMatchObject({ link: expect.stringContaining('token='), mailed: false })
    expect(await taken(made.link)).toBe(200)
    const machine = (await post('/api/v1/identities', { name: 'ci' })).body.identity.id
    const { clientId } = (await post(`/api/v1/auth/universal-auth/identities/${machine}`, {})).body
      .identityUniversalAuth
    const { clientSecret } = (await post(`/api/v1/auth/universal-auth/identities/${machine}/client-secrets`, {})).body
    const { accessToken } = (await post('/api/v1/auth/universal-auth/login', { clientId, clientSecret })).body
    await post(`/api/v1/projects/${at}/identity-memberships/${machine}`, { role: 'admin' })
    const signedIn = await other.send(
      'POST',
      '/api/auth/sign-in/email',
      { email: 'bob@example.com', password },
      { token: null, headers: page },
    )
    for (const as of [
      { token: accessToken },
      { token: null, headers: { ...page, cookie: cookieOf(signedIn.headers) } },
    ]) {
      const refused = await post(path, { email: 'new@example.com', role: 'viewer' }, as)
      expect(refused.status).toBe(403)
      expect(refused.body.message).toContain('instance admin')
      const several = { emails: [ACCOUNT.email, 'new@example.com'], roleSlugs: ['viewer'] }
      expect((await post(`/api/v1/projects/${at}/memberships`, several, as)).status).toBe(403)
    }
    expect((await other.send('GET', `/api/v1/projects/${at}/invitations`)).body.invitations).toEqual([])
    expect((await other.send('GET', `/api/v1/projects/${at}/memberships`)).body.memberships).toHaveLength(2)
    // The refusal does not tell who has an account.
    const toInvite = async (email: string) => {
      const { status, body } = await post(path, { email, role: 'viewer' }, { token: accessToken })
      return [status, body.message]
    }
    expect(await toInvite(ACCOUNT.email)).toEqual(await toInvite('new@example.com'))
    expect((await post(path, { email: ACCOUNT.email, role: 'viewer' })).body).toMatchObject({
      member: { email: ACCOUNT.email },
      link: null,
    })
    const { people } = (await other.send('GET', '/api/v1/people')).body
    expect(people).toMatchObject([{ emailVerified: false }, { emailVerified: false }])
    // Handed over, a link for a new password proves no more.
    const reset = await post(`/api/v1/people/${people[1].id}/reset-link`, {})
    expect(reset.body).toMatchObject({ mailed: false })
    const token = tokenOf(reset.body.link)
    const used = await post('/api/auth/reset-password', { token, newPassword: `${password} 2` }, { token: null })
    expect(used.status).toBe(200)
    expect((await other.send('GET', '/api/v1/people')).body.people[1]).toMatchObject({ emailVerified: false })
    await other.close()
  })

  it('are asked for a second factor once they turned it on, and can use a recovery code once', async () => {
    stopClock()
    const { cookie } = await signIn(ACCOUNT.email, ACCOUNT.password)
    const enabled = await auth('two-factor/enable', { password: ACCOUNT.password }, cookie)
    const secret = new URL(enabled.body.totpURI).searchParams.get('secret') ?? ''
    const [recovery] = enabled.body.backupCodes
    const used = totp(secret, -1)
    const verified = await auth('two-factor/verify-totp', { code: used }, cookie)
    expect(verified.status).toBe(200)
    const first = await signIn(ACCOUNT.email, ACCOUNT.password)
    expect(first.body.twoFactorRedirect).toBe(true)
    expect((await as(first.cookie)('GET', '/api/v1/me')).status).toBe(401)
    expect((await auth('two-factor/verify-totp', { code: '000000' }, first.cookie)).status).toBe(401)
    const again = await auth('two-factor/verify-totp', { code: used }, first.cookie)
    expect([again.status, again.body.code]).toEqual([401, 'CODE_USED'])
    const second = await auth('two-factor/verify-totp', { code: totp(secret) }, first.cookie)
    expect((await as(cookieOf(second.headers))('GET', '/api/v1/me')).status).toBe(200)

    // Of two sign-ins that send the same code at the same time, one gets in.
    const both = [await signIn(ACCOUNT.email, ACCOUNT.password), await signIn(ACCOUNT.email, ACCOUNT.password)]
    const code = totp(secret, 1)
    const answers = await Promise.all(both.map((one) => auth('two-factor/verify-totp', { code }, one.cookie)))
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401])

    const third = await signIn(ACCOUNT.email, ACCOUNT.password)
    expect((await auth('two-factor/verify-backup-code', { code: recovery }, third.cookie)).status).toBe(200)
    const fourth = await signIn(ACCOUNT.email, ACCOUNT.password)
    expect((await auth('two-factor/verify-backup-code', { code: recovery }, fourth.cookie)).status).toBe(401)

    const [person] = (await api.send('GET', '/api/v1/people')).body.people
    expect(person).toMatchObject({ twoFactor: true })
    const ended = await api.send('DELETE', `/api/v1/people/${person.id}/second-factor`)
    expect(ended.body.person).toMatchObject({ twoFactor: false })
    const fifth = await signIn(ACCOUNT.email, ACCOUNT.password)
    expect((await as(fifth.cookie)('GET', '/api/v1/me')).status).toBe(200)
    expect((await auth('two-factor/enable', { password: ACCOUNT.password }, fifth.cookie)).status).toBe(200)

    const { entries } = (await api.send('GET', '/api/v1/audit?action=person.')).body
    const told = entries.map(({ action, details }: { action: string; details: Record<string, string> }) =>
      [action, details.method, details.repeated].filter((part) => part !== undefined).join(' '),
    )
    expect(told.toReversed()).toEqual([
      'person.sign-in password',
      'person.recovery-codes',
      'person.second-factor-on',
      'person.sign-in-failed code',
      'person.sign-in-failed code',
      'person.sign-in code',
      'person.sign-in code',
      'person.sign-in recovery code',
      'person.sign-in-failed recovery code',
      'person.list',
      'person.second-factor-off',
      'person.sign-in password',
      'person.recovery-codes',
    ])
    expect(entries.at(-4)).toMatchObject({
      actor: { kind: 'anonymous' },
      details: { email: ACCOUNT.email, problem: 'INVALID_CODE' },
    })
  })

  /** Every session is as one that began and was last used so many hours ago. */
  async function sessionsAre(began: number, lastUsed: number) {
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
    const sessions = withOwnNames(api.ctx.db).withTables<{ session: { id: string; updatedAt: string } }>()
    for (const { id } of await sessions.selectFrom('session').select('id').execute())
      await amend(sessions, 'session', id, { createdAt: ago(began), expiresAt: ago(lastUsed - 168) })
    await sessions
      .updateTable('session')
      .set({ updatedAt: ago(lastUsed) })
      .execute()
  }
  const who = async (cookie: string) => (await as(cookie)('GET', '/api/v1/me')).status

  it('see their sessions and end them, which end unused and after a week', async () => {
    const here = await signIn(ACCOUNT.email, ACCOUNT.password)
    const there = await signIn(ACCOUNT.email, ACCOUNT.password)
    const listed = await as(here.cookie)('GET', '/api/auth/list-sessions')
    expect(listed.body).toMatchObject([{ signedInBy: 'password' }, { signedInBy: 'password' }])
    await sessionsAre(72, 23)
    expect(await who(here.cookie)).toBe(200)
    const seen = (await as(here.cookie)('GET', '/api/auth/list-sessions')).body
    expect(
      seen.filter(({ updatedAt }: { updatedAt: string }) => Date.parse(updatedAt) > Date.now() - 60_000),
    ).toHaveLength(1)
    expect((await auth('revoke-other-sessions', {}, here.cookie)).status).toBe(200)
    expect(await who(there.cookie)).toBe(401)
    expect(await who(here.cookie)).toBe(200)

    const unused = await signIn(ACCOUNT.email, ACCOUNT.password)
    await sessionsAre(72, 25)
    expect(await who(unused.cookie)).toBe(401)
    const old = await signIn(ACCOUNT.email, ACCOUNT.password)
    await sessionsAre(169, 1)
    // Nor does better-auth's own page of it know it any more.
    expect((await as(old.cookie)('GET', '/api/auth/get-session')).body).toBeNull()
    expect(await who(old.cookie)).toBe(401)
  })

  it('are signed out everywhere by an instance admin', async () => {
    const { cookie } = await signIn(ACCOUNT.email, ACCOUNT.password)
    const [person] = (await api.send('GET', '/api/v1/people')).body.people
    const path = `/api/v1/people/${person.id}/sessions`
    expect((await api.send('GET', path)).body.sessions).toMatchObject([
      { address: '127.0.0.1', signedInBy: 'password' },
    ])
    const bob = await join('bob@example.com', 'admin')
    expect((await bob('GET', path)).status).toBe(403)
    expect((await bob('DELETE', path)).status).toBe(403)
    expect((await api.send('DELETE', path)).body.person).toMatchObject({ email: ACCOUNT.email })
    expect(await who(cookie)).toBe(401)
    expect((await api.send('GET', path)).body.sessions).toEqual([])
    const { entries } = (await api.send('GET', '/api/v1/audit?action=person.sign-out-everywhere')).body
    expect(entries).toMatchObject([{ details: { email: ACCOUNT.email, ended: 1 } }])
  })

  it('sign in with passkeys, which are a second factor', async () => {
    const key = softAuthenticator(page.origin)
    const options = async (what: string, cookie: string) => {
      const answer = await as(cookie)('GET', `/api/auth/passkey/generate-${what}-options`)
      expect(answer.status, answer.text).toBe(200)
      return { challenge: answer.body.challenge, cookie: `${cookie}; ${cookieOf(answer.headers)}` }
    }
    const register = async (cookie: string, secret: string, made = key) => {
      const { challenge, cookie: waiting } = await options('register', cookie)
      return auth(
        'passkey/verify-registration',
        { response: made.create(challenge), name: 'Mine', password: secret },
        waiting,
      )
    }
    const assert = async (cookie = '', made = key, flags = {}) => {
      const { challenge, cookie: waiting } = await options('authenticate', cookie)
      const response = made.get(challenge, flags)
      return { response, waiting, answer: await auth('passkey/verify-authentication', { response }, waiting) }
    }
    const first = await signIn(ACCOUNT.email, ACCOUNT.password)
    expect((await register(first.cookie, 'not the password')).status).toBe(400)
    expect((await register(first.cookie, ACCOUNT.password, softAuthenticator('http://evil.example'))).status).toBe(400)
    expect((await register(first.cookie, ACCOUNT.password)).status).toBe(200)
    const [person] = (await api.send('GET', '/api/v1/people')).body.people
    expect(person).toMatchObject({ twoFactor: true })

    // The password alone is not enough any more, the passkey is.
    const half = await signIn(ACCOUNT.email, ACCOUNT.password)
    expect(half.body).toMatchObject({ twoFactorRedirect: true, twoFactorMethods: ['passkey'] })
    expect(await who(half.cookie)).toBe(401)
    const { answer, response, waiting } = await assert()
    expect(answer.status, answer.text).toBe(200)
    const session = cookieOf(answer.headers)
    expect(await who(session)).toBe(200)
    // Not twice, not without who uses it, not by somebody else's.
    expect((await auth('passkey/verify-authentication', { response }, waiting)).status).toBe(400)
    expect((await assert('', key, { verified: false })).answer.status).toBe(401)
    expect((await assert('', softAuthenticator(page.origin))).answer.status).toBe(401)

    // Another factor, or taking one away, needs a proof, which signing in is not.
    const other = softAuthenticator(page.origin)
    expect((await register(session, ACCOUNT.password, other)).body.code).toBe('SECOND_FACTOR_NEEDED')
    expect((await auth('two-factor/enable', { password: ACCOUNT.password }, session)).status).toBe(403)
    const proven = cookieOf((await assert(session)).answer.headers)
    expect(await who(session)).toBe(401)
    expect((await register(proven, ACCOUNT.password, other)).status).toBe(200)
    const keys = (await as(proven)('GET', '/api/auth/passkey/list-user-passkeys')).body
    expect(keys).toHaveLength(2)
    const remove = (id: string, cookie: string) => auth('passkey/delete-passkey', { id }, cookie)
    expect((await remove(keys[0].id, proven)).status).toBe(403)
    const bob = await join('bob@example.com', 'viewer')
    expect((await bob('POST', '/api/auth/passkey/delete-passkey', { id: keys[0].id })).status).toBe(401)
    const { entries } = (await api.send('GET', '/api/v1/audit?action=access.refused,person.sign-in-failed')).body
    const told = entries.map(({ action, actor, details }: AuditEntry) =>
      [action, actor.name, details.procedure ?? details.method].join(' '),
    )
    expect(new Set(told)).toEqual(
      new Set([
        `person.sign-in-failed Not signed in password`,
        `access.refused ${ACCOUNT.email} passkey/verify-registration`,
        `access.refused ${ACCOUNT.email} two-factor/enable`,
        `person.sign-in-failed Not signed in passkey`,
        `access.refused ${ACCOUNT.email} passkey/delete-passkey`,
        `access.refused bob@example.com passkey/delete-passkey`,
      ]),
    )

    await api.send('DELETE', `/api/v1/people/${person.id}/second-factor`)
    expect(await who(proven)).toBe(401)
    expect((await assert()).answer.status).toBe(401)
    expect((await signIn(ACCOUNT.email, ACCOUNT.password)).body.twoFactorRedirect).toBeUndefined()
  })

  it('can only set up a second factor where the instance requires one', async () => {
    const path = '/api/v1/admin/sign-in-policy'
    expect((await api.send('GET', path)).body.signInPolicy).toEqual({ requireSecondFactor: 'nobody' })
    const ada = await signIn(ACCOUNT.email, ACCOUNT.password)
    await join('bob@example.com', 'developer')
    const bob = await signIn('bob@example.com')
    expect((await as(bob.cookie)('PATCH', path, { requireSecondFactor: 'nobody' })).status).toBe(403)
    expect((await api.send('PATCH', path, {})).status).toBe(422)
    const made = await as(bob.cookie)('POST', '/api/v1/api-keys', {
      name: 'script',
      grants: [{ projectId, role: 'viewer' }],
    })

    await api.send('PATCH', path, { requireSecondFactor: 'admins' })
    const refused = await as(ada.cookie)('GET', '/api/v1/me')
    expect([refused.status, refused.body.error]).toEqual([403, 'SecondFactorRequired'])
    expect(await who(bob.cookie)).toBe(200)
    await api.send('PATCH', path, { requireSecondFactor: 'everybody' })
    expect(await who(bob.cookie)).toBe(403)
    expect(await who((await signIn('bob@example.com')).cookie)).toBe(403)
    for (const [what, body] of [
      ['update-user', { name: 'Mallory' }],
      ['change-password', { currentPassword: password, newPassword: 'another long password' }],
    ] as const)
      expect((await auth(what, body, bob.cookie)).body.error).toBe('SecondFactorRequired')
    // Machines and keys are not people.
    expect((await api.send('GET', '/api/v1/me', undefined, { token: made.body.token })).status).toBe(200)
    expect((await api.send('GET', '/api/v1/audit?action=instance.sign-in-policy')).body.entries).toHaveLength(2)

    const enabled = await auth('two-factor/enable', { password }, bob.cookie)
    const secret = new URL(enabled.body.totpURI).searchParams.get('secret') ?? ''
    expect(await who(bob.cookie)).toBe(403)
    const verified = await auth('two-factor/verify-totp', { code: totp(secret) }, bob.cookie)
    expect(await who(cookieOf(verified.headers))).toBe(200)
  })

  it('keep one instance admin', async () => {
    const [person] = (await api.send('GET', '/api/v1/people')).body.people
    expect((await api.send('PATCH', `/api/v1/people/${person.id}`, { instanceAdmin: false })).status).toBe(400)
    expect((await api.send('DELETE', `/api/v1/people/${person.id}`)).status).toBe(400)
    await accept(await invitedAsAdmin('bob@example.com'))
    expect((await api.send('PATCH', `/api/v1/people/${person.id}`, { instanceAdmin: false })).status).toBe(200)
    const bob = as((await signIn('bob@example.com')).cookie)
    expect((await bob('GET', '/api/v1/me')).body.me).toMatchObject({ instanceAdmin: true })
  })

  it('see the bootstrap token among the API keys; it never may more than its owner, and ends with them', async () => {
    await accept(await invitedAsAdmin('bob@example.com'))
    const bob = as((await signIn('bob@example.com')).cookie)
    const me = () => api.send('GET', '/api/v1/me')
    const { id } = (await me()).body.me
    const { apiKeys } = (await bob('GET', '/api/v1/api-keys')).body
    expect(apiKeys).toMatchObject([{ id, name: 'Bootstrap token', owner: ACCOUNT.email, instanceAdmin: true }])
    const days = (Date.parse(apiKeys[0].expiresAt) - Date.now()) / 86_400_000
    expect(Math.round(days)).toBe(30)

    const { id: userId } = (await bob('GET', '/api/v1/people')).body.people.find(
      ({ email }: { email: string }) => email === ACCOUNT.email,
    )
    const set = (instanceAdmin: boolean) => bob('PATCH', `/api/v1/people/${userId}`, { instanceAdmin })
    await set(false)
    expect((await me()).body.me).toMatchObject({ instanceAdmin: false, grants: [] })
    expect((await api.send('GET', `/api/v1/projects/${projectId}`)).status).toBe(404)
    expect((await api.send('GET', '/api/v1/audit')).status).toBe(403)
    await set(true)
    expect((await api.send('GET', '/api/v1/audit')).status).toBe(200)
    expect((await bob('DELETE', `/api/v1/people/${userId}`)).status).toBe(200)
    expect((await me()).status).toBe(401)
    expect((await bob('GET', '/api/v1/api-keys')).body.apiKeys).toEqual([])
  })

  it('choose how long the bootstrap token works, and revoke it', async () => {
    const other = await emptyApi(open)
    const setUp = (tokenExpiresInDays: number) =>
      other.send('POST', '/api/v1/admin/bootstrap', { ...ACCOUNT, tokenExpiresInDays })
    expect((await setUp(366)).status).toBe(422)
    const { id, credentials } = (await setUp(7)).body.identity
    const by = { token: credentials.token }
    const [key] = (await other.send('GET', '/api/v1/api-keys', undefined, by)).body.apiKeys
    expect(Math.round((Date.parse(key.expiresAt) - Date.now()) / 86_400_000)).toBe(7)
    expect((await other.send('DELETE', `/api/v1/api-keys/${id}`, undefined, by)).status).toBe(200)
    expect((await other.send('GET', '/api/v1/me', undefined, by)).status).toBe(401)
    await other.close()
  })

  it('make API keys that never may more than they, and end at once', async () => {
    const bob = await join('bob@example.com', 'admin')
    const made = await bob('POST', '/api/v1/api-keys', { name: 'script', grants: [{ projectId, role: 'admin' }] })
    expect(made.body.apiKey).toMatchObject({
      owner: 'bob@example.com',
      lastUsedAt: null,
      grants: [{ projectId, role: 'admin' }],
    })
    const { token, apiKey } = made.body
    const rename = () => api.send('PATCH', `/api/v1/projects/${projectId}`, { name: 'Mine' }, { token })
    const read = () =>
      api.send('GET', `/api/v3/secrets/raw?workspaceId=${projectId}&environment=dev`, undefined, { token })
    const member = await memberOf('bob@example.com')
    const change = (grant: object) => api.send('PATCH', `/api/v1/projects/${projectId}/memberships/${member.id}`, grant)
    await change({ role: 'developer' })
    expect((await read()).status).toBe(200)
    expect((await rename()).status).toBe(403)
    expect((await bob('GET', '/api/v1/api-keys')).body.apiKeys).toMatchObject([{ lastUsedAt: expect.any(String) }])
    await change({ role: 'admin' })
    expect((await rename()).status).toBe(200)
    const ended = await bob('DELETE', `/api/v1/api-keys/${apiKey.id}`)
    expect(ended.status).toBe(200)
    expect((await read()).status).toBe(401)
  })

  it('make API keys within their own rights only, with an end', async () => {
    const scopes = [{ environment: 'dev', secretPath: '/api/**' }]
    const bob = await join('bob@example.com', 'developer', scopes)
    const create = (grant: object, more: object = {}) =>
      bob('POST', '/api/v1/api-keys', { name: 'script', grants: [{ projectId, ...grant }], ...more })
    for (const grant of [
      { role: 'admin', scopes },
      { role: 'developer' },
      { role: 'viewer', scopes: [{ environment: '*', secretPath: '/api/**' }] },
      { role: 'viewer', scopes: [{ environment: 'dev', secretPath: '/*' }] },
      { role: 'viewer', scopes: [...scopes, { environment: 'dev', secretPath: '/**' }] },
    ])
      expect((await create(grant)).status, JSON.stringify(grant)).toBe(403)
    const within = { role: 'developer', scopes: [{ environment: 'dev', secretPath: '/api/*/v1' }] }
    expect((await create(within, { expiresInDays: null })).status).toBe(422)
    const tooLong = await create(within, { expiresInDays: 366 })
    expect([tooLong.status, tooLong.body.message]).toEqual([
      400,
      'An API key may live at most 365 days on this instance (KEYFERRY_API_KEY_MAX_DAYS).',
    ])
    const { body } = await create(within)
    expect(Math.round((Date.parse(body.apiKey.expiresAt) - Date.now()) / 86_400_000)).toBe(90)
    expect(body.apiKey.grants).toEqual([{ projectId, ...within }])
  })
})
