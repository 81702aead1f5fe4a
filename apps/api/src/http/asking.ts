/** Who asks: the actor of a request, by its token or session. */
import type { Auth } from '@keyferry/access/sign-in'
import { proveStore, SecondFactorRequired, singleFlight, Unavailable, type Context } from '@keyferry/kernel'
import { TRPCError } from '@trpc/server'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { RequestContext } from '../trpc/context.ts'
import type { AccessLog } from './access-log.ts'
import type { UnderWay } from './under-way.ts'

/**
 * A library that cannot use the store says "unknown" of a good token: before that is believed, the store is asked.
 * Throws, in the form that both edges answer with 503, while it does not work. Requests at the same time share one
 * question.
 */
export function storeCheck(ctx: Context): () => Promise<void> {
  const prove = singleFlight(() => proveStore(ctx))
  return async () => {
    try {
      await prove()
    } catch (cause) {
      if (!(cause instanceof Unavailable)) throw cause
      throw new TRPCError({ code: 'SERVICE_UNAVAILABLE', message: cause.message, cause })
    }
  }
}

export type Asking = Pick<RequestContext, 'actor' | 'refusal'>
const NOBODY: Asking = { actor: null, refusal: null }

/** Of one address that sends wrong credentials: each check is a write. */
const STORE_CHECKS_PER_MINUTE = 300

interface Parts extends Pick<UnderWay, 'track'>, Pick<AccessLog, 'noteActor'> {
  app: FastifyInstance
  auth: Auth
  checkStore: () => Promise<void>
}

/** Finds out who sent a request. A refused token is audited. */
export function identifying({
  app,
  auth,
  checkStore,
  track,
  noteActor,
}: Parts): (request: FastifyRequest) => Promise<Asking> {
  const storeChecks = app.createRateLimit({ max: STORE_CHECKS_PER_MINUTE, timeWindow: '1 minute' })
  const identified = async (request: FastifyRequest): Promise<Asking> => {
    const headers = credentialsOf(request)
    if (!headers) return NOBODY
    const checked = async (): Promise<void> => {
      const counted = await storeChecks(request)
      if (counted.isAllowed || !counted.isExceeded) await checkStore()
    }
    const asking = await whoAsks(auth, headers, request.ip, checked)
    if (asking.actor) noteActor(request, asking.actor)
    else if (!asking.refusal) await auth.auditRefused(headers, request.ip)
    return asking
  }
  return oncePerRequest((request) => track(() => identified(request)))
}

async function whoAsks(
  auth: Auth,
  headers: Headers,
  address: string,
  checkStore: () => Promise<void>,
): Promise<Asking> {
  try {
    const actor = await auth.actorOf(headers, address)
    if (actor) return { actor, refusal: null }
  } catch (error) {
    if (error instanceof SecondFactorRequired) return { actor: null, refusal: error }
    await checkStore()
    throw error
  }
  await checkStore()
  // It works now, and may not have a moment ago.
  return { actor: await auth.actorOf(headers, address), refusal: null }
}

/** The same credential is looked up once: some count their uses. */
function oncePerRequest<T>(find: (request: FastifyRequest) => Promise<T>): (request: FastifyRequest) => Promise<T> {
  const found = new WeakMap<FastifyRequest, Promise<T>>()
  return (request) => {
    const known = found.get(request) ?? find(request)
    found.set(request, known)
    return known
  }
}

/** Only the headers that say who asks; null when there are none. */
export function credentialsOf(request: FastifyRequest): Headers | null {
  const { authorization, cookie } = request.headers
  if (authorization === undefined && !cookie?.includes('keyferry.session_token')) return null
  const headers = new Headers()
  if (authorization !== undefined) headers.set('authorization', authorization)
  if (cookie !== undefined) headers.set('cookie', cookie)
  return headers
}
