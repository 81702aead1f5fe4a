/** Second factors and passkeys. */
import { totp } from '@keyferry/vitest/totp'
import { sql, type RawBuilder } from 'kysely'
import { expect, it } from 'vitest'
import { softAuthenticator } from '../../src/testing-passkey.ts'
import { ACCOUNT } from '../../src/testing.ts'
import type { AuditEntry, People } from './fixture.ts'

export function secondFactors(suite: People): void {
  const { page, password, cookieOf, stopClock, auth, signIn, as, join, statusOf } = suite
  const run = (statement: RawBuilder<unknown>) => statement.execute(suite.api.ctx.db.withoutPlugins())
  /** Takes rows out of the database. Resolves to what puts them back. */
  async function takeOut(table: string, where: RawBuilder<unknown>) {
    const { rows } = await run(sql`select * from ${sql.table(table)} where ${where}`)
    expect(rows).toHaveLength(1)
    await run(sql`delete from ${sql.table(table)} where ${where}`)
    const columns = sql.join(Object.keys(rows[0] ?? {}).map((name) => sql.ref(name)))
    return () =>
      run(sql`insert into ${sql.table(table)} (${columns}) values (${sql.join(Object.values(rows[0] ?? {}))})`)
  }

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
    // Nor is it a factor less when its row is deleted from the database.
    const putBack = await takeOut('twoFactor', sql`true`)
    const unproven = await change('enable')
    expect([unproven.status, unproven.body.error]).toEqual([503, 'IntegrityFailure'])
    await putBack()
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
    const { entries } = (await suite.api.send('GET', '/api/v1/audit?action=access.refused')).body
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

  it('need a second factor to sign in once they turned it on, and can use a recovery code once', async () => {
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
    await takeOut('totp_steps', sql`true`)
    expect((await auth('two-factor/verify-totp', { code: used }, first.cookie)).body.code).toBe('CODE_USED')
    // The clock was a year ahead when the last code was used, and is set right.
    await suite.api.ctx.db.insertInto('totpSteps').values({ userId: verified.body.user.id, step: 1e8 }).execute()
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

    const [person] = (await suite.api.send('GET', '/api/v1/people')).body.people
    expect(person).toMatchObject({ twoFactor: true })
    const ended = await suite.api.send('DELETE', `/api/v1/people/${person.id}/second-factor`)
    expect(ended.body.person).toMatchObject({ twoFactor: false })
    const fifth = await signIn(ACCOUNT.email, ACCOUNT.password)
    expect((await as(fifth.cookie)('GET', '/api/v1/me')).status).toBe(200)
    expect((await auth('two-factor/enable', { password: ACCOUNT.password }, fifth.cookie)).status).toBe(200)

    const { entries } = (await suite.api.send('GET', '/api/v1/audit?action=person.')).body
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
    const [person] = (await suite.api.send('GET', '/api/v1/people')).body.people
    expect(person).toMatchObject({ twoFactor: true })

    // The password alone is not enough any more, the passkey is.
    const half = await signIn(ACCOUNT.email, ACCOUNT.password)
    expect(half.body).toMatchObject({ twoFactorRedirect: true, twoFactorMethods: ['passkey'] })
    expect(await statusOf(half.cookie)).toBe(401)
    const { answer, response, waiting } = await assert()
    expect(answer.status, answer.text).toBe(200)
    const session = cookieOf(answer.headers)
    expect(await statusOf(session)).toBe(200)
    // Not twice, not without who uses it, not by somebody else's.
    expect((await auth('passkey/verify-authentication', { response }, waiting)).status).toBe(400)
    expect((await assert('', key, { verified: false })).answer.status).toBe(401)
    expect((await assert('', softAuthenticator(page.origin))).answer.status).toBe(401)

    // Another factor, or taking one away, needs a proof, which signing in is not.
    const other = softAuthenticator(page.origin)
    expect((await register(session, ACCOUNT.password, other)).body.code).toBe('SECOND_FACTOR_NEEDED')
    expect((await auth('two-factor/enable', { password: ACCOUNT.password }, session)).status).toBe(403)
    const proven = cookieOf((await assert(session)).answer.headers)
    expect(await statusOf(session)).toBe(401)
    expect((await register(proven, ACCOUNT.password, other)).status).toBe(200)
    const keys = (await as(proven)('GET', '/api/auth/passkey/list-user-passkeys')).body
    expect(keys).toHaveLength(2)
    const remove = (id: string, cookie: string) => auth('passkey/delete-passkey', { id }, cookie)
    expect((await remove(keys[0].id, proven)).status).toBe(403)
    const bob = await join('bob@example.com', 'viewer')
    expect((await bob('POST', '/api/auth/passkey/delete-passkey', { id: keys[0].id })).status).toBe(401)
    const { entries } = (await suite.api.send('GET', '/api/v1/audit?action=access.refused,person.sign-in-failed')).body
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

    // One that was taken out of the database while its owner deleted it is no passkey once it is put back.
    const later = cookieOf((await assert(proven)).answer.headers)
    const own = keys.find(({ credentialID }: { credentialID: string }) => credentialID === key.id)
    const putBack = await takeOut('passkey', sql`id = ${own.id}`)
    expect((await remove(own.id, later)).status).toBe(404)
    await putBack()
    expect((await assert()).answer.status).toBe(401)
    expect((await assert('', other)).answer.status).toBe(200)

    await suite.api.send('DELETE', `/api/v1/people/${person.id}/second-factor`)
    expect(await statusOf(later)).toBe(401)
    expect((await assert('', other)).answer.status).toBe(401)
    expect((await signIn(ACCOUNT.email, ACCOUNT.password)).body.twoFactorRedirect).toBeUndefined()
  })

  it('can only set up a second factor where the instance requires one', async () => {
    const path = '/api/v1/admin/sign-in-policy'
    expect((await suite.api.send('GET', path)).body.signInPolicy).toEqual({ requireSecondFactor: 'nobody' })
    const ada = await signIn(ACCOUNT.email, ACCOUNT.password)
    await join('bob@example.com', 'developer')
    const bob = await signIn('bob@example.com')
    expect((await as(bob.cookie)('PATCH', path, { requireSecondFactor: 'nobody' })).status).toBe(403)
    expect((await suite.api.send('PATCH', path, {})).status).toBe(422)
    const made = await as(bob.cookie)('POST', '/api/v1/api-keys', {
      name: 'script',
      grants: [{ projectId: suite.projectId, role: 'viewer' }],
    })

    await suite.api.send('PATCH', path, { requireSecondFactor: 'admins' })
    const refused = await as(ada.cookie)('GET', '/api/v1/me')
    expect([refused.status, refused.body.error]).toEqual([403, 'SecondFactorRequired'])
    expect(await statusOf(bob.cookie)).toBe(200)
    await suite.api.send('PATCH', path, { requireSecondFactor: 'everybody' })
    expect(await statusOf(bob.cookie)).toBe(403)
    expect(await statusOf((await signIn('bob@example.com')).cookie)).toBe(403)
    for (const [what, body] of [
      ['update-user', { name: 'Mallory' }],
      ['change-password', { currentPassword: password, newPassword: 'another long password' }],
    ] as const)
      expect((await auth(what, body, bob.cookie)).body.error).toBe('SecondFactorRequired')
    // Machines and keys are not people.
    expect((await suite.api.send('GET', '/api/v1/me', undefined, { token: made.body.token })).status).toBe(200)
    expect((await suite.api.send('GET', '/api/v1/audit?action=instance.sign-in-policy')).body.entries).toHaveLength(2)

    const enabled = await auth('two-factor/enable', { password }, bob.cookie)
    const secret = new URL(enabled.body.totpURI).searchParams.get('secret') ?? ''
    expect(await statusOf(bob.cookie)).toBe(403)
    const verified = await auth('two-factor/verify-totp', { code: totp(secret) }, bob.cookie)
    expect(await statusOf(cookieOf(verified.headers))).toBe(200)
  })
}
