import type { Auth } from '@keyferry/auth'
import { CLIENT_ADDRESS } from '@keyferry/auth/better-auth'
import { BadRequest } from '@keyferry/core/errors'
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { z } from 'zod'
import { nameOf, sendFailure } from '../rest/errors.ts'
import { CLOSED } from '../trpc/errors.ts'
import { refuseTooDeep } from './json.ts'
import { accountThrottle } from './throttle.ts'

/** Per address: enough for a person who mistypes, too few to guess a password. */
const GUESSES_PER_MINUTE = 10

/** What of better-auth is open. Its own API keys, accounts and sign-up are not: ours know projects, roles and the audit log. */
const OPEN = new Map<string, HTTPMethods>([
  ['get-session', 'GET'],
  ['sign-in/social', 'POST'],
  ['callback/oidc', 'GET'],
  ['sign-out', 'POST'],
  ['list-accounts', 'GET'],
  ['list-sessions', 'GET'],
  ['revoke-session', 'POST'],
  ['revoke-sessions', 'POST'],
  ['revoke-other-sessions', 'POST'],
  ['update-user', 'POST'],
])
/** Where a password or a code could be guessed. */
const GUESSABLE = [
  'sign-in/email',
  'request-password-reset',
  'reset-password',
  'change-password',
  'two-factor/enable',
  'two-factor/disable',
  'two-factor/get-totp-uri',
  'two-factor/verify-totp',
  'two-factor/verify-backup-code',
  'two-factor/generate-backup-codes',
]
/** Those that name an account, which is counted too. */
const NAMING = new Set(['sign-in/email', 'request-password-reset'])

interface AuthRoutes {
  auth: Auth
  /** Throws while the store does not work. */
  checkStore(): Promise<void>
}

/** Hands what is open below `/api/auth` to better-auth, which speaks the web's Request and Response. */
export async function registerAuth(app: FastifyInstance, { auth, checkStore }: AuthRoutes): Promise<void> {
  // It parses the text itself; what is no JSON is refused here, as everywhere else.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    async (_request: unknown, text: string) => {
      if (text.trim() === '') return '{}'
      refuseTooDeep(text)
      if (!json.safeParse(text).success) throw new BadRequest('The body is not valid JSON')
      return text
    },
  )

  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const response = await auth.handler(toWeb(request))
    // Its own words for a store that is away are a 500, or that the password is wrong.
    if (response.status >= 400) await checkStore()
    for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value)
    // Each cookie is a header of its own.
    for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
    const text = response.body === null ? null : await response.text()
    if (response.status >= 400) return refuse(response.status, text, request, reply)
    return reply.code(response.status).send(text)
  }
  for (const [path, method] of OPEN) app.route({ method, url: `/api/auth/${path}`, handler })
  for (const path of GUESSABLE) {
    const refuseGuesses = NAMING.has(path) ? accountThrottle(app) : null
    app.route({
      method: 'POST',
      url: `/api/auth/${path}`,
      config: { rateLimit: { max: GUESSES_PER_MINUTE, timeWindow: '1 minute' } },
      async handler(request, reply) {
        const named = account.safeParse(request.body)
        if (named.success) await refuseGuesses?.(request, named.data.email)
        return handler(request, reply)
      },
    })
  }
}

const json = z.string().transform((text, { issues }): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    issues.push({ code: 'custom', message: 'not JSON', input: text })
    return z.NEVER
  }
})
const account = json.pipe(z.object({ email: z.string() }))
const refusal = json.pipe(z.object({ message: z.string().optional(), code: z.string().optional() }))

/** Its refusals in the documented form; `code` stays beside it, for its own client. */
function refuse(status: number, text: string | null, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { message, code } = refusal.safeParse(text).data ?? {}
  reply.removeHeader('content-length')
  if (status >= 500) {
    request.log.error({ reqId: request.id, route: request.routeOptions.url, code }, 'sign-in failed')
    return sendFailure(CLOSED, request, reply)
  }
  return reply.code(status).send({
    reqId: request.id,
    statusCode: status,
    message: message ?? nameOf(status),
    error: nameOf(status),
    ...(code === undefined ? {} : { code }),
  })
}

function toWeb(request: FastifyRequest): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one)
  }
  headers.set(CLIENT_ADDRESS, request.ip)
  const origin = `${request.protocol}://${request.host}`
  if (!URL.canParse(request.url, origin)) throw new BadRequest('The Host header is not a host')
  return new Request(new URL(request.url, origin), {
    method: request.method,
    headers,
    ...(typeof request.body === 'string' && request.method !== 'GET' ? { body: request.body } : {}),
  })
}
