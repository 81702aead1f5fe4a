/** The account behind an API token. */
import { z } from 'zod'
import type { Account } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { Http } from '../shared/http/http.ts'

const user = z.object({ user: z.object({ id: z.string(), username: z.string() }) })
const teams = z.object({ teams: z.array(z.object({ slug: z.string() })) })

/** The user of a token; null when the token is limited to a team and may not tell. */
export async function whoAmI(http: Http): Promise<{ id: string; username: string } | null> {
  const answer = await http.request({
    method: 'GET',
    path: '/v2/user',
    repeatable: true,
    accept: (status, body) => status === 403 && !isInvalid(body),
  })
  if (answer.status === 403) return null
  const { success, data } = user.safeParse(answer.body)
  if (!success) throw notVercel()
  return data.user
}

/** Vercel answers 403 to a wrong token as well. */
const isInvalid = (body: unknown): boolean =>
  z.object({ error: z.object({ invalidToken: z.literal(true) }) }).safeParse(body).success

export async function checkVercel(http: Http): Promise<Account> {
  const self = await whoAmI(http)
  if (self !== null) return { label: self.username }
  const answer = await http.request({ method: 'GET', path: '/v2/teams?limit=1', repeatable: true })
  const { success, data } = teams.safeParse(answer.body)
  if (!success) throw notVercel()
  return { label: data.teams[0]?.slug ?? 'Vercel' }
}

const notVercel = (): DestinationError =>
  new DestinationError('missing', 'This host does not respond like the Vercel API; check the instance URL')

/** A target names a team, or the user of a personal account (as Infisical does), which the API has no id for. */
export const teamOf = (teamId: string): string | null => (teamId.startsWith('team_') ? teamId : null)
