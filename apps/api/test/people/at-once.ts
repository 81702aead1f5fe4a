/** What happens at the same moment, which only Postgres lets happen. */
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { ACCOUNT } from '../../src/testing.ts'
import type { People } from './fixture.ts'

export function atOnce(suite: People): void {
  const { accept, as, auth, invited, join, linkTo, prove, signIn, tokenOf } = suite
  /** Until so many statements wait for a lock. */
  const waiting = (count: number) =>
    expect
      .poll(async () => {
        const { rows } = await sql<{
          n: string
        }>`select count(*) as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
          suite.api.ctx.db,
        )
        return Number(rows[0]?.n)
      })
      .toBe(count)
  /** Two changes: the second begins when the first has only its row of the audit log left to write. */
  async function besides<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T[]> {
    const answers = await suite.api.ctx.db.transaction().execute(async (tx) => {
      await sql`select from audit_head for update`.execute(tx)
      const begun = [first()]
      await waiting(1)
      begun.push(second())
      await waiting(2)
      return begun
    })
    return Promise.all(answers)
  }
  const keyFor = (projectId: string) => ({ name: 'script', grants: [{ projectId, role: 'viewer' }] })

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
    const { late } = await suite.api.ctx.db.transaction().execute(async (tx) => {
      // A session refers to its person, so that a new one waits.
      await sql`select from "user" for update`.execute(tx)
      const late = signIn(ACCOUNT.email, ACCOUNT.password)
      await waiting(1)
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

  it('get no API key from a session that ends at this moment, because a mail proves their address', async () => {
    const { id } = (await suite.api.send('POST', '/api/v1/projects', { projectName: 'Other' })).body.project
    const link = await invited('bob@example.com', 'admin')
    await suite.api.send('POST', `/api/v1/projects/${id}/invitations`, { email: 'bob@example.com', role: 'admin' })
    const token = tokenOf(linkTo('bob@example.com'))
    await accept(link)
    await prove('bob@example.com', 0)
    const bob = as((await signIn('bob@example.com')).cookie)
    const [proven, key] = await besides(
      () => bob('POST', '/api/v1/people/invitations/accept', { token }),
      () => bob('POST', '/api/v1/api-keys', keyFor(suite.projectId)),
    )
    expect([proven?.status, key?.status]).toEqual([200, 401])
  })

  it('leave nothing that is given to them while they are removed', async () => {
    const bob = await join('bob@example.com', 'admin')
    const { id } = (await bob('GET', '/api/v1/me')).body.me
    const answers = await besides(
      () => bob('POST', '/api/v1/api-keys', keyFor(suite.projectId)),
      () => suite.api.send('DELETE', `/api/v1/people/${id}`),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    const owners = (await suite.api.send('GET', '/api/v1/api-keys')).body.apiKeys.map(
      ({ owner }: { owner: string }) => owner,
    )
    expect(owners).toEqual([ACCOUNT.email])
  })
}
