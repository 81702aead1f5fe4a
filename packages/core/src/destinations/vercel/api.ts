/**
 * The calls on the variables of a project, and what Vercel's errors mean (`@vercel/sdk` 1.28.35, Vercel's CLI and
 * Terraform provider, 2026-11-28). The version in a path differs from call to call. No decisions here.
 */
import { z } from 'zod'
import type { Meaning } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { Http, HttpAnswer, HttpRequest } from '../shared/http/http.ts'
import { readPages } from '../shared/http/pages.ts'
import { understood } from '../shared/http/understood.ts'

/** One project as one token sees it. */
export interface VercelApi {
  http: Http
  /** Null for a personal account. */
  teamId: string | null
  /** Its id or its name. */
  project: string
}

export interface Environments {
  target: readonly string[]
  customEnvironmentIds: readonly string[]
}

/** Lenient: a new field or type must not stop a sync. `target` of old records is one text. */
const variable = z.object({
  id: z.string().min(1),
  key: z.string(),
  value: z.string().default(''),
  type: z.string(),
  target: z
    .union([z.array(z.string()), z.string().transform((one) => [one])])
    .nullish()
    .transform((list) => list ?? []),
  customEnvironmentIds: z
    .array(z.string())
    .nullish()
    .transform((list) => list ?? []),
  gitBranch: z
    .string()
    .nullish()
    .transform((branch) => branch || null),
  configurationId: z
    .string()
    .nullish()
    .transform((id) => id ?? null),
  decrypted: z.boolean().default(false),
  updatedAt: z.number().default(0),
})
export type Variable = z.infer<typeof variable>

/** A list of pages; `next` is a time, where the next page ends. */
export const paged = z.object({ pagination: z.object({ next: z.number().nullish() }).nullish() })

/** Every page of a list whose path has a query. Complete, or it throws. */
export const listPages = <Page extends z.infer<typeof paged>>(
  http: Pick<Http, 'request'>,
  path: string,
  page: z.ZodType<Page>,
): Promise<Page[]> =>
  readPages(async (until) => {
    const more = until === null ? '' : `&until=${until}`
    const answer = await http.request({ method: 'GET', path: path + more, repeatable: true, classify: meaningOf })
    const data = understood(page, answer.body, 'Vercel returned a list')
    return { rows: [data], next: data.pagination?.next ? String(data.pagination.next) : null }
  })

const listing = paged.extend({ envs: z.array(variable), hiddenProductionEnvCount: z.number().default(0) })

/** Every variable of the project, and how many of production Vercel hides from this token. */
export async function listVariables(api: VercelApi): Promise<{ variables: Variable[]; hidden: number }> {
  const request = (asked: HttpRequest) => call(api, asked)
  const pages = await listPages({ request }, `/v10${path(api)}?decrypt=true`, listing)
  return {
    variables: pages.flatMap(({ envs }) => envs),
    hidden: Math.max(...pages.map((page) => page.hiddenProductionEnvCount)),
  }
}

/** The record as it is now; null when it is gone. */
export async function readVariable(api: VercelApi, id: string): Promise<Variable | null> {
  const request = { method: 'GET', path: `/v1${path(api, id)}?`, accept: [404], repeatable: true } as const
  const answer = await call(api, request)
  if (answer.status === 404) return null
  return understood(variable, answer.body, 'Vercel returned a variable')
}

export interface Entry extends Environments {
  key: string
  value: string
  type: 'encrypted' | 'plain' | 'sensitive'
  gitBranch: string | null
}

const failed = z.array(
  z.object({
    error: z.object({ code: z.string(), message: z.string().default(''), envVarKey: z.string().nullish() }),
  }),
)
const created = z.object({ key: z.string(), type: z.string() })
const written = z.object({
  created: z
    .union([z.array(created), created.transform((one) => [one])])
    .nullish()
    .transform((rows) => rows ?? []),
  failed,
})
/** All failed: the list stands in an error answer. */
const isFailed = (_status: number, body: unknown): boolean =>
  z.object({ failed: failed.min(1) }).safeParse(body).success

export interface Failure {
  code: string
  /** Vercel's, which may quote any value of the call. */
  words: string
  /** Null where Vercel does not say which variable it is. */
  key: string | null
}

export interface Written {
  /** Those that Vercel shows; it need not show one that it set. */
  created: readonly z.infer<typeof created>[]
  failed: readonly Failure[]
}

/**
 * Creates variables, and sets those with exactly the same environments. Repeating it changes nothing. Only version 10
 * knows `upsert` (getsentry/sentry issue 118314). Part of them may fail in an answer of 201.
 */
