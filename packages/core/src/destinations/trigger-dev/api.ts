/**
 * Trigger.dev's calls for environment variables, as its server of 2026-08-21 (4.5.12) answers them. No decisions here.
 */
import { z } from 'zod'
import { DestinationError } from '../destination-error.ts'
import type { Meaning } from '../connection.ts'
import type { Http, HttpAnswer, HttpRequest } from '../shared/http/http.ts'
import { understood } from '../shared/http/understood.ts'

/** Which environment's variables: a project, an environment's slug, and maybe one branch of it. */
export interface Place {
  projectRef: string
  environment: string
  /** Sent as `x-trigger-branch`; only for `preview` and `dev`, where it means what it says. */
  branch: string | null
}

export interface Variable {
  name: string
  /** `<redacted>` for a secret. */
  value: string
  isSecret: boolean
}

const variables = z.array(z.object({ name: z.string(), value: z.string(), isSecret: z.boolean().default(false) }))
const success = z.object({ success: z.literal(true) })
const worded = z.object({ error: z.string() })

export const errorText = (body: unknown): string => worded.safeParse(body).data?.error ?? ''

export async function listVariables(http: Http, place: Place): Promise<Variable[]> {
  const answer = await ask(http, place, { method: 'GET', path: '', repeatable: true })
  return understood(variables, answer.body, 'Trigger.dev returned the list of variables')
}

/** Creates and overwrites; repeating it changes nothing. Values go out as one JSON object, `__proto__` included. */
export async function importVariables(
  http: Http,
  place: Place,
  pairs: readonly { key: string; value: string }[],
  isSecret: boolean,
  cancel: AbortSignal,
): Promise<void> {
  // fromEntries defines properties, where an assignment to `__proto__` would set the prototype.
  const body = { variables: Object.fromEntries(pairs.map(({ key, value }) => [key, value])), override: true, isSecret }
  const answer = await ask(http, place, {
    method: 'POST',
    path: '/import',
    body,
    bucket: 'deployment',
    repeatable: true,
    cancel,
  })
  // Of a secret that was there before, the listing does not show whether it has the new value.
  if (!success.safeParse(answer.body).success)
    throw new DestinationError('unavailable', 'Trigger.dev did not confirm that the variables were written')
}

/** Deletes one variable; resolves as well when this environment does not have it. */
export async function deleteVariable(http: Http, place: Place, name: string, cancel: AbortSignal): Promise<void> {
  const path = `/${encodeURIComponent(name)}`
  const answer = await ask(http, place, { method: 'DELETE', path, accept: isGone, repeatable: true, cancel })
  if (answer.status >= 400 || success.safeParse(answer.body).success) return
  // The next run's listing shows.
  throw new DestinationError('unavailable', `Trigger.dev did not confirm that ${name} was deleted`)
}

/** Names that no address of one variable can carry: dots are resolved away, and `import` is another route. */
export const isAddressable = (name: string): boolean => !['', '.', '..', 'import'].includes(name) && name.isWellFormed()

function ask(http: Http, place: Place, request: HttpRequest): Promise<HttpAnswer> {
  const { projectRef, environment, branch } = place
  const path = `/api/v1/projects/${encodeURIComponent(projectRef)}/envvars/${encodeURIComponent(environment)}${request.path}`
  const headers: Record<string, string> = branch === null ? {} : { 'x-trigger-branch': branch }
  return http.request({ bucket: 'api', ...request, path, headers, classify: (answer) => meaningOf(place, answer) })
}

/** The request itself is wrong, whatever variables it carries. */
export const INVALID_BODY = 'invalid-body'

const tooMany = z.object({ secondsUntilReset: z.number() })

/** Trigger.dev's refusals in words that name the place; some it tells apart by its words alone. */
function meaningOf(place: Place, { status, body }: HttpAnswer): Meaning | null {
  // The body of a 429 says how long to wait without a clock.
  if (status === 429) {
    const wait = tooMany.safeParse(body).data?.secondsUntilReset
    return wait === undefined ? null : { waitMs: wait * 1000 }
  }
  const message = refusalAt(place, status, body)
  if (status !== 400) return message === undefined ? null : { message }
  const said = errorText(body)
  if (said.startsWith('Invalid body')) return { code: INVALID_BODY }
  // An environment key meets a wrong project or environment with 400 where a personal token gets 404.
  const missing = ['Project not found', 'Invalid project ref', 'Invalid environment slug', 'Branch not associated']
  return missing.some((words) => said.includes(words)) ? { kind: 'missing' } : null
}

/** 404 when the project has no variable of that name, 400 when only other environments have it. */
function isGone(status: number, body: unknown): boolean {
  const said = errorText(body)
  return (
    (status === 404 && said === 'Environment variable not found') ||
    (status === 400 && said === 'Environment variable value not found')
  )
}

/** Trigger.dev's refusals in words that name the place. */
export function refusalAt(
  { projectRef, environment, branch }: Place,
  status: number,
  body: unknown,
): string | undefined {
  const where = `${projectRef} · ${environment}${branch === null ? '' : ` · ${branch}`}`
  if (status === 401) return `Trigger.dev does not accept the API key for ${where} (401)`
  if (status === 403) return `The API key can’t manage the variables of ${where} (403)`
  if (status === 404 && typeof body === 'object') return `Trigger.dev has no ${where} that this API key can see (404)`
  if (status === 404) return 'This does not look like a Trigger.dev server (404); check the instance URL'
  return undefined
}
