/** GitHub's calls on the secrets or variables of one place (GitHub's OpenAPI document 23.0.2, 2026-11-28). */
import { z } from 'zod'
import type { Meaning } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { Http, HttpAnswer, HttpRequest } from '../shared/http/http.ts'
import { readNumberedPages } from '../shared/http/pages.ts'
import { understood } from '../shared/http/understood.ts'
import { HEADERS } from './headers.ts'
import type { githubRateLimits } from './limits.ts'
import { areVariables, collectionPath, type GithubTarget, placeWords } from './target.ts'

export interface GithubApi {
  http: Http
  target: GithubTarget
  /** The address of its pages. */
  instance: string
  /** The rate-limit bucket of writes. */
  writes: Exclude<keyof typeof githubRateLimits, 'all'>
}

export interface GithubRow {
  name: string
  /** Of variables only. */
  value?: string
  updated_at: string
  visibility?: string
}

const row = z.object({
  name: z.string().min(1),
  value: z.string().optional(),
  updated_at: z.string(),
  visibility: z.string().optional(),
})
const listing = z.object({ total_count: z.number(), rows: z.array(row) })

/** Every row of the place. Complete, or it throws. */
export function listRows(api: GithubApi): Promise<GithubRow[]> {
  const variables = areVariables(api.target)
  const size = variables ? 30 : 100
  return readNumberedPages(
    async (page) => {
      const path = `${collectionPath(api.target)}?per_page=${size}&page=${page}`
      const { body } = await call(api, { method: 'GET', path, repeatable: true })
      const list = withRows(body, variables ? 'variables' : 'secrets')
      const { rows, total_count: total } = understood(listing, list, 'GitHub returned the listing')
      return { rows, total, isLast: page * size >= total }
    },
    ({ name }) => name,
  )
}

const withRows = (body: unknown, member: string): unknown =>
  body !== null && typeof body === 'object' ? { ...body, rows: Reflect.get(body, member) } : body

const publicKey = z.object({ key_id: z.string().min(1), key: z.base64() })

/** What secrets of the place are sealed for; `key` is 32 bytes in base64. */
export async function readPublicKey(api: GithubApi): Promise<{ id: string; key: string }> {
  const path = `${collectionPath(api.target)}/public-key`
  const { data } = publicKey.safeParse((await call(api, { method: 'GET', path, repeatable: true })).body)
  if (data && Buffer.from(data.key, 'base64').length === 32) return { id: data.key_id, key: data.key }
  throw new DestinationError('unavailable', 'GitHub returned no public key')
}

/** Creates or replaces. Throws `rejected` with the code `refused` on 422, which an outdated public key means too. */
export async function putSecret(api: GithubApi, name: string, body: Record<string, unknown>): Promise<void> {
  const path = `${collectionPath(api.target)}/${name}`
  await write(api, {
    method: 'PUT',
    path,
    body: { ...body, ...visibilityOf(api.target) },
    repeatable: true,
    promised: [201, 204],
    // The value is sealed here, so that it could not be taken out of an answer that quotes it.
    classify: ({ status }) => ({ quotesValues: true, ...(status === 422 && REFUSED_SECRET) }),
  })
}

const REFUSED_SECRET: Meaning = { code: 'refused', message: 'GitHub refuses the name or the value of the secret (422)' }

/** False: there is one of that name. */
export async function postVariable(api: GithubApi, name: string, value: string): Promise<boolean> {
  const body = { name, value, ...visibilityOf(api.target) }
  const path = collectionPath(api.target)
  return (await write(api, { method: 'POST', path, body, repeatable: false, promised: [201], accept: [409] })) !== 409
}

/** False: there is none of that name, or the place is gone. */
export async function patchVariable(api: GithubApi, name: string, value: string): Promise<boolean> {
  const body = { name, value, ...visibilityOf(api.target) }
  const path = `${collectionPath(api.target)}/${name}`
  return (await write(api, { method: 'PATCH', path, body, repeatable: true, promised: [204], accept: [404] })) !== 404
}

/** False on 404: it is gone, or the token may not delete it, or the place is gone. */
export async function deleteRow(api: GithubApi, name: string): Promise<boolean> {
  const path = `${collectionPath(api.target)}/${encodeURIComponent(name)}`
  return (await write(api, { method: 'DELETE', path, repeatable: true, promised: [204], accept: [404] })) !== 404
}

interface Write extends HttpRequest {
  /** The statuses that say that it was written. */
  promised: readonly number[]
  accept?: readonly number[]
}

/** Answers the status, which is promised or accepted. Another good one says nothing about the write. */
async function write(api: GithubApi, { promised, ...request }: Write): Promise<number> {
  const { status } = await call(api, { ...request, bucket: api.writes })
  if (promised.includes(status) || request.accept?.includes(status)) return status
  throw new DestinationError('unavailable', `GitHub did not confirm (${status}) that it was written`)
}

function call({ http, target }: GithubApi, request: HttpRequest): Promise<HttpAnswer> {
  return http.request({
    ...request,
    headers: HEADERS,
    classify: (answer) => ({ ...meaningAt(target, answer), ...request.classify?.(answer) }),
  })
}

function meaningAt(target: GithubTarget, { status }: HttpAnswer): Meaning | null {
  const place = placeWords(target)
  if (status === 404) return { message: `GitHub shows this token no ${place} (404); check the names and the rights` }
  if (status !== 301 && status !== 307 && status !== 308) return null
  return { kind: 'missing', message: `GitHub has moved the ${place} (${status}); enter its new name in the sync` }
}

/** Without the IDs, a write of an organization's secret would clear its list of repositories. */
function visibilityOf(target: GithubTarget): Record<string, unknown> {
  if (target.scope !== 'organization') return {}
  const { visibility, selectedRepositoryIds = [] } = target
  return { visibility, ...(visibility === 'selected' && { selected_repository_ids: selectedRepositoryIds }) }
}
