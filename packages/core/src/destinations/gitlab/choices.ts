/** The lists of the pickers: projects and groups whose variables the token may write. */
import { z } from 'zod'
import type { Session } from '../connection.ts'
import type { ChoiceList } from '../destination.ts'
import { readPages } from '../pages.ts'
import { understood } from '../understood.ts'
import type { GitlabCredentials } from './connection.ts'

const PAGE = 100

const project = z.object({ id: z.number(), path_with_namespace: z.string() })
const group = z.object({ id: z.number(), full_path: z.string() })
const shown = z.object({ id: z.string(), name: z.string() })

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

const choice = (row: Record<string, unknown>) => {
  const { id, name } = shown.parse(row)
  return { value: id, label: name, hint: id }
}

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
    return rows.map(({ id, path_with_namespace: name }) => ({ id: String(id), name }))
  },
  choice,
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
    return rows.map(({ id, full_path: name }) => ({ id: String(id), name }))
  },
  choice,
}

export const gitlabChoices = { projects, groups }
