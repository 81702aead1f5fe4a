/** GitLab's calls on CI/CD variables, each with the environment scope (docs.gitlab.com, 2026-11-28). */
import { z } from 'zod'
import type { Meaning } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { Flags } from '../destination.ts'
import type { Http, HttpAnswer, HttpRequest } from '../shared/http/http.ts'
import { readNumberedPages } from '../shared/http/pages.ts'
import { understood } from '../shared/http/understood.ts'
import { type GitlabTarget, resourcePath, resourceWords } from './target.ts'

export interface GitlabApi {
  http: Http
  target: GitlabTarget
}

/** Older servers lack `hidden` (17.4) and `raw` (15.7). */
const variable = z.object({
  key: z.string().min(1),
  value: z.string().nullish(),
  variable_type: z.string().default('env_var'),
  protected: z.boolean(),
  masked: z.boolean(),
  hidden: z.boolean().optional(),
  raw: z.boolean().optional(),
  environment_scope: z.string().default('*'),
})
export type GitlabVariable = z.infer<typeof variable>

const PAGE = 100

/** Variables of every scope. Complete, or it throws. */
export function listVariables(api: GitlabApi): Promise<GitlabVariable[]> {
  return readNumberedPages(
    async (page) => {
      const path = `${resourcePath(api.target)}/variables?per_page=${PAGE}&page=${page}`
      const { body, headers } = await call(api, { method: 'GET', path, repeatable: true })
      const rows = understood(z.array(variable), body, 'GitLab returned the listing')
      const total = headers.get('x-total')
      const next = headers.get('x-next-page')
      // A proxy may drop the header: only a page that is not full is the last one then.
      return { rows, total: total ? Number(total) : null, isLast: next === null ? rows.length < PAGE : next === '' }
    },
    ({ key, environment_scope }) => JSON.stringify([key, environment_scope]),
  )
}

/** A variable as it should be. */
export interface Wanted {
  key: string
  value: string
  flags: Flags
}

/** The new variable; null when there is one of that key and scope. */
export async function postVariable(api: GitlabApi, { key, value, flags }: Wanted): Promise<GitlabVariable | null> {
  const body = {
    key,
    value,
    environment_scope: api.target.targetEnvironment,
    ...flagsOf(flags),
    // Hiding is for new variables only.
    ...(flags.hidden === true && { masked_and_hidden: true }),
    description: 'Synced by Keyferry',
  }
  const answer = await call(api, {
    method: 'POST',
    path: `${resourcePath(api.target)}/variables`,
    body,
    repeatable: false,
    accept: isTaken,
  })
  return answer.status === 400 ? null : written(answer, key)
}

/** The variable of that key, or null. A server before 16.9 ignores the scope for groups, and shows one of another. */
export async function readVariable(api: GitlabApi, key: string): Promise<GitlabVariable | null> {
  const answer = await call(api, { method: 'GET', path: variablePath(api, key), repeatable: true, accept: isAbsent })
  return answer.status === 404 ? null : written(answer, key)
}

/** The changed variable; null when there is none of that key and scope. */
export async function putVariable(api: GitlabApi, { key, value, flags }: Wanted): Promise<GitlabVariable | null> {
  const answer = await call(api, {
    method: 'PUT',
    path: variablePath(api, key),
    body: { value, variable_type: 'env_var', ...flagsOf(flags) },
    repeatable: true,
    accept: isAbsent,
  })
  return answer.status === 404 ? null : written(answer, key)
}

/** One that is gone counts as deleted. `scope`: left out, that of the target. */
export async function deleteVariable(api: GitlabApi, key: string, scope?: string): Promise<void> {
  const path = variablePath(api, key, scope)
  const { status } = await call(api, { method: 'DELETE', path, repeatable: true, accept: isAbsent })
  if (status !== 204 && status !== 404) {
    throw new DestinationError('unavailable', `GitLab did not confirm (${status}) that it was deleted`)
  }
}

const flagsOf = (flags: Flags): Record<string, boolean> => ({
  protected: flags.protected === true,
  masked: flags.masked === true,
  raw: flags.raw === true,
})

/** Without the filter, GitLab would take the variable of another scope when it is the only one of that key. */
const variablePath = ({ target }: GitlabApi, key: string, scope = target.targetEnvironment): string =>
  `${resourcePath(target)}/variables/${key}?filter%5Benvironment_scope%5D=${encodeURIComponent(scope)}`

function written({ status, body }: HttpAnswer, key: string): GitlabVariable {
  const { data } = variable.safeParse(body)
  if (data?.key === key) return data
  throw new DestinationError('unavailable', `GitLab did not confirm (${status}) that "${key}" was written`)
}

const absent = z.object({ message: z.string().regex(/Variable Not Found/i) })
const taken = z.object({ message: z.object({ key: z.array(z.string().regex(/has already been taken/)).min(1) }) })

const isAbsent = (status: number, body: unknown): boolean => status === 404 && absent.safeParse(body).success
const isTaken = (status: number, body: unknown): boolean => status === 400 && taken.safeParse(body).success

const call = ({ http, target }: GitlabApi, request: HttpRequest): Promise<HttpAnswer> =>
  http.request({ ...request, classify: (answer) => meaningAt(target, answer) })

const fixed = z.object({ message: z.object({ base: z.array(z.string().regex(/visibility setting/)).min(1) }) })
const invalid = z.object({ message: z.record(z.string(), z.unknown()) })

/** GitLab's words about a field are in an object, and are put into ours. */
function meaningAt(target: GitlabTarget, { status, body }: HttpAnswer): Meaning | null {
  if (status === 404) {
    return { message: `GitLab shows this token no ${resourceWords(target)} (404); check the number and the rights` }
  }
  if (status !== 400) return null
  if (fixed.safeParse(body).success) {
    return { code: 'hidden', message: 'GitLab shows a hidden variable never again (400)' }
  }
  const fields = Object.keys(invalid.safeParse(body).data?.message ?? {})
  if (fields.includes('value')) return { message: 'GitLab refuses the value (400); a masked one must be maskable' }
  if (fields.includes('key')) return { message: 'GitLab refuses the name (400)' }
  if (fields.includes('base')) return { message: 'GitLab refuses the variable (400); the project or group may be full' }
  return null
}
