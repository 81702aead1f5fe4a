/** tRPC on its part of the port, with answers that are sent in pieces. */
import { BadRequest, type Context } from '@keyferry/kernel'
import type { TRPCError } from '@trpc/server'
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { appRouter, type AppRouter } from '../router.ts'
import type { RequestContext } from '../trpc/context.ts'
import { failureOf, type Failure } from '../trpc/errors.ts'
import { largeAnswers, payloadOf, type LargeAnswers } from './answer.ts'
import { logBug, secondsUntil } from './errors.ts'
import { bodyText } from './json.ts'

/** Calls in one tRPC batch: a page of the console makes a dozen. */
const CALLS_PER_BATCH = 50

/** What is known of a request when its answer is sent. */
interface Sending {
  answers: LargeAnswers
  /** Why its stream was not opened for want of room. */
  refusal: Failure | null
}

interface Options {
  contextOf: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>
  log: Context['log']
}

export function registerTrpc(app: FastifyInstance, { contextOf, log }: Options, done: (error?: Error) => void): void {
  const sending = new WeakMap<FastifyRequest, Sending>()
  app.addHook('onRequest', refuseStreamedBatch)
  app.addHook('onSend', async (request, reply, payload) => {
    const { answers, refusal } = sending.get(request) ?? {}
    if (!answers || !(payload instanceof Response)) return payload
    if (isStream(payload)) return refusal ? refusedStream(payload, refusal) : payload
    reply.code(payload.status).headers(Object.fromEntries(payload.headers))
    return payloadOf(answers.insert(await payload.text()))
  })
  const trpcOptions = {
    router: appRouter,
    async createContext({ req, res }) {
      const ctx = await contextOf(req, res)
      const own: Sending = { answers: largeAnswers(), refusal: null }
      sending.set(req, own)
      const openStream = (ended: AbortSignal): void => {
        try {
          ctx.admission.openStream(ended)
        } catch (error) {
          own.refusal = failureOf(error)
          throw error
        }
      }
      return {
        ...ctx,
        admission: { ...ctx.admission, openStream },
        prepare: (output, type) => own.answers.keep(output, ctx.admission, type),
      }
    },
    maxBatchSize: CALLS_PER_BATCH,
    responseMeta: ({ errors }) => ({ headers: retryAfter(errors) }),
    onError({ error, path, ctx }) {
      if (error.code === 'INTERNAL_SERVER_ERROR') logBug(log, error, { reqId: ctx?.reqId, procedure: path })
    },
  } satisfies FastifyTRPCPluginOptions<AppRouter>['trpcOptions']
  fastifyTRPCPlugin(app, { trpcOptions }, (error) => {
    // tRPC would take forms as well, and has no procedure that knows what to do with one.
    app.removeAllContentTypeParsers()
    app.addContentTypeParser<Buffer>(
      'application/json',
      { parseAs: 'buffer' },
      async (_request: unknown, body: Buffer) => bodyText(body),
    )
    done(error)
  })
}

const isStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') === true

/**
 * tRPC answers 200 and says in the stream what went wrong; here clients that do not read the stream get a status as
 * well.
 */
function refusedStream({ body, headers }: Response, refusal: Failure): Response {
  const seconds = secondsUntil(refusal)
  if (seconds !== null) headers.set('retry-after', String(seconds))
  return new Response(body, { status: refusal.status, headers })
}

/** Its answers would be sent one by one, without a status. */
async function refuseStreamedBatch({ headers }: FastifyRequest): Promise<void> {
  const accepts = [headers['trpc-accept'] ?? headers.accept].flat().join()
  if (accepts.includes('application/jsonl'))
    throw new BadRequest('Streamed batches (application/jsonl) are not offered')
}

/** The `Retry-After` header of a batch, in seconds: the longest wait that one of its errors requires. */
function retryAfter(errors: readonly TRPCError[]): Record<string, string> {
  const seconds = errors.map((error) => secondsUntil(failureOf(error))).filter((found) => found !== null)
  return seconds.length > 0 ? { 'retry-after': String(Math.max(...seconds)) } : {}
}
