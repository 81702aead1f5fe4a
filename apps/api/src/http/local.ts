import { isLoopbackAddress, isLoopbackHost, isProxied } from '@keyferry/runtime'
import type { FastifyRequest } from 'fastify'

/** What browsers send. Not `Sec-Fetch-Mode`, which Node's fetch sends too. */
const BROWSER_HEADERS = ['origin', 'referer', 'sec-fetch-site', 'sec-fetch-dest', 'sec-fetch-user']

/**
 * Whether a program of this machine sent the request: not a browser, whose page may be anybody's, and not a proxy,
 * which speaks for others. A proxy that doesn't announce itself is recognized by the requested host name.
 */
export const isLocalProgram = ({ headers, socket }: FastifyRequest): boolean =>
  isLoopbackAddress(socket.remoteAddress) &&
  isLoopbackHost(headers.host ?? '') &&
  !isProxied(headers) &&
  BROWSER_HEADERS.every((name) => headers[name] === undefined)

/** The address of a peer that speaks for another one and is not believed, so that it is taken for the caller. */
export const unknownProxy = ({ headers, ip, socket }: FastifyRequest): string | undefined =>
  isProxied(headers) && ip === socket.remoteAddress ? ip : undefined
