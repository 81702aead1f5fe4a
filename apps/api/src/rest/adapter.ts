/** REST made from the procedures: each route reads its input, calls the one procedure and wraps the answer. */
import { callTRPCProcedure } from '@trpc/server'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { appRouter } from '../router.ts'
import type { RequestContext } from '../trpc/context.ts'
import { readInput, readsQuery, refuseQuery } from './input.ts'
import { restRoutes, type RestRoute } from './procedures.ts'

export function registerRest(
  app: FastifyInstance,
  contextOf: (request: FastifyRequest) => Promise<RequestContext>,
): void {
  for (const rest of restRoutes()) {
    const { method, path } = rest.route
    app.route({
      method,
      url: path,
      handler: async (request) => {
        const ctx = await contextOf(request)
        const input = await inputOf(rest, request, ctx)
        return answer(rest, input, await run(rest, input, ctx))
      },
    })
  }
}

async function inputOf(
  { input: shape, route }: RestRoute,
  request: FastifyRequest,
  ctx: RequestContext,
): Promise<unknown> {
  if (!shape) return undefined
  const { params, body } = request
  const query = readsQuery(route.method) ? request.query : refuseQuery(shape, route.method, request.query)
  const input = readInput(shape, { params, query, body }, route.rest)
  const slug = field(query, 'workspaceSlug') ?? field(body, 'workspaceSlug')
  if (typeof slug !== 'string' || !shape.fields.has('projectId') || field(input, 'projectId') !== undefined)
    return input
  const project: unknown = await call('projects.bySlug', 'query', { slug }, ctx)
  return { ...Object(input), projectId: field(project, 'id') }
}

const run = (rest: RestRoute, input: unknown, ctx: RequestContext): Promise<unknown> =>
  call(rest.procedure, rest.type, input, ctx)

function call(path: string, type: 'query' | 'mutation', input: unknown, ctx: RequestContext): Promise<unknown> {
  return callTRPCProcedure({
    router: appRouter,
    path,
    type,
    ctx,
    getRawInput: () => Promise.resolve(input),
    signal: undefined,
    batchIndex: 0,
  })
}

function answer({ route }: RestRoute, input: unknown, output: unknown): unknown {
  if (route.envelope === undefined) return output
  return {
    ...(route.message === undefined ? {} : { message: route.message }),
    ...(route.workspace ? { workspace: field(input, 'projectId') } : {}),
    [route.envelope]: output,
  }
}

const field = (from: unknown, name: string): unknown =>
  from !== null && typeof from === 'object' ? new Map(Object.entries(from)).get(name) : undefined
