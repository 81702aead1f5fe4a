/** New passwords, and what ends with the old one. */
import { scryptSync } from 'node:crypto'
import { amend, withOwnNames } from '@keyferry/db'
import { totp } from '@keyferry/vitest/totp'
import { expect, it } from 'vitest'
import { ACCOUNT } from '../../src/testing.ts'
import type { People } from './fixture.ts'

export function passwords(suite: People): void {
  const { mails, password, tokenOf, cookieOf, stopClock, auth, signIn, as, linkTo, prove } = suite

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
    // Earlier sessions have ended.
    expect((await as(cookie)('GET', '/api/v1/me')).status).toBe(401)
    const { entries } = (
      await suite.api.send('GET', '/api/v1/audit?action=person.password-reset,person.password-reset-request')
    ).body
    expect(entries.toReversed()).toMatchObject([
      { action: 'person.password-reset-request', actor: { kind: 'anonymous' }, details: { email: ACCOUNT.email } },
      { action: 'person.password-reset-request', details: { email: 'nobody@example.com' } },
      { action: 'person.password-reset', actor: { kind: 'user', name: ACCOUNT.email } },
    ])
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

    const [person] = (await suite.api.send('GET', '/api/v1/people')).body.people
    const link = async () => {
      await suite.api.send('POST', `/api/v1/people/${person.id}/reset-link`)
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

  it('keep the password of a link that is used while the old one is checked', async () => {
    await prove(ACCOUNT.email)
    const { cookie } = await signIn(ACCOUNT.email, ACCOUNT.password)
    const [person] = (await suite.api.send('GET', '/api/v1/people')).body.people
    await suite.api.send('POST', `/api/v1/people/${person.id}/reset-link`)
    const accounts = withOwnNames(suite.api.ctx.db).withTables<{ account: { id: string; userId: string } }>()
    const { id } = await accounts
      .selectFrom('account')
      .where('userId', '=', person.id)
      .select('id')
      .executeTakeFirstOrThrow()
    // Its check takes a while, as outside of tests.
    const key = scryptSync(ACCOUNT.password, 'salt', 32, { N: 2 ** 17, r: 8, p: 2, maxmem: 2 ** 28 })
    await amend(accounts, 'account', id, {
      password: `$scrypt$ln=17,r=8,p=2$c2FsdA$${key.toString('base64').replace('=', '')}`,
    })
    const token = tokenOf(linkTo(ACCOUNT.email))
    const change = auth(
      'change-password',
      { currentPassword: ACCOUNT.password, newPassword: 'another long password' },
      cookie,
    )
    // A guess is counted right before it is checked.
    const guesses = suite.api.ctx.db.selectFrom('attempts').where('key', 'like', 'password:%').select('key')
    await expect.poll(() => guesses.execute()).toHaveLength(1)
    const reset = await auth('reset-password', { token, newPassword: password })
    expect([reset.status, (await change).status]).toEqual([200, 401])
    expect((await signIn(ACCOUNT.email)).status).toBe(200)
  })

  it('get the link for a new password that an instance admin makes by mail, and nobody else does', async () => {
    const [person] = (await suite.api.send('GET', '/api/v1/people')).body.people
    expect(person).toMatchObject({ email: ACCOUNT.email, instanceAdmin: true, twoFactor: false, emailVerified: false })
    const made = (await suite.api.send('POST', `/api/v1/people/${person.id}/reset-link`)).body
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
    expect((await suite.api.send('GET', '/api/v1/me')).status).toBe(401)
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
    const key = await ada('POST', '/api/v1/api-keys', {
      name: 'script',
      grants: [{ projectId: suite.projectId, role: 'viewer' }],
    })
    await auth('request-password-reset', { email: ACCOUNT.email })
    await expect.poll(() => linkTo(ACCOUNT.email)).toContain('reset-password')
    await auth('reset-password', { token: tokenOf(linkTo(ACCOUNT.email)), newPassword: `${password} 2` })
    const by = { token: key.body.token }
    expect((await suite.api.send('GET', '/api/v1/me', undefined, by)).status).toBe(200)
  })
}
