/** Sessions and their ends. */
import { amend, withOwnNames } from '@keyferry/db'
import { expect, it } from 'vitest'
import { ACCOUNT } from '../../src/testing.ts'
import type { People } from './fixture.ts'

export function sessions(suite: People): void {
  const { auth, signIn, as, join, statusOf } = suite

  /** Every session is as one that began and was last used so many hours ago. */
  async function sessionsAre(began: number, lastUsed: number) {
    const ago = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString()
    const sessions = withOwnNames(suite.api.ctx.db).withTables<{ session: { id: string; updatedAt: string } }>()
    for (const { id } of await sessions.selectFrom('session').select('id').execute())
      await amend(sessions, 'session', id, { createdAt: ago(began), expiresAt: ago(lastUsed - 168) })
    await sessions
      .updateTable('session')
      .set({ updatedAt: ago(lastUsed) })
      .execute()
  }

  it('see their sessions and end them, which end unused and after a week', async () => {
    const here = await signIn(ACCOUNT.email, ACCOUNT.password)
    const there = await signIn(ACCOUNT.email, ACCOUNT.password)
    const listed = await as(here.cookie)('GET', '/api/auth/list-sessions')
    expect(listed.body).toMatchObject([{ signedInBy: 'password' }, { signedInBy: 'password' }])
    await sessionsAre(72, 23)
    expect(await statusOf(here.cookie)).toBe(200)
    const seen = (await as(here.cookie)('GET', '/api/auth/list-sessions')).body
    expect(
      seen.filter(({ updatedAt }: { updatedAt: string }) => Date.parse(updatedAt) > Date.now() - 60_000),
    ).toHaveLength(1)
    expect((await auth('revoke-other-sessions', {}, here.cookie)).status).toBe(200)
    expect(await statusOf(there.cookie)).toBe(401)
    expect(await statusOf(here.cookie)).toBe(200)

    const unused = await signIn(ACCOUNT.email, ACCOUNT.password)
    await sessionsAre(72, 25)
    // Somebody who writes to the database has it look used: its sealed end says that it was not.
    await withOwnNames(suite.api.ctx.db)
      .withTables<{ session: { updatedAt: string } }>()
      .updateTable('session')
      .set({ updatedAt: new Date().toISOString() })
      .execute()
    expect(await statusOf(unused.cookie)).toBe(401)
    const old = await signIn(ACCOUNT.email, ACCOUNT.password)
    await sessionsAre(169, 1)
    // Nor does better-auth's own page of it know it any more.
    expect((await as(old.cookie)('GET', '/api/auth/get-session')).body).toBeNull()
    expect(await statusOf(old.cookie)).toBe(401)
  })

  it('are signed out everywhere by an instance admin', async () => {
    const { cookie } = await signIn(ACCOUNT.email, ACCOUNT.password)
    const [person] = (await suite.api.send('GET', '/api/v1/people')).body.people
    const path = `/api/v1/people/${person.id}/sessions`
    expect((await suite.api.send('GET', path)).body.sessions).toMatchObject([
      { address: '127.0.0.1', signedInBy: 'password' },
    ])
    const bob = await join('bob@example.com', 'admin')
    expect((await bob('GET', path)).status).toBe(403)
    expect((await bob('DELETE', path)).status).toBe(403)
    expect((await suite.api.send('DELETE', path)).body.person).toMatchObject({ email: ACCOUNT.email })
    expect(await statusOf(cookie)).toBe(401)
    expect((await suite.api.send('GET', path)).body.sessions).toEqual([])
    const { entries } = (await suite.api.send('GET', '/api/v1/audit?action=person.sign-out-everywhere')).body
    expect(entries).toMatchObject([{ details: { email: ACCOUNT.email, ended: 1 } }])
  })
}
