import { Forbidden } from '@keyferry/core/errors'
import type { FastifyRequest } from 'fastify'

/**
 * A browser sends our cookie along with what other pages make it send. Such a request may read nothing (no CORS) and must
 * change nothing: a write under a cookie has to come from our own page. Tokens are never sent by themselves, so they pass.
 */
export async function refuseCrossSite(request: FastifyRequest): Promise<void> {
  const { method, headers } = request
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return
  // Signing in makes a cookie: another page must not put its own account into somebody's browser.
  const concerned = headers.cookie !== undefined || request.url.startsWith('/api/auth/')
  if (!concerned || headers.authorization !== undefined) return
  const site = headers['sec-fetch-site']
  const own =
    site === undefined
      ? headers.origin === undefined || hostOf(headers.origin) === headers.host
      : site === 'same-origin' || site === 'none'
  if (!own) throw new Forbidden('This request comes from another site; open the console and try there')
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null)
