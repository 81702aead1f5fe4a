/** The lists of the pickers: teams, projects and environments. Vercel documents none of branches. */
import { z } from 'zod'
import type { ChoiceList } from '../destination.ts'
import type { Http } from '../shared/http/http.ts'
import { listPages, paged, teamQuery } from './api.ts'
import { teamOf, whoAmI } from './account.ts'

interface Named extends Record<string, unknown> {
  id: string
  name: string
  hint: string | null
}

const list = (
  needs: readonly string[],
  read: (http: Http, known: Record<string, string>) => Promise<Named[]>,
): ChoiceList<unknown> => ({
  needs,
  list: async ({ http }, known) =>
    (await read(http, known)).map((row) => ({ value: row.id, label: row.name, hint: row.hint, row })),
})

const teams = paged.extend({
  teams: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string().nullish() })),
})
const projects = paged.extend({ projects: z.array(z.object({ id: z.string(), name: z.string() })) })
const environments = paged.extend({ environments: z.array(z.object({ id: z.string(), slug: z.string() })) })

const FIXED = ['Production', 'Preview', 'Development'].map((name) => ({ id: name.toLowerCase(), name, hint: null }))

const accountQuery = ({ teamId = '' }: Record<string, string>): string => teamQuery(teamOf(teamId))

const project = ({ app = '' }: Record<string, string>): string => encodeURIComponent(app)

/** Every team that the token reaches. */
export const listTeams = async (http: Http) =>
  (await listPages(http, '/v2/teams?limit=100', teams)).flatMap((page) => page.teams)

export const vercelChoices: Record<string, ChoiceList<unknown>> = {
  teams: list([], async (http) => {
    const user = await whoAmI(http)
    const rows = (await listTeams(http)).map(({ id, slug, name }) => ({ id, name: name ?? slug, hint: slug }))
    // A token of one team doesn't reach the personal account.
    return user === null ? rows : [...rows, { id: user.id, name: user.username, hint: 'personal account' }]
  }),
  projects: list(['teamId'], async (http, known) => {
    const pages = await listPages(http, `/v10/projects?limit=100${accountQuery(known)}`, projects)
    return pages.flatMap((page) => page.projects.map(({ id, name }) => ({ id, name, hint: null })))
  }),
  environments: list(['teamId', 'app'], async (http, known) => {
    const path = `/v9/projects/${project(known)}/custom-environments?${accountQuery(known)}`
    const found = (await listPages(http, path, environments)).flatMap((page) => page.environments)
    return [...FIXED, ...found.map(({ id, slug }) => ({ id, name: slug, hint: 'custom environment' }))]
  }),
}
