/** The access log: one line per request, and the same for the metrics. */
import type { Actor, Context, Span, SpanOptions } from '@keyferry/kernel'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { appRouter } from '../router.ts'
import { onAnswered } from './on-answered.ts'

export interface AccessLog {
  /** Logs and counts the request once it is answered, or its client is gone. */
  begin(request: FastifyRequest, reply: FastifyReply): void
  /** Says who sent the request, as soon as that is known. */
  noteActor(request: FastifyRequest, actor: Actor): void
  /** Runs `work` in the span of the request. */
  within(request: FastifyRequest, work: () => void): void
}

/** Asked by probes every few seconds. */
const PROBES = new Set(['/api/ready', '/api/status', '/healthcheck', '/metrics'])
/** The status of a request whose client left before it was answered, as proxies log it. */
const CLIENT_LEFT = 499

/**
 * A line has what was asked, by whom, how it ended and what it took, and never a value, a query string or a header. It
 * is written at `info`; at `debug` for probes.
 */
export function accessLog({ log, metrics, tracing }: Pick<Context, 'log' | 'metrics' | 'tracing'>): AccessLog {
  const actors = new WeakMap<FastifyRequest, string>()
  const spans = new WeakMap<FastifyRequest, Span>()
  return {
    begin(request, reply) {
      const began = performance.now()
      const { socket } = request.raw
      const before = socket.bytesWritten
      const ended = metrics.requestBegan()
      const { route, procedures } = routeOf(request)
      const isProbe = route !== null && PROBES.has(route)
      const span = isProbe ? null : tracing.begin(`${request.method} ${route ?? 'none'}`, spanOf(request, route))
      if (span) spans.set(request, span)
      onAnswered(reply, () => {
        const { raw } = reply
        const ms = performance.now() - began
        const status = raw.headersSent ? raw.statusCode : CLIENT_LEFT
        const isStream = String(raw.getHeader('content-type')).startsWith('text/event-stream')
        // A stream lasts as long as its reader likes: that is no measure of the server.
        ended({ method: request.method, route: route ?? 'none', status, seconds: isStream ? null : ms / 1000 })
        span?.set({ 'http.response.status_code': status })
        span?.end(status >= 500 ? String(status) : undefined)
        log[isProbe ? 'debug' : 'info'](
          {
            reqId: request.id,
            method: request.method,
            route,
            ...(procedures.length > 0 ? { procedures } : {}),
            actor: actors.get(request) ?? null,
            address: request.ip,
            status,
            ms: Math.round(ms),
            bytes: socket.bytesWritten - before,
            ...(raw.writableFinished ? {} : { aborted: true }),
          },
          'request',
        )
      })
    },
    noteActor: (request, actor) => actors.set(request, actor.id),
    within(request, work) {
      const span = spans.get(request)
      if (span) span.run(work)
      else work()
    },
  }
}

/** What follows from the request of a client that traces, too. */
function spanOf({ id, method, headers }: FastifyRequest, route: string | null): SpanOptions {
  const { traceparent, tracestate } = headers
  const parent = {
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
    ...(typeof tracestate === 'string' ? { tracestate } : {}),
  }
  const attributes = {
    'http.request.method': method,
    ...(route === null ? {} : { 'http.route': route }),
    'keyferry.request.id': id,
  }
  return { kind: 'server', parent, attributes }
}

const TRPC = '/api/trpc/:path'
const OUTSIDE_CONSOLE = /^\/(api|metrics|healthcheck|\.well-known)(\/|$)/

/**
 * The pattern that a request matched; null: none. The console's files and pages are one route, a tRPC call has its
 * procedure in place of the pattern, and a batch of calls names its `procedures`.
 */
function routeOf(request: FastifyRequest): { route: string | null; procedures: string[] } {
  const { url } = request.routeOptions
  const path = url ?? request.url.split('?', 1)[0] ?? ''
  if (!OUTSIDE_CONSOLE.test(path)) return { route: '/*', procedures: [] }
  if (url !== TRPC) return { route: url ?? null, procedures: [] }
  // What is not a procedure is any text a client sent.
  const called = /^\/api\/trpc\/([^?]*)/.exec(request.url)?.[1]?.split(',') ?? []
  const procedures = called.filter((name) => Object.hasOwn(appRouter._def.procedures, name))
  const [only] = procedures
  return called.length === 1 && only !== undefined
    ? { route: `/api/trpc/${only}`, procedures: [] }
    : { route: TRPC, procedures }
}
