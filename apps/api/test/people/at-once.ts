/** What happens at the same moment, which only Postgres lets happen. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { ACCOUNT } from '../../src/testing.ts'
import type { People } from './fixture.ts'

export function atOnce(suite: People): void {
  const { auth, linkTo, prove, signIn, tokenOf } = suite

  it('have one link that works when they are invited several times at once', async () => {
    for (const path of [`projects/${suite.projectId}/invitations`, 'people/invitations']) {
      const body = { email: 'bob@example.com', role: 'viewer' }
      await Promise.all(Array.from({ length: 4 }, () => suite.api.send('POST', `/api/v1/${path}`, body)))
      expect((await suite.api.send('GET', `/api/v1/${path}`)).body.invitations).toHaveLength(1)
    }
  })

  it('are not signed in by a password that is replaced while it is checked', async () => {
    await prove(ACCOUNT.email)
    const [person] = (await suite.api.send('GET', '/api/v1/people')).body.people
    await suite.api.send('POST', `/api/v1/people/${person.id}/reset-link`)
    const { db } = suite.api.ctx
    const waiting = sql<{
      n: string
    }>`select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    const { late } = await db.transaction().execute(async (tx) => {
      // A session refers to its person, so that a new one waits.
      await sql`select from "user" for update`.execute(tx)
      const late = signIn(ACCOUNT.email, ACCOUNT.password)
      await expect.poll(async () => Number((await waiting.execute(db)).rows[0]?.n)).toBe(1)
      const token = tokenOf(linkTo(ACCOUNT.email))
      expect((await auth('reset-password', { token, newPassword: 'another long password' })).status).toBe(200)
      return { late }
    })
    const { status, body } = await late
    expect([status, body.code]).toEqual([401, 'CHANGED_MEANWHILE'])
    const sessions = (await suite.api.send('GET', `/api/v1/people/${person.id}/sessions`)).body.sessions
    expect(sessions).toEqual([])
    expect((await signIn(ACCOUNT.email, 'another long password')).status).toBe(200)
  })
}
