/** Procedures: each mounts a verb, or is open to anyone. */
import { perform, type InputOf, type Verb } from '@keyferry/access'
import type { AuthCall } from '@keyferry/access/sign-in'
import type { WatchCall } from '@keyferry/core/verbs'
import { LargeRead, MAX_MESSAGE_BYTES, MAX_NAME_BYTES, shortened, Unauthorized, type Actor } from '@keyferry/kernel'
import {
  getTRPCErrorFromUnknown,
  initTRPC,
  tracked,
  TRPCError,
  type TRPCMutationProcedure,
  type TRPCQueryProcedure,
} from '@trpc/server'
import { z } from 'zod'
import type { Meta, Route, Weight } from '../rest/route.ts'
import type { RequestContext } from './context.ts'
import { failureOf, toTrpcError } from './errors.ts'
import { auditRefusal, logUndecryptable } from './refusals.ts'

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
        // A path that nothing has is as long as the caller likes.
        message: shortened(message, MAX_MESSAGE_BYTES),
        data: {
          ...shape.data,
          path: shortened(shape.data.path ?? '', MAX_NAME_BYTES),
          httpStatus: status,
          status,
          error: name,
          issues,
          details,
          reqId: ctx?.reqId,
        },
      }
    },
  })

export const { createCallerFactory } = t

/** A procedure as tRPC keeps it; its types do not show all of this. */
const isBuilt = (procedure: unknown): boolean =>
  built.safeParse(typeof procedure === 'function' && '_def' in procedure ? procedure._def : undefined).success
const built = z.object({ meta: z.object({ verb: z.custom((verb) => verb !== undefined) }) })

/** Takes in no procedure that was made without `query`, `mutation`, `subscription` or `anyone`. */
export const router: typeof t.router = (procedures) => {
  for (const [name, procedure] of Object.entries(procedures)) {
    if (typeof procedure !== 'function') continue
    if (!isBuilt(procedure)) throw new Error(`The procedure ${name} mounts no verb and is not open to anyone`)
  }
  return t.router(procedures)
}

/** Wrong tokens per minute and address. They cannot be guessed; looking them up still costs. */
const WRONG_TOKENS_PER_MINUTE = 300

const authenticated = t.procedure.use(async ({ ctx, path, type, meta, signal, next }) => {
  if (meta?.isCompressed !== true) ctx.keepPlain()
  const run = async (opts?: { ctx: RequestContext }) => {
    if (type === 'mutation') ctx.admission.requireRoom()
    const result = opts ? await next(opts) : await next()
    if (!result.ok) {
      const isWrong = result.error.cause instanceof Unauthorized
      if (isWrong && meta?.wrongPerMinute !== undefined) await ctx.throttle(path, meta.wrongPerMinute)
      throw result.error
    }
    if (type !== 'subscription') return { ...result, data: await ctx.prepare(result.data, type) }
    ctx.admission.openStream(signal ?? AbortSignal.abort())
    return result
  }
  try {
    if (meta?.perMinute !== undefined) await ctx.throttle(path, meta.perMinute)
    const { weight } = meta ?? {}
    return await ctx.track(() => (weight === undefined ? run() : inTurn(ctx, weight, run)))
  } catch (error) {
    const refusal = getTRPCErrorFromUnknown(error)
    await auditRefusal(ctx, path, refusal)
    logUndecryptable(ctx, path, refusal)
    throw toTrpcError(refusal)
  }
})

/** A read of secrets is done again in a turn of the store once it turns out to be large. */
async function inTurn<T>(
  ctx: RequestContext,
  weight: Weight,
  run: (opts?: { ctx: RequestContext }) => Promise<T>,
): Promise<T> {
  const { turn } = ctx.admission
  if (weight !== 'secrets') return turn(weight, run)
  const small: RequestContext = { ...ctx, ctx: { ...ctx.ctx, smallReadsOnly: true } }
  try {
    return await turn('secrets', () => run({ ctx: small }))
  } catch (error) {
    if (!(error instanceof TRPCError && error.cause instanceof LargeRead)) throw error
    return turn('store', run)
  }
}

