/** How often one address, or one account, may try something that could be guessed. */
import { createHash } from 'node:crypto'
import { TooManyRequests } from '@keyferry/core/errors'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Throttle } from '../trpc/context.ts'

/** Tries per hour for one account, whatever addresses they come from: a password is not guessed from a thousand machines either. */
const TRIES_PER_ACCOUNT = 100
const HOUR_MS = 3_600_000

type Limit = ReturnType<FastifyInstance['createRateLimit']>

/**
 * One count per thing and address, for REST, tRPC and every call of a tRPC batch alike. An IPv6 client counts as its /64. Counted by this
 * process: each process of a fleet grants the same again.
 */
export function throttles(app: FastifyInstance): (request: FastifyRequest) => Throttle {
  const limits = new Map<string, Limit>()
  return (request) => async (what, perMinute) => {
    const limit = limits.get(what) ?? app.createRateLimit({ max: perMinute, timeWindow: '1 minute' })
    limits.set(what, limit)
    refuseExceeded(await limit(request))
  }
}

/** Counts tries per account: `email` in any case, known or not. */
export function accountThrottle(app: FastifyInstance): (request: FastifyRequest, email: string) => Promise<void> {
  const accounts = new WeakMap<FastifyRequest, string>()
  const limit = app.createRateLimit({
    max: TRIES_PER_ACCOUNT,
    timeWindow: HOUR_MS,
    keyGenerator: (request) => accounts.get(request) ?? '',
  })
  return async (request, email) => {
    accounts.set(request, createHash('sha256').update(email.trim().toLowerCase()).digest('base64url'))
    refuseExceeded(await limit(request))
  }
}

function refuseExceeded(counted: Awaited<ReturnType<Limit>>): void {
  if (counted.isAllowed || !counted.isExceeded) return
  throw new TooManyRequests(counted.ttlInSeconds)
}
