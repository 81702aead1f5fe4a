/**
 * The calls on the secrets of a Worker, and what Cloudflare's errors mean (`cloudflare` 7.3.0, wrangler and
 * developers.cloudflare.com, 2026-11-28). No decisions here.
 */
import { z } from 'zod'
import type { Account, Meaning } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import type { Http, HttpAnswer } from '../shared/http/http.ts'
import { understood } from '../shared/http/understood.ts'

/** One Worker as one token sees it. */
export interface WorkerApi {
  http: Http
  accountId: string
  /** The Worker's name. */
  scriptId: string
}

const envelope = <T>(result: z.ZodType<T>) => z.object({ success: z.literal(true), result })
const errors = z.object({
  success: z.literal(false),
  errors: z.array(z.object({ code: z.number(), message: z.string().transform(quotedIn) })).min(1),
})

const binding = z.object({ name: z.string(), type: z.string() })
export type Binding = z.infer<typeof binding>

/** The Worker's secrets, without their values. They come in one answer. */
export const listSecrets = async (api: WorkerApi): Promise<Binding[]> =>
  resultOf(z.array(binding), await get(api.http, `${pathOf(api)}/secrets`), 'the list of secrets')

/** Everything that has a name in the Worker: variables and namespaces beside secrets. */
export const listBindings = async (api: WorkerApi): Promise<Binding[]> => {
  const settings = z.object({ bindings: z.array(binding) })
  return resultOf(settings, await get(api.http, `${pathOf(api)}/settings`), "the Worker's settings").bindings
}

/** The names of the account's Workers. */
export const listScripts = async (http: Http, accountId: string): Promise<{ id: string }[]> =>
  resultOf(
    z.array(z.object({ id: z.string() })),
    await get(http, `/accounts/${accountId}/workers/scripts`),
    'the list of Workers',
  )

/** The account's name, or its id where the token lacks the permission Account Settings Read. */
export async function accountOf(http: Http, accountId: string): Promise<Account> {
  const answer = await get(http, `/accounts/${accountId}`, [403])
  const named = envelope(z.object({ name: z.string() })).safeParse(answer.body)
  return { label: named.data?.result.name ?? accountId, id: accountId }
}

/** Why a bulk request was refused as a whole. */
export interface Refusal {
  code: number
  /** Whatever Cloudflare's words have in quotes: the secret, if they name it. Never shown. */
  quoted: readonly string[]
}

/**
 * Sets secrets, and removes those that are null, as one version of the Worker that is deployed at once; omitted ones
 * stay. All or nothing. Null when it is done.
 */
export async function patchSecrets(
  api: WorkerApi,
  values: ReadonlyMap<string, string | null>,
): Promise<Refusal | null> {
  const secrets = [...values].map(([name, text]) => [name, text === null ? null : { name, text, type: 'secret_text' }])
  const { body } = await api.http.request({
    method: 'PATCH',
    path: `${pathOf(api)}/secrets-bulk`,
    // fromEntries defines properties, where an assignment to `__proto__` would set the prototype.
    body: { secrets: Object.fromEntries(secrets) },
    contentType: 'application/merge-patch+json',
    repeatable: true,
    accept: (status, refused) => (status === 400 || status === 404) && isRefusal(refused),
    // It may quote any value of the Worker.
    classify: (answer) => ({ ...meaningOf(answer), quotesValues: true }),
  })
  const refused = errors.safeParse(body).data?.errors[0]
  if (refused) return { code: refused.code, quoted: refused.message }
  const shown = resultOf(z.custom<object>(isMap), { body }, 'the change of secrets')
  const isDone = [...values].every(([name, text]) => Object.hasOwn(shown, name) === (text !== null))
  if (!isDone) throw new DestinationError('unavailable', "Cloudflare's answer does not show the change of secrets")
  return null
}

/** Not a record of zod, which leaves `__proto__` out. */
const isMap = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** No code says which secret of a bulk request is to blame, only the words of the error may. */
function quotedIn(words: string): string[] {
  return [...words.matchAll(/'([^']+)'/g)].flatMap(([, name]) => name ?? [])
}

const pathOf = ({ accountId, scriptId }: WorkerApi): string =>
  `/accounts/${accountId}/workers/scripts/${encodeURIComponent(scriptId)}`

const get = (http: Http, path: string, accept: readonly number[] = []): Promise<HttpAnswer> =>
  http.request({ method: 'GET', path, accept, repeatable: true, classify: meaningOf })

const resultOf = <T>(schema: z.ZodType<T>, { body }: Pick<HttpAnswer, 'body'>, what: string): T =>
  understood(envelope(schema), body, `Cloudflare returned ${what}`).result

const MALFORMED_TOKEN = new Set([6003, 6111, 9106, 9107])
const NO_SCRIPT = new Set([10_007, 10_090])
const NO_ROUTE = new Set([7000, 7003])
const codeIn = (body: unknown): number | undefined => errors.safeParse(body).data?.errors[0]?.code

/** A refusal of the changes themselves: not of the token, nor because the Worker or the account is not there. */
const isRefusal = (body: unknown): boolean => {
  const code = codeIn(body)
  return code !== undefined && ![MALFORMED_TOKEN, NO_SCRIPT, NO_ROUTE].some((codes) => codes.has(code))
}

/** Cloudflare's errors where the status says too little: a malformed token is a 400. */
export function meaningOf({ status, body }: HttpAnswer): Meaning | null {
  const number = codeIn(body)
  const code = number === undefined ? undefined : String(number)
  if (number !== undefined && MALFORMED_TOKEN.has(number))
    return { kind: 'auth', code, message: 'Cloudflare does not accept the API token: it is malformed' }
  if (status === 401) return { code, message: 'Cloudflare does not accept the API token: it is wrong or has expired' }
  if (status === 403) {
    const message =
      'The API token has no access to this account, or lacks the permission Workers Scripts Write (Account > Workers Scripts > Edit)'
    return { code, message }
  }
  if (number !== undefined && NO_SCRIPT.has(number))
    return { kind: 'missing', code, message: 'The account has no Worker of this name; deploy it first' }
  if (number !== undefined && NO_ROUTE.has(number))
    return { kind: 'missing', code, message: 'Cloudflare has no account of this ID' }
  return code === undefined ? null : { code }
}
