import type { Auth } from '@keyferry/auth'
import { CLIENT_ADDRESS } from '@keyferry/auth/better-auth'
import { BadRequest } from '@keyferry/core/errors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const METHODS = ['GET', 'POST'] as const
/** Per address: enough for a person who mistypes, too few to guess a password. */
const SIGN_INS_PER_MINUTE = 10

interface AuthRoutes {
  auth: Auth
  /** Throws while the store does not work. */
  checkStore(): Promise<void>
}

/** Hands everything below `/api/auth` to better-auth, which speaks the web's Request and Response. */
export async function registerAuth(app: FastifyInstance, { auth, checkStore }: AuthRoutes): Promise<void> {
  // It parses bodies itself.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body))

  const handler = async (request: FastifyRequest, reply: FastifyReply) => {
    const response = await auth.handler(toWeb(request))
    // Its own words for a store that is away are a 500, or that the password is wrong.
    if (response.status >= 400) await checkStore()
    reply.code(response.status)
    for (const [name, value] of response.headers) if (name !== 'set-cookie') reply.header(name, value)
    // Each cookie is a header of its own.
    for (const cookie of response.headers.getSetCookie()) reply.header('set-cookie', cookie)
    return reply.send(response.body === null ? null : await response.text())
  }
  app.route({ method: [...METHODS], url: '/api/auth/*', handler })
  for (const url of ['sign-in/*', 'two-factor/*', 'request-password-reset', 'reset-password', 'change-password']) {
    app.route({
      method: [...METHODS],
      url: `/api/auth/${url}`,
      config: { rateLimit: { max: SIGN_INS_PER_MINUTE, timeWindow: '1 minute' } },
      handler,
    })
  }
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
