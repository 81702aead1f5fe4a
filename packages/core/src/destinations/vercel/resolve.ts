/** The ids of a team and a project that were named by their slug or name, as Vercel's pages show them. */
import { z } from 'zod'
import { DestinationError } from '../destination-error.ts'
import type { Http } from '../shared/http/http.ts'
import { understood } from '../shared/http/understood.ts'
import { teamOf, whoAmI } from './account.ts'
import { meaningOf, teamQuery } from './api.ts'
import { listTeams } from './choices.ts'

/** The id of a team, or of the user of a personal account. Throws `missing` when the token reaches neither. */
export async function resolveTeam(http: Http, team: string): Promise<string> {
  if (teamOf(team) !== null) return team
  const user = await whoAmI(http)
  if (user !== null && [user.id, user.username].includes(team)) return user.id
  const found = (await listTeams(http)).find(({ slug }) => slug === team)
  if (found) return found.id
  throw new DestinationError('missing', `Vercel shows this API token no team "${team}"; choose one, or enter its ID`)
}

const project = z.object({ id: z.string().min(1), name: z.string() })

/** A project of the account by its id or name. Throws `missing` when there is none. */
export async function resolveProject(http: Http, teamId: string, idOrName: string): Promise<z.output<typeof project>> {
  const answer = await http.request({
    method: 'GET',
    path: `/v9/projects/${encodeURIComponent(idOrName)}?${teamQuery(teamOf(teamId))}`,
    repeatable: true,
    accept: [404],
    classify: meaningOf,
  })
  if (answer.status === 404)
    throw new DestinationError('missing', `Vercel has no project "${idOrName}" in this account; check team and project`)
  return understood(project, answer.body, 'Vercel returned a project')
}
