import { CLIENT_ADDRESS, type Auth } from '@keyferry/access/sign-in'
import { BadRequest, KeyferryError } from '@keyferry/kernel'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Throttle } from '../trpc/context.ts'
import { CLOSED } from '../trpc/errors.ts'
import { GUESSABLE, READS, SLOW_READS, WRITES } from './auth-routes.ts'
import { nameOf, sendFailure } from './errors.ts'

interface AuthRoutes {
  auth: Auth
  /** Throws while the store does not work. */
  checkStore(): Promise<void>
  throttleOf(request: FastifyRequest): Throttle
  /** By one address, of what could be guessed. */
  triesPerMinute: number
}

/** Hands what is open below `/api/auth` to better-auth, which speaks the web's Request and Response. */
export async function registerAuth(
  app: FastifyInstance,
  { auth, checkStore, throttleOf, triesPerMinute }: AuthRoutes,
): Promise<void> {
  const answer = async (request: FastifyRequest, reply: FastifyReply, body: object | null) => {
    const response = await auth.handler(toWeb(request, body))
    // Its own words for a store that is away are a 500, or that the password is wrong.
    if (response.status >= 400) await checkStore()
    for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value)
    // Each cookie is a header of its own.
    for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
    const text = response.body === null ? null : await response.text()
    if (response.status >= 400) return refuse(response.status, text, request, reply)
    return reply.code(response.status).send(text)
  }
  const come = async (request: FastifyRequest, reply: FastifyReply) => {
    try {
      return await answer(request, reply, null)
    } catch (error) {
      await checkStore()
      if (error instanceof KeyferryError) throw error
      request.log.error({ err: error }, 'sign-in by the provider failed')
      return reply.redirect('/sign-in?error=provider_failed')
    }
  }
  const slow = (path: string) => async (request: FastifyRequest) => {
    const account = await auth.knownAccountOf(headersOf(request))
    // A device that signed in before is counted apart: strangers behind the same address do not keep its owner out.
    return throttleOf(request)(account === null ? path : `${path} ${account}`, triesPerMinute)
  }
  for (const path of READS) app.get(`/api/auth/${path}`, (request, reply) => answer(request, reply, null))
  // A browser comes here from the provider: it gets a page, whatever happened.
  app.get('/api/auth/callback/oidc', come)
  for (const path of SLOW_READS) {
    app.get(`/api/auth/${path}`, { onRequest: slow(path) }, (request, reply) => answer(request, reply, null))
  }
  for (const [path, takes] of WRITES) {
    app.post(`/api/auth/${path}`, (request, reply) => answer(request, reply, takes.parse(sent(request))))
  }
  for (const [path, takes] of GUESSABLE) {
    const options = { onRequest: slow(path) }
    app.post(`/api/auth/${path}`, options, (request, reply) => answer(request, reply, takes.parse(sent(request))))
  }
}

/** No body at all is an empty one. */
const sent = ({ body }: FastifyRequest): unknown => (body === undefined ? {} : body)

const json = z.string().transform((text, { issues }): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    issues.push({ code: 'custom', message: 'not JSON', input: text })
    return z.NEVER
  }
})
const refusal = json.pipe(z.object({ message: z.string().optional(), code: z.string().optional() }))

/** What its plugin for passkeys says of one that it cannot read, with a 500: what was sent is at fault. */
const UNREADABLE = 'FAILED_TO_VERIFY_REGISTRATION'

/** Its refusals in the documented form; `code` stays beside it, for its own client. */
function refuse(answered: number, text: string | null, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { message, code } = refusal.safeParse(text).data ?? {}
  const status = code === UNREADABLE ? 400 : answered
  reply.removeHeader('content-length')
  if (status >= 500) {
    request.log.error({ route: request.routeOptions.url, code }, 'sign-in failed')
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

/** As they came, but for those that speak of the body, with the address that the connection has. */
function headersOf(request: FastifyRequest): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (OF_THE_BODY.has(name)) continue
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) headers.append(name, one)
  }
  headers.set(CLIENT_ADDRESS, request.ip)
  return headers
}

/** `body`: what better-auth is to see of it, null for none. */
function toWeb(request: FastifyRequest, body: object | null): Request {
  const headers = headersOf(request)
  if (body) headers.set('content-type', 'application/json')
  const origin = `${request.protocol}://${request.host}`
  if (!URL.canParse(request.url, origin)) throw new BadRequest('The Host header is not a host')
  const url = new URL(request.url, origin)
  // A write takes nothing from the query string; better-auth would take a token from there.
  if (body) url.search = ''
  return new Request(url, {
    method: request.method,
    headers,
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
}

/** They speak of the body as it came. */
const OF_THE_BODY = new Set(['content-length', 'content-type', 'transfer-encoding'])
