import { Unauthorized } from '@keyferry/core/errors'
import type { Actor, Context } from '@keyferry/core/context'
import { initTRPC } from '@trpc/server'
import type { Meta } from '../rest/route.ts'
import type { RequestContext } from './context.ts'
import { failureOf, toTrpcError } from './errors.ts'

const t = initTRPC
  .context<RequestContext>()
  .meta<Meta>()
  .create({
    // No stack ever leaves, whatever NODE_ENV says.
    isDev: false,
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
    errorFormatter({ shape, error, ctx }) {
      const { status, error: name, message, issues, details } = failureOf(error)
      return {
        ...shape,
        message,
        data: { ...shape.data, httpStatus: status, status, error: name, issues, details, reqId: ctx?.reqId },
      }
    },
  })

export const { router, createCallerFactory } = t

/** Anyone may call it. */
export const publicProcedure = t.procedure.use(async ({ next }) => {
  const result = await next()
  if (!result.ok) throw toTrpcError(result.error)
  return result
})

/** A person with a session or a bearer token. Checked before the input is looked at. */
export const signedIn = publicProcedure.use(({ ctx, next }) => {
  if (!ctx.actor) throw new Unauthorized(ctx.presented ? 'Token is not valid' : 'Token missing')
  return next({ ctx: { actor: ctx.actor } })
})

/** The resolver of a procedure that is one verb. */
export function call<I, O>(verb: (ctx: Context, actor: Actor, input: I) => Promise<O>) {
  return (opts: { ctx: { ctx: Context; actor: Actor }; input: I }): Promise<O> =>
    verb(opts.ctx.ctx, opts.ctx.actor, opts.input)
}
