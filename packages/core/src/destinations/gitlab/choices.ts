/** The lists of the pickers: projects and groups whose variables the token may write. */
import { z } from 'zod'
import type { Session } from '../connection.ts'
import type { Choice, ChoiceList } from '../destination.ts'
import { readPages } from '../shared/http/pages.ts'
import { understood } from '../shared/http/understood.ts'
import type { GitlabCredentials } from './connection.ts'

const PAGE = 100

const project = z.object({ id: z.number(), path_with_namespace: z.string() })
const group = z.object({ id: z.number(), full_path: z.string() })

/** All rows of a listing; `pathAfter` gives the path of the page after the last row of the one before. */
function rowsOf<T>(
  { http }: Session<GitlabCredentials>,
  row: z.ZodType<T>,
  pathAfter: (from: string | null) => string,
  nextOf: (rows: readonly T[], from: string | null) => string,
): Promise<T[]> {
  return readPages(async (from) => {
    const { body } = await http.request({ method: 'GET', path: pathAfter(from), repeatable: true })
    const rows = understood(z.array(row), body, 'GitLab returned the list')
    return { rows, next: rows.length === PAGE ? nextOf(rows, from) : null }
  })
}

const choiceOf = (id: string, name: string): Choice => ({ value: id, label: name, hint: id, row: { id, name } })

/** By ID, since GitLab refuses numbered pages far into a long list of projects. */
const projects: ChoiceList<GitlabCredentials> = {
  needs: [],
  list: async (session) => {
    const query =
      'membership=true&min_access_level=40&simple=true&archived=false&pagination=keyset&order_by=id&sort=asc'
    const rows = await rowsOf(
      session,
      project,
      (after) => `/projects?${query}&per_page=${PAGE}${after === null ? '' : `&id_after=${after}`}`,
      (page) => String(page.at(-1)?.id ?? ''),
    )
    return rows.map(({ id, path_with_namespace: name }) => choiceOf(String(id), name))
  },
}

const groups: ChoiceList<GitlabCredentials> = {
  needs: [],
  list: async (session) => {
    const rows = await rowsOf(
      session,
      group,
      (page) => `/groups?min_access_level=50&per_page=${PAGE}&page=${page ?? 1}`,
      (_, page) => String(Number(page ?? 1) + 1),
    )
    return rows.map(({ id, full_path: name }) => choiceOf(String(id), name))
  },
}

export const gitlabChoices = { projects, groups }
