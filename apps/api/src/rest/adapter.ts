/** REST made from the procedures: each route reads its input, calls the one procedure and wraps the answer. */
import { Invalid } from '@keyferry/kernel'
import { callTRPCProcedure, TRPCError } from '@trpc/server'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { prepared, sendPieces, type Prepared } from '../http/answer.ts'
import { acceptForms } from '../http/forms.ts'
import { appRouter } from '../router.ts'
import type { RequestContext } from '../trpc/context.ts'
import { sendConditional } from './conditional.ts'
import { isObject, projectSlugIn, readInput, readsQuery, refuseQuery } from './input.ts'
import { restRoutes, type RestRoute } from './procedures.ts'
import { renamedRefusal, type Ask, type WireInput } from '../wire/wire.ts'

type ContextOf = (request: FastifyRequest, reply: FastifyReply) => Promise<RequestContext>

/** Serves every REST route of the procedures on `app`. */
export function registerRest(app: FastifyInstance, contextOf: ContextOf): void {
  const { forms = [], others = [] } = Object.groupBy(restRoutes, ({ route }) => (route.form ? 'forms' : 'others'))
  for (const rest of others) serve(app, rest, contextOf)
  void app.register(async (withForms) => {
    acceptForms(withForms)
    for (const rest of forms) serve(withForms, rest, contextOf)
  })
}

function serve(app: FastifyInstance, rest: RestRoute, contextOf: ContextOf): void {
  const { method, path } = rest.route
  app.route({
    method,
    url: path,
    handler: async (request, reply) => {
      const ctx = await contextOf(request, reply)
      const input = await inputOf(rest, request, ctx)
      const answer = async () => enveloped(rest, input, await run(rest, input, ctx))
      if (rest.route.conditional) return sendConditional(reply, ctx, rest, input, answer)
      return sendPieces(reply, await answer())
    },
  })
}

async function inputOf(
  { input: shape, route }: RestRoute,
  request: FastifyRequest,
  ctx: RequestContext,
): Promise<unknown> {
  if (!shape) return undefined
  const { params, body } = request
  const query = readsQuery(route) ? request.query : refuseQuery(shape, route.method, request.query)
  const read = readInput(shape, { url: request.url, params, query, body }, route.rest)
  const input = route.defaults && isObject(read) ? { ...route.defaults(read), ...read } : read
  const slug = projectSlugIn(shape, [query, body])
  if (slug === undefined || field(input, 'projectId') !== undefined) return input
  const project: unknown = await call('projects.bySlug', 'query', () => ({ slug }), ctx)
  return { ...Object(input), projectId: field(project, 'id') }
}

async function run(rest: RestRoute, input: unknown, ctx: RequestContext): Promise<Prepared> {
  const { reads, answers } = rest.route
  const ask: Ask = (procedure, about) => call(procedure, 'query', () => about, ctx)
  let answer: Prepared | null = null
  const prepare: RequestContext['prepare'] = async (output, type) => {
    // What a route writes is typed by the procedure that it belongs to.
    answer = await prepared(answers ? answers.write(output as never) : output, ctx.admission, type)
  }
  try {
    await call(rest.procedure, rest.type, () => (reads ? ownInput(reads, input, ask) : input), { ...ctx, prepare })
  } catch (error) {
    throw reads && error instanceof TRPCError && error.cause instanceof Invalid
      ? renamedRefusal(error.cause, reads.names)
      : error
  }
  if (!answer) throw new Error(`${rest.procedure} did not answer`)
  return answer
}

/** Parsed when tRPC asks for it, and refused like its own: who calls is checked before what they sent. */
function ownInput({ schema, toOwn }: WireInput, sent: unknown, ask: Ask): unknown {
  const parsed = schema.safeParse(sent)
  if (parsed.success) return toOwn(parsed.data, ask)
  throw new TRPCError({ code: 'BAD_REQUEST', cause: parsed.error })
}

function call(path: string, type: 'query' | 'mutation', read: () => unknown, ctx: RequestContext): Promise<unknown> {
  return callTRPCProcedure({
    router: appRouter,
    path,
    type,
    ctx,
    getRawInput: async () => read(),
    signal: undefined,
    batchIndex: 0,
  })
}

/** The output of the procedure with what Infisical puts around it. */
function enveloped({ route }: RestRoute, input: unknown, { pieces }: Prepared): readonly Buffer[] {
  if (route.envelope === undefined) return pieces
  const beside = {
    ...(route.message === undefined ? {} : { message: route.message }),
    ...(route.workspace ? { workspace: field(input, 'projectId') } : {}),
  }
  const names = JSON.stringify({ ...beside, [route.envelope]: 0 })
  return [Buffer.from(names.slice(0, -2)), ...pieces, Buffer.from('}')]
}

const field = (from: unknown, name: string): unknown =>
  from !== null && typeof from === 'object' ? new Map(Object.entries(from)).get(name) : undefined