/**
 * Anyone may call it: signing in, and what is known before that. Says what it is with `.meta({ …, verb: 'anyone' })`.
 */
export const anyone = authenticated.meta({ summary: '', tag: '', routes: [], verb: 'anyone' })

const signedIn = authenticated.use(async ({ ctx, next }) => {
  const { actor } = ctx
  if (actor) return next({ ctx: { actor } })
  if (ctx.refusal) throw ctx.refusal
  if (ctx.presented) await ctx.throttle('wrong tokens', WRONG_TOKENS_PER_MINUTE)
  throw new Unauthorized(ctx.presented ? 'Token is not valid' : 'Token missing')
})

/** What verbs get from a request. */
export type RequestCall = AuthCall & WatchCall

type Schema = z.ZodType | null
type Stated = Omit<Meta, 'verb'>
type Mounting<Out extends z.ZodType> = Omit<Stated, 'routes'> & { output: Out; routes: readonly Route<z.output<Out>>[] }
interface Types<S extends Schema, Out extends z.ZodType> {
  meta: Meta
  input: S extends z.ZodType ? z.input<S> : void
  output: z.output<Out>
}

/**
 * Procedures are made of verbs and of nothing else: `perform` checks what the verb requires before it runs, for tRPC
 * and REST alike. Who asks is checked before the input is parsed.
 */
export function query<S extends Schema, Out extends z.ZodType>(
  verb: Verb<S, z.input<Out>, RequestCall>,
  { output, ...meta }: Mounting<Out>,
): TRPCQueryProcedure<Types<S, Out>> {
  return mounted(verb, meta)
    .output<z.ZodType>(output)
    .query((opts) => perform(verb, callOf(opts), opts.input as InputOf<S>)) as TRPCQueryProcedure<Types<S, Out>>
}

/** Like `query`, for what changes something. */
export function mutation<S extends Schema, Out extends z.ZodType>(
  verb: Verb<S, z.input<Out>, RequestCall>,
  { output, ...meta }: Mounting<Out>,
): TRPCMutationProcedure<Types<S, Out>> {
  return mounted(verb, { weight: 'change', ...meta })
    .output<z.ZodType>(output)
    .mutation((opts) => perform(verb, callOf(opts), opts.input as InputOf<S>)) as TRPCMutationProcedure<Types<S, Out>>
}

/** Like `query`, for events that continue until the client leaves. */
export function subscription<S extends z.ZodType<{ lastEventId?: string | null }>, Event>(
  verb: Verb<S, AsyncIterable<Event>, RequestCall>,
  meta: Stated,
) {
  return signedIn
    .meta({ ...meta, verb })
    .input(verb.input)
    .subscription(async (opts) => {
      const input = verb.input.parse(opts.input)
      // Awaited here, not in the generator: tRPC says "connected" before it takes the first item, and the verb listens
      // from then on.
      const events = await perform(verb, callOf(opts), input as InputOf<S>)
      return numbered(events, (Number(input.lastEventId ?? 0) || 0) + 1)
    })
}

/**
 * The events with the ids `first`, `first + 1` and so on. Turns failures into tRPC's like `stated`, which is through
 * before they come.
 */
async function* numbered<Event>(events: AsyncIterable<Event>, first: number) {
  let id = first
  try {
    for await (const event of events) yield tracked(String(id++), event)
  } catch (error) {
    throw toTrpcError(getTRPCErrorFromUnknown(error))
  }
}

function mounted(verb: Verb<Schema, unknown, RequestCall>, meta: Stated) {
  const procedure = signedIn.meta({ ...meta, verb })
  // The types of an input that is not known yet say nothing; `Types` says what they are.
  return verb.input === null ? procedure : (procedure.input(verb.input) as unknown as typeof procedure)
}

interface Resolving {
  ctx: RequestContext & { actor: Actor }
  signal: AbortSignal | undefined
}

const callOf = ({ ctx: { ctx, auth, actor, authenticate }, signal }: Resolving): RequestCall => ({
  ctx,
  auth,
  actor,
  authenticate,
  signal: signal ?? new AbortController().signal,
})
