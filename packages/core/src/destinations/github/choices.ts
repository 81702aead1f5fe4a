/** The lists of the pickers. */
import { z } from 'zod'
import type { Session } from '../connection.ts'
import type { Choice, ChoiceList } from '../destination.ts'
import { readPages } from '../shared/http/pages.ts'
import { understood } from '../shared/http/understood.ts'
import type { GithubCredentials } from './connection.ts'
import { HEADERS } from './headers.ts'

const PAGE = 100

const account = z.object({ id: z.number(), login: z.string(), type: z.string().optional() })
const repository = z.object({ id: z.number(), name: z.string(), owner: account })
const environment = z.object({ id: z.number(), name: z.string() })

/** All rows of a listing, which is a list or has one in `member`. */
function rowsOf<T>({ http }: Session<unknown>, path: string, row: z.ZodType<T>, member?: string): Promise<T[]> {
  return readPages(async (from) => {
    const page = Number(from ?? 1)
    const answer = await http.request({
      method: 'GET',
      path: `${path}?per_page=${PAGE}&page=${page}`,
      headers: HEADERS,
      repeatable: true,
    })
    const list =
      member === undefined ? z.array(row) : z.object({ [member]: z.array(row) }).transform((body) => body[member] ?? [])
    const rows = understood(list, answer.body, `GitHub returned ${path}`)
    return { rows, next: rows.length === PAGE ? String(page + 1) : null }
  })
}

const repositoriesOf = (session: Session<GithubCredentials>) =>
  session.credentials.method === 'pat'
    ? rowsOf(session, '/user/repos', repository)
    : rowsOf(session, '/installation/repositories', repository, 'repositories')

const accountChoices = (rows: readonly z.infer<typeof account>[]): Choice[] =>
  [...new Map(rows.map((row) => [row.login, row])).values()].map((row) => choiceOf(row.login, row))

const namedChoices = (rows: readonly { name: string }[]): Choice[] => rows.map((row) => choiceOf(row.name, row))

const choiceOf = (name: string, row: Choice['row']): Choice => ({ value: name, label: name, hint: null, row })

const owners: ChoiceList<GithubCredentials> = {
  needs: [],
  list: async (session) => accountChoices((await repositoriesOf(session)).map(({ owner }) => owner)),
}

/** A fine-grained token is shown no organization, so that those of its repositories are added. */
const organizations: ChoiceList<GithubCredentials> = {
  needs: [],
  list: async (session) => {
    const isUser = session.credentials.method === 'pat'
    const [repositories, own] = await Promise.all([
      repositoriesOf(session),
      isUser ? rowsOf(session, '/user/orgs', account) : [],
    ])
    const others = repositories.map(({ owner }) => owner).filter(({ type }) => type === 'Organization')
    return accountChoices([...own, ...others])
  },
}

const repositories: ChoiceList<GithubCredentials> = {
  needs: ['owner'],
  list: async (session, { owner = '' }) => {
    const all = await repositoriesOf(session)
    return namedChoices(all.filter(({ owner: { login } }) => login.toLowerCase() === owner.toLowerCase()))
  },
}

const environments: ChoiceList<GithubCredentials> = {
  needs: ['owner', 'repo'],
  list: async (session, { owner = '', repo = '' }) => {
    const path = `/repos/${encodeURIComponent(owner)}/${encodeURIComponent(repo)}/environments`
    return namedChoices(await rowsOf(session, path, environment, 'environments'))
  },
}

export const githubChoices = { owners, organizations, repositories, environments }
