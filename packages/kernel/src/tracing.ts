/** Traces: from a request to the calls at providers that follow. Attributes hold no value, key or credential. */

export type Attributes = Readonly<Record<string, string | number | boolean>>

/** A span in the form that travels with a request or a job: `traceparent`, `tracestate`. */
export type TraceCarrier = Readonly<Record<string, string>>

export interface SpanOptions {
  /** Default: `internal`. */
  kind?: 'server' | 'client' | 'producer' | 'consumer' | 'internal'
  attributes?: Attributes
  /** What it follows from, in another process. Left out, or empty: the present span. */
  parent?: TraceCarrier
}

export interface Span {
  /** Runs `work` with this span as the present one. */
  run<T>(work: () => T): T
  set(attributes: Attributes): void
  /** `failure`: the kind of error that ended it, never its words. */
  end(failure?: string): void
}

export interface Tracing {
  begin(name: string, options?: SpanOptions): Span
  /** Adds to the present span. */
  annotate(attributes: Attributes): void
  /** The present span; empty outside of one. */
  carrier(): TraceCarrier
}

const NO_SPAN: Span = { run: (work) => work(), set() {}, end() {} }

export const NO_TRACING: Tracing = { begin: () => NO_SPAN, annotate() {}, carrier: () => ({}) }

/** Does `work` in a span of its own. */
export async function traced<T>(
  tracing: Tracing,
  name: string,
  options: SpanOptions,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const span = tracing.begin(name, options)
  try {
    const result = await span.run(() => work(span))
    span.end()
    return result
  } catch (error) {
    span.end(error instanceof Error ? error.name : 'error')
    throw error
  }
}
