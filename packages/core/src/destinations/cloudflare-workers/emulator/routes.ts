/** The calls of an account on its Workers. */
import { z } from 'zod'
import type { ServedAnswer, ServedRequest } from '../../shared/emulators/emulator-server.ts'
import { authenticationError, noBinding, noRoute, noScript, ok, refused } from './answers.ts'
import { apply, isSecret, secretsOf, shown, type Behaviour, type Script } from './script.ts'
import type { Holder } from './tokens.ts'

const secret = z.object({ name: z.string(), text: z.string(), type: z.literal('secret_text') })
const bulk = z.object({ secrets: z.record(z.string(), secret.nullable()).default({}) })

/** `path`: below `/accounts/{account_id}`. */
export function accountRoute(
  path: string,
  request: ServedRequest,
  holder: Holder,
  scripts: ReadonlyMap<string, Script>,
  behaviour: Behaviour,
): ServedAnswer {
  const { method } = request
  const get = method === 'GET'
  if (path === '' && get)
    return holder.readsAccount ? ok({ id: holder.account, name: 'Acme', type: 'standard' }) : authenticationError(403)
  if (path === '/tokens/verify' && get)
    return holder.isOfAccount ? ok({ id: holder.id, status: holder.status }) : authenticationError(401)
  if (holder.status !== 'active') return authenticationError(401)
  if (path === '/workers/scripts' && get) {
    const rows = [...scripts.keys()].map((id) => ({ id, modified_on: '2026-11-01T09:00:00Z' }))
    return ok(rows, { result_info: { page: 1, per_page: rows.length, count: rows.length, total_count: rows.length } })
  }
  const [, encoded, call, encodedSecret] =
    /^\/workers\/scripts\/([^/]+)\/(secrets|secrets-bulk|settings)(?:\/(.+))?$/.exec(path) ?? []
  if (encoded === undefined) return noRoute(request.path)
  const script = scripts.get(decodeURIComponent(encoded))
  if (!script) return noScript()
  if (!get && !holder.writes) return authenticationError(403)
  if (encodedSecret !== undefined) return single(script, encodedSecret, request, behaviour)
  switch (`${method} ${call}`) {
    case 'GET secrets':
      return ok([...script.bindings.values()].filter(isSecret).map(shown))
    case 'GET settings':
      return ok({ bindings: [...script.bindings.values()].map(shown), compatibility_date: '2026-11-01', tags: [] })
    case 'PUT secrets': {
      const { data } = secret.safeParse(parsed(request.text))
      if (!data) return malformed()
      return apply(script, [[data.name, data]], behaviour) ?? ok({ name: data.name, type: data.type })
    }
    case 'PATCH secrets-bulk':
      return patch(script, request, behaviour)
    default:
      return noRoute(request.path)
  }
}

function patch(script: Script, { text }: ServedRequest, behaviour: Behaviour): ServedAnswer {
  const body = parsed(text)
  // zod leaves `__proto__` out of a record, so the names come from the body itself.
  const { data } = bulk.safeParse(body)
  const sent = z.object({ secrets: z.custom<object>((value) => typeof value === 'object') }).safeParse(body).data
  if (!data || !sent) return malformed()
  const changes = Object.entries(sent.secrets).map(
    ([name, value]) => [name, secret.nullable().safeParse(value)] as const,
  )
  if (changes.length > behaviour.bulkLimit) {
    const message = `Bulk secret request contains ${changes.length} secrets, which exceeds the limit of ${behaviour.bulkLimit} per request. Please split the request into smaller batches.`
    return refused(400, 100_160, message)
  }
  if (changes.some(([name, { success, data: one }]) => !success || (one !== null && one.name !== name)))
    return malformed()
  return (
    apply(
      script,
      changes.map(([name, { data: one }]) => [name, one ?? null]),
      behaviour,
    ) ?? secretsOf(script)
  )
}

/** `secrets/{name}`: a name with other characters needs `url_encoded=true`, else it is taken as it stands. */
function single(script: Script, encoded: string, request: ServedRequest, behaviour: Behaviour): ServedAnswer {
  const name = request.query.get('url_encoded') === 'true' ? decodeURIComponent(encoded) : encoded
  const held = script.bindings.get(name)
  if (!held || !isSecret(held)) return noBinding(name)
  if (request.method === 'GET') return ok(shown(held))
  if (request.method !== 'DELETE') return noRoute(request.path)
  return apply(script, [[name, null]], behaviour) ?? ok(null)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const malformed = (): ServedAnswer => refused(400, 10_001, 'Could not parse the request body as JSON of secrets.')