export async function upsertVariables(api: VercelApi, entries: readonly Entry[]): Promise<Written> {
  const request = { method: 'POST', path: `/v10${path(api)}?upsert=true`, body: entries, accept: isFailed } as const
  const answer = await call(api, { ...request, repeatable: true, bucket: 'create' })
  const data = understood(written, answer.body, 'Vercel returned the write')
  return {
    created: data.created,
    failed: data.failed.map(({ error: { code, message, envVarKey } }) => ({
      code,
      words: message,
      key: envVarKey ?? null,
    })),
  }
}

/** Sets the environments of a record and leaves its value. False when it is gone. */
export async function moveVariable(api: VercelApi, id: string, environments: Environments): Promise<boolean> {
  const request = { method: 'PATCH', path: `/v9${path(api, id)}?`, body: environments, accept: [404] } as const
  const answer = await call(api, { ...request, repeatable: true, bucket: 'update' })
  if (answer.status === 404) return false
  if (!created.safeParse(answer.body).success) throw notUnderstood('whether a variable was changed')
  return true
}

const removed = z.object({ deleted: z.number(), ids: z.array(z.string()) })

/** Removes records. Answers those that are still there: the answer leaves out what was gone and what Vercel kept. */
export async function removeVariables(api: VercelApi, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const request = { method: 'DELETE', path: `/v1${path(api)}?`, body: { ids } } as const
  const answer = await call(api, { ...request, repeatable: true, bucket: 'delete' })
  const { success, data } = removed.safeParse(answer.body)
  if (!success) throw notUnderstood('whether the variables were removed')
  const unclear = new Set(ids.filter((id) => !data.ids.includes(id)))
  if (unclear.size === 0) return unclear
  const { variables } = await listVariables(api)
  return new Set(variables.map(({ id }) => id).filter((id) => unclear.has(id)))
}

/** Whether the team makes every variable of production and preview sensitive; false where the token cannot tell. */
export async function demandsSensitive({ http, teamId }: VercelApi): Promise<boolean> {
  if (teamId === null) return false
  const request = { method: 'GET', path: `/v2/teams/${encodeURIComponent(teamId)}`, repeatable: true } as const
  const { body } = await http.request({ ...request, accept: [403, 404] })
  return z.object({ sensitiveEnvironmentVariablePolicy: z.literal('on') }).safeParse(body).success
}

const path = ({ project }: VercelApi, id?: string): string =>
  `/projects/${encodeURIComponent(project)}/env${id === undefined ? '' : `/${encodeURIComponent(id)}`}`

/** `teamId` as a query of its own or after others. */
export const teamQuery = (teamId: string | null): string =>
  teamId === null ? '' : `&teamId=${encodeURIComponent(teamId)}`

function call(api: VercelApi, request: HttpRequest): Promise<HttpAnswer> {
  const classify = (answer: HttpAnswer): Meaning | null => ({
    ...(answer.status === 404
      ? { message: `Vercel has no project ${api.project} in this account; check the team and the project (404)` }
      : meaningOf(answer)),
    // An error of a write may quote any of its values.
    quotesValues: request.body !== undefined,
  })
  return api.http.request({ ...request, path: request.path + teamQuery(api.teamId), classify })
}

const refusal = z.object({
  error: z.object({
    code: z.string(),
    invalidToken: z.boolean().nullish(),
    limit: z.object({ reset: z.number() }).nullish(),
  }),
})

/** Vercel's errors where the status says too little: 403 is a wrong token too, and a name that is taken. */
export function meaningOf({ status, body }: HttpAnswer): Meaning | null {
  const { data } = refusal.safeParse(body)
  if (!data) return null
  const { code, invalidToken, limit } = data.error
  if (status === 429) {
    // In seconds since 1970, also where the headers say nothing.
    const waitMs = limit ? limit.reset * 1000 - Date.now() : 0
    return waitMs > 0 ? { waitMs, code } : { code }
  }
  if (invalidToken)
    return { kind: 'auth', code, message: 'Vercel does not accept the API token: it is wrong or has expired (403)' }
  if (TAKEN.has(code)) return { kind: 'conflict', code, message: takenMessage }
  if (code.startsWith('challenge_required') || code === 'user_auth_required')
    return { kind: 'auth', code, message: 'Vercel wants a person to confirm this change; use a token without that' }
  if (status === 402) return { kind: 'auth', code, message: "Vercel refuses because of the account's plan (402)" }
  if (status === 403)
    return { code, message: 'The API token lacks access to this team or project, or the right to change it (403)' }
  return { code, ...(status === 400 ? { message: `Vercel refused the request (${code})` } : {}) }
}

/** Another record of the key has the environment. */
export const TAKEN: ReadonlySet<string> = new Set(['ENV_CONFLICT', 'ENV_ALREADY_EXISTS', 'EXISTING_KEY_AND_TARGET'])
export const takenMessage =
  'Someone else created a variable with this name for this environment and others. The next run checks it again'

const notUnderstood = (what: string): DestinationError =>
  new DestinationError('unavailable', `Vercel's answer does not show ${what}`)
