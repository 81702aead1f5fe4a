import type { Actor, Context } from '@keyferry/core/context'
import { demand } from '@keyferry/core/access/demand'
import { readAccess } from '@keyferry/core/access/grants'
import { locate } from '@keyferry/core/access/locate'
import type { Further } from '@keyferry/core/access/needs'
import { Unauthorized } from '@keyferry/core/errors'
import type { Access, Action } from '@keyferry/schemas/policy'
import { initTRPC } from '@trpc/server'
import { z } from 'zod'
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

export const { createCallerFactory } = t

/** By the metadata of the procedure: what its input looks like. */
const inputs = new WeakMap<object, z.ZodType | null>()

/** A procedure as tRPC keeps it; its types do not show all of this. */
const built = z.object({
  _def: z.object({
    procedure: z.literal(true),
    inputs: z.array(z.instanceof(z.ZodType)).max(1),
    meta: z.custom<Meta>((meta) => isMeta(meta)),
  }),
})

const isMeta = (meta: unknown): boolean =>
  typeof meta === 'object' && meta !== null && 'access' in meta && 'routes' in meta

/** Takes in no procedure that does not state who may call it. */
export const router: typeof t.router = (procedures) => {
  for (const [name, procedure] of Object.entries(procedures)) {
    if (typeof procedure !== 'function') continue
    const parsed = built.safeParse({ _def: '_def' in procedure ? procedure._def : undefined })
    if (!parsed.success)
      throw new Error(`The procedure ${name} does not state who may call it: ${parsed.error.message}`)
    const {
      meta,
      inputs: [input],
    } = parsed.data._def
    inputs.set(meta, input ?? null)
  }
  return t.router(procedures)
}

const UNSAID = { summary: '', tag: '', routes: [] }

/** Wrong tokens per minute and address. They cannot be guessed; looking them up still costs. */
const WRONG_TOKENS_PER_MINUTE = 300

const stated = t.procedure.use(async ({ ctx, path, meta, next }) => {
  if (meta?.perMinute !== undefined) await ctx.throttle(path, meta.perMinute)
  const result = await next()
  if (!result.ok) throw toTrpcError(result.error)
  return result
})

/** Anyone may call it. */
export const anyone = stated.meta({ ...UNSAID, access: 'anyone' })

/**
 * Whoever has a session or a token, and may do `action` where the input points: at a project, an environment and a path, or at the place of
 * the sync, folder or connection it names. `further` finds out what else the call needs. Who asks is checked before the input is looked at.
 * Refused as `NotFound` in a project one is no member of, as `Forbidden` elsewhere.
 *
 * Stated once, at the head of a procedure, for tRPC and REST alike.
 */
export function may(action: Action, further?: Further) {
  return stated.meta({ ...UNSAID, access: action }).use(async ({ ctx, meta, getRawInput, next }) => {
    const { actor } = ctx
    if (!actor) {
      if (ctx.presented) await ctx.throttle('wrong tokens', WRONG_TOKENS_PER_MINUTE)
      throw new Unauthorized(ctx.presented ? 'Token is not valid' : 'Token missing')
    }
    const access = await readAccess(ctx.ctx.db, actor)
    const schema = meta && inputs.get(meta)
    const parsed = schema ? await schema.safeParseAsync(await getRawInput()) : undefined
    // An input that breaks its schema is refused by the schema itself, right after this.
    if (!parsed || parsed.success) await allowed(ctx.ctx, access, action, parsed?.data, further)
    return next({ ctx: { actor, access } })
  })
}

async function allowed(
  ctx: Context,
  access: Access,
  action: Action,
  input: unknown,
  further: Further | undefined,
): Promise<void> {
  const located = await locate(ctx, action, input)
  if (!located) throw new Error(`The input of a procedure that needs ${action} names no place`)
  demand(access, { action, ...located })
  for (const need of (await further?.({ ctx, access, input, located })) ?? []) demand(access, need)
}

/** The resolver of a procedure that is one verb. */
export function call<I, O>(verb: (ctx: Context, actor: Actor, input: I) => Promise<O>) {
  return (opts: { ctx: { ctx: Context; actor: Actor }; input: I }): Promise<O> =>
    verb(opts.ctx.ctx, opts.ctx.actor, opts.input)
}
