/** An OpenTelemetry collector that keeps what it gets by OTLP over HTTP. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'
import { z } from 'zod'

const attributes = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) }))
  .transform((pairs) => Object.fromEntries(pairs.map(({ key, value }) => [key, Object.values(value)[0]])))

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  attributes,
})
export type Span = z.output<typeof span>

const resource = z.object({ attributes })
const traces = z.object({
  resourceSpans: z.array(z.object({ resource, scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
})
const metrics = z.object({
  resourceMetrics: z.array(
    z.object({ resource, scopeMetrics: z.array(z.object({ metrics: z.array(z.object({ name: z.string() })) })) }),
  ),
})

/** Stopped with the test. */
export async function startCollector() {
  const got: { path: string; type: string; tenant: string; body: Buffer }[] = []
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await buffer(request)
    const { 'content-type': type = '', 'x-tenant': tenant } = request.headers
    got.push({ path: request.url ?? '', type, tenant: String(tenant ?? ''), body })
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  }
  const server = createServer((request, response) => void take(request, response))
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const at = (path: string): unknown[] =>
    got.filter((request) => request.path === path).map(({ body }) => JSON.parse(body.toString()) as unknown)
  const resourceSpans = () => at('/v1/traces').flatMap((body) => traces.parse(body).resourceSpans)
  const resourceMetrics = () => at('/v1/metrics').flatMap((body) => metrics.parse(body).resourceMetrics)
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    got,
    spans: (): Span[] => resourceSpans().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    /** Names of metrics. */
    metrics: (): string[] =>
      resourceMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((of) => of.metrics.map(({ name }) => name))),
    services: () =>
      new Set([...resourceSpans(), ...resourceMetrics()].map((of) => of.resource.attributes['service.name'])),
    text: (): string => got.map(({ body }) => body.toString()).join('\n'),
  }
}
