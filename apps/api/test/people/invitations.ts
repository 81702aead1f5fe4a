/** How people are invited, and what an invitation does not allow. */
import { expect, it } from 'vitest'
import { ACCOUNT, newProject, readyApi } from '../../src/testing.ts'
import type { People } from './fixture.ts'

export function invitations(suite: People): void {
  const {
    mails,
    page,
    password,
    tokenOf,
    cookieOf,
    signIn,
    as,
    invite,
    accept,
    linkTo,
    invited,
    invitedAsAdmin,
    join,
    memberOf,
  } = suite

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
    const stored = JSON.stringify(await suite.api.ctx.db.selectFrom('invitations').selectAll().execute())
    expect(stored).not.toContain(tokenOf(link))

    expect((await accept(link, 'short')).status).toBe(422)
    const answers = await Promise.all([1, 2, 3].map(() => accept(link)))
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([200, 404, 404])
    const bob = as((await signIn('bob@example.com')).cookie)
    expect((await bob('GET', '/api/v1/me')).body.me).toMatchObject({
      instanceAdmin: false,
      grants: [{ projectId: suite.projectId, role: 'developer', scopes: null }],
    })
    expect((await bob('POST', '/api/v1/projects', { projectName: 'Mine' })).status).toBe(403)
    // With an account one is a member at once.
    const other = (await suite.api.send('POST', '/api/v1/projects', { projectName: 'Other' })).body.project
    const again = await suite.api.send('POST', `/api/v1/projects/${other.id}/invitations`, {
      email: 'bob@example.com',
      role: 'viewer',
    })
    expect(again.body).toMatchObject({ member: { email: 'bob@example.com', role: 'viewer' }, link: null })
    expect((await bob('GET', '/api/v1/projects')).body.projects).toHaveLength(2)
  })

  it('are not let in by an invitation that is old, replaced or revoked', async () => {
    const first = await invited('bob@example.com', 'viewer')
    const second = (await invite('bob@example.com', 'admin')).body
    expect((await accept(first)).status).toBe(404)
    const revoke = () =>
      suite.api.send('DELETE', `/api/v1/projects/${suite.projectId}/invitations/${second.invitation.id}`)
    const revoked = await Promise.all([revoke(), revoke()])
    expect(new Set(revoked.map(({ status }) => status))).toEqual(new Set([200, 404]))
    expect((await accept(linkTo('bob@example.com'))).status).toBe(404)
    const third = await invited('bob@example.com', 'admin')
    suite.api.clock.advance(8 * 24 * 3_600_000)
    expect((await accept(third)).status).toBe(404)
    expect((await signIn('bob@example.com')).status).toBe(401)
  })

  it('see what a link is for before they accept it, and accept it signed in when they have an account', async () => {
    const open = (link: string) =>
      suite.api.send('POST', '/api/v1/people/invitations/open', { token: tokenOf(link) }, { token: null })
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
    expect((await suite.api.send('POST', path, { token: tokenOf(other) }, { token: null })).status).toBe(400)
    const bob = as((await signIn('bob@example.com')).cookie)
    expect((await bob('POST', path, { token: tokenOf(other) })).body).toEqual({ email: 'bob@example.com' })
    expect((await bob('GET', '/api/v1/me')).body.me).toMatchObject({ instanceAdmin: true })

    const bare = await invited('carl@example.com', 'viewer')
    const refused = await suite.api.send('POST', path, { token: tokenOf(bare) }, { token: null })
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('a name and a password')])
    expect((await open(bare)).status).toBe(200)
  })

  it('are invited by a project admin who does not learn which address has an account', async () => {
    const bob = await join('bob@example.com', 'admin')
    await accept(await invitedAsAdmin('dora@example.com'))
    const answers = []
    for (const email of ['dora@example.com', 'nobody@example.com']) {
      const one = await bob('POST', `/api/v1/projects/${suite.projectId}/invitations`, { email, role: 'viewer' })
      const many = await bob('POST', `/api/v1/projects/${suite.projectId}/memberships`, { emails: [email] })
      const listed = await bob('GET', `/api/v1/projects/${suite.projectId}/invitations`)
      answers.push(
        JSON.stringify([one.status, one.body, many.status, many.body, listed.body.invitations.length])
          .replaceAll(email, 'EMAIL')
          .replaceAll(/[0-9a-f-]{36}/g, 'ID')
          .replaceAll(/T[\d:.]+Z/g, 'TIME'),
      )
      await suite.api.send('DELETE', `/api/v1/projects/${suite.projectId}/invitations/${listed.body.invitations[0].id}`)
    }
    expect(answers[0]).toBe(answers[1])
    await bob('POST', `/api/v1/projects/${suite.projectId}/invitations`, { email: 'dora@example.com', role: 'viewer' })
    expect(await memberOf('dora@example.com')).toBeUndefined()
    const dora = as((await signIn('dora@example.com')).cookie)
    const token = tokenOf(linkTo('dora@example.com'))
    expect((await dora('POST', '/api/v1/people/invitations/accept', { token })).status).toBe(200)
    expect(await memberOf('dora@example.com')).toMatchObject({ role: 'viewer' })
    const again = await bob('POST', `/api/v1/projects/${suite.projectId}/invitations`, {
      email: 'dora@example.com',
      role: 'viewer',
    })
    expect([again.status, again.body.message]).toEqual([400, expect.stringContaining('is a member of this project')])
  })

  it('are invited only while their inviter may still invite', async () => {
    const bob = await join('bob@example.com', 'admin')
    const sent = await bob('POST', `/api/v1/projects/${suite.projectId}/invitations`, {
      email: 'eve@example.com',
      role: 'admin',
    })
    expect(sent.body).toMatchObject({ link: null, mailed: true })
    const link = linkTo('eve@example.com')
    const open = async () =>
      (await suite.api.send('POST', '/api/v1/people/invitations/open', { token: tokenOf(link) }, { token: null }))
        .status
    const listed = async () =>
      (await suite.api.send('GET', `/api/v1/projects/${suite.projectId}/invitations`)).body.invitations.length
    expect([await open(), await listed()]).toEqual([200, 1])
    const { id, principalId } = await memberOf('bob@example.com')
    const change = (body: object) =>
      suite.api.send('PATCH', `/api/v1/projects/${suite.projectId}/memberships/${id}`, body)
    await change({ role: 'developer' })
    expect([await open(), await listed(), (await accept(link)).status]).toEqual([404, 0, 404])
    await change({ role: 'admin' })
    expect(await open()).toBe(200)
    await suite.api.send('DELETE', `/api/v1/people/${principalId}`)
    expect([await open(), (await accept(link)).status]).toEqual([404, 404])
  })

  it('are invited without email by instance admins only, who hand the link over; it proves no address', async () => {
    const other = await readyApi(suite.open)
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
}
