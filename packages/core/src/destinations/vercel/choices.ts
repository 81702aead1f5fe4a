/** The lists of the pickers: teams, projects and environments. Vercel documents none of branches. */
import { z } from 'zod'
import { DestinationError } from '../destination-error.ts'
import type { ChoiceList } from '../destination.ts'
import type { Http } from '../http.ts'
import { readPages } from '../pages.ts'
import { meaningOf, teamQuery } from './api.ts'
import { teamOf, whoAmI } from './account.ts'

const named = z.object({ id: z.string(), name: z.string(), hint: z.string().nullable().default(null) })
type Named = z.infer<typeof named>

const list = (
  needs: readonly string[],
  read: (http: Http, known: Record<string, string>) => Promise<Named[]>,
): ChoiceList<unknown> => ({
  needs,
  list: async ({ http }, known) => (await read(http, known)).map((row) => ({ ...row })),
  choice: (row) => {
    const { id, name, hint } = named.parse(row)
    return { value: id, label: name, hint }
  },
})

const pagination = z.object({ next: z.number().nullish() })

/** All rows of a list of pages. */
const readAll = <Row>(http: Http, path: string, rowsOf: (body: unknown) => Row[] | undefined): Promise<Row[]> =>
  readPages(async (until) => {
    const more = until === null ? '' : `&until=${until}`
    const answer = await http.request({ method: 'GET', path: path + more, repeatable: true, classify: meaningOf })
    const rows = rowsOf(answer.body)
    const paged = z.object({ pagination: pagination.nullish() }).safeParse(answer.body).data
    if (!rows) throw new DestinationError('unavailable', 'Vercel returned a list in an unknown format')
    const next = paged?.pagination?.next
    return { rows, next: next ? String(next) : null }
  })

const teams = z.object({ teams: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string().nullish() })) })
const projects = z.object({ projects: z.array(z.object({ id: z.string(), name: z.string() })) })
const environments = z.object({ environments: z.array(z.object({ id: z.string(), slug: z.string() })) })

const FIXED = ['Production', 'Preview', 'Development'].map((name) => ({ id: name.toLowerCase(), name, hint: null }))

const accountQuery = ({ teamId = '' }: Record<string, string>): string => teamQuery(teamOf(teamId))

const project = ({ app = '' }: Record<string, string>): string => encodeURIComponent(app)

/** Every team that the token reaches. */
export const listTeams = (http: Http) =>
  readAll(http, '/v2/teams?limit=100', (body) => teams.safeParse(body).data?.teams)

export const vercelChoices: Record<string, ChoiceList<unknown>> = {
  teams: list([], async (http) => {
    const user = await whoAmI(http)
    const rows = (await listTeams(http)).map(({ id, slug, name }) => ({ id, name: name ?? slug, hint: slug }))
    // A token of one team doesn't reach the personal account.
    return user === null ? rows : [...rows, { id: user.id, name: user.username, hint: 'personal account' }]
  }),
  projects: list(['teamId'], async (http, known) => {
    const path = `/v10/projects?limit=100${accountQuery(known)}`
    const found = await readAll(http, path, (body) => projects.safeParse(body).data?.projects)
    return found.map(({ id, name }) => ({ id, name, hint: null }))
  }),
  environments: list(['teamId', 'app'], async (http, known) => {
    const path = `/v9/projects/${project(known)}/custom-environments?${accountQuery(known)}`
    const found = await readAll(http, path, (body) => environments.safeParse(body).data?.environments)
    return [...FIXED, ...found.map(({ id, slug }) => ({ id, name: slug, hint: 'custom environment' }))]
  }),
}
