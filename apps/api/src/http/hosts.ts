import { MisdirectedRequest } from '@keyferry/kernel'
import type { HostCheck } from '@keyferry/runtime'
import type { FastifyRequest } from 'fastify'

/** Characters of a refused name that are repeated. */
const SHOWN = 100

/**
 * Answers only requests that name a host of this instance, so that no page can make a browser take its name for ours. A
 * request without a `Host` header comes from no browser, but from a load balancer that speaks HTTP/1.0.
 */
export function refuseUnknownHosts(isKnownHost: HostCheck): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    // The host a trusted proxy reports does not replace the host it requested.
    for (const host of new Set([request.headers.host, request.host])) {
      if (host === undefined || (host === '' && request.headers.host === undefined) || isKnownHost(host)) continue
      throw new MisdirectedRequest(
        `This instance does not answer to the host "${host.slice(0, SHOWN)}". Set KEYFERRY_URL to the address that people use, or add the name to KEYFERRY_ALLOWED_HOSTS.`,
      )
    }
  }
}
