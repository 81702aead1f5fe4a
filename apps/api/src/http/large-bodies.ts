import { TooLarge, type Actor } from '@keyferry/kernel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { bytesInFlight } from './bytes-in-flight.ts'
import { onAnswered } from './on-answered.ts'

/** Bytes of a request's body. */
export const BODY_LIMIT = 4 * 1024 * 1024
/** Nothing that is sent without a valid credential needs more. */
export const SMALL_BODY = 64 * 1024
const LIMITS = { what: 'large requests', perPrincipal: 8 * BODY_LIMIT, perProcess: 32 * BODY_LIMIT }

interface Callers {
  /** Null without a valid credential. */
  actorOf: (request: FastifyRequest) => Promise<Actor | null>
  ownerOf: (actor: Actor) => Promise<string>
}

/**
 * Before a body is read: large ones are taken in only with a valid credential, and only as many at a time as there is
 * memory for. One that comes without its length counts as the largest.
 */
export function admitBodies({ actorOf, ownerOf }: Callers) {
  const bodies = bytesInFlight(LIMITS)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const length = lengthOf(request)
    if (length <= SMALL_BODY) return
    const actor = await actorOf(request)
    if (!actor)
      throw new TooLarge(
        `Without a valid credential, a body may have ${SMALL_BODY / 1024} KB and needs a Content-Length`,
      )
    const body = bodies(await ownerOf(actor))
    onAnswered(reply, body.release)
    body.add(Math.min(length, BODY_LIMIT))
  }
}

function lengthOf({ headers }: FastifyRequest): number {
  if (headers['transfer-encoding'] !== undefined) return BODY_LIMIT
  return Number(headers['content-length'] ?? 0)
}
