/** How often one address may try something that could be guessed. */
import { countRequest, networkOf } from '@keyferry/access/sign-in'
import type { Context } from '@keyferry/kernel'
import type { FastifyRequest } from 'fastify'
import type { Throttle } from '../trpc/context.ts'

/**
 * One count per thing and address, for REST, tRPC and every call of a tRPC batch alike, shared by all processes of a
 * fleet. An IPv6 client counts as its /64.
 */
export const throttles =
  (ctx: Pick<Context, 'db' | 'now'>) =>
  (request: FastifyRequest): Throttle =>
  (what, perMinute) =>
    countRequest(ctx, `${what} ${networkOf(request.ip)}`, { max: perMinute, windowMs: 60_000 })
