/** The kernel's port for traces, on an OpenTelemetry tracer. */
import type { Span, SpanOptions, Tracing } from '@keyferry/kernel'
import {
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Tracer,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'

const KINDS = {
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  internal: SpanKind.INTERNAL,
} as const

export function tracingOf(tracer: Tracer): Tracing {
  const contexts = new AsyncLocalStorageContextManager().enable()
  const propagator = new W3CTraceContextPropagator()
  const parentOf = ({ parent }: SpanOptions): Context =>
    parent === undefined ? contexts.active() : propagator.extract(ROOT_CONTEXT, parent, defaultTextMapGetter)
  return {
    begin(name, options = {}): Span {
      const { kind = 'internal', attributes = {} } = options
      const parent = parentOf(options)
      const span = tracer.startSpan(name, { kind: KINDS[kind], attributes }, parent)
      const own = trace.setSpan(parent, span)
      return {
        run: (work) => contexts.with(own, work),
        set: (more) => void span.setAttributes(more),
        end(failure) {
          if (failure !== undefined) {
            span.setStatus({ code: SpanStatusCode.ERROR })
            span.setAttribute('error.type', failure)
          }
          span.end()
        },
      }
    },
    annotate: (attributes) => void trace.getSpan(contexts.active())?.setAttributes(attributes),
    carrier() {
      const carrier: Record<string, string> = {}
      propagator.inject(contexts.active(), carrier, defaultTextMapSetter)
      return carrier
    },
  }
}
