import { anonymous, auditRepeated, Forbidden, MAX_NAME_BYTES, shortened, type Context } from '@keyferry/kernel'
import type { FastifyRequest } from 'fastify'

/** The provider sends the browser back here, from its own site. */
const FROM_ELSEWHERE = '/api/auth/callback/oidc'

/**
 * A page of another site can make a browser send any request without a preflight, with our cookie or to an instance
 * without accounts. It may read nothing (no CORS) and must change nothing, whatever the body and its type. A bearer
 * token is never sent by a browser on its own, so a request with one passes; below `/api/auth` it is not what signs a
 * person in, so there it does not count.
 *
 * Refusals are audited. `baseUrl`: where browsers reach the instance, when what is in front of it replaces the `Host`
 * header.
 */
export function refuseCrossSite(ctx: Context, baseUrl: string): (request: FastifyRequest) => Promise<void> {
  const baseHost = new URL(baseUrl).host
  return async (request) => {
    const { method, headers } = request
    // As it was routed, not as it was written: `/api/%61uth` is the same.
    const route = request.routeOptions.url ?? ''
    const signsIn = route.startsWith('/api/auth/')
    const reads = method === 'GET' || method === 'HEAD' || method === 'OPTIONS'
    if (signsIn ? route === FROM_ELSEWHERE : reads || /^bearer /i.test(headers.authorization ?? '')) return
    const { origin, 'sec-fetch-site': site } = headers
    const host = origin === undefined ? undefined : hostOf(origin)
    const ownPage = host === undefined || host === headers.host || host === request.host || host === baseHost
    if (ownPage && (site === undefined || site === 'same-origin' || site === 'none')) return
    const refusal = new Forbidden('This request comes from another site. Open the console and try again.')
    const procedure = `${method} ${route}`
    await auditRepeated(ctx, {
      actor: anonymous(request.ip),
      action: 'access.refused',
      subject: procedure,
      known: false,
      details: { procedure, message: refusal.message, origin: shortened(origin ?? site ?? '', MAX_NAME_BYTES) },
    })
    throw refusal
  }
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null)
