/**
 * Traces and metrics for an OpenTelemetry collector, by OTLP over HTTP. The exporters read `OTEL_EXPORTER_OTLP_…`
 * (endpoint, certificates, time-out) from the environment, as the specification says; headers can come from a file.
 * Nothing is registered globally, so that no library of this process adds spans with what it likes to them.
 */
import type { Tracing } from '@keyferry/kernel'
import type { Metrics } from '@keyferry/kernel/metrics'
import { diag, DiagLogLevel } from '@opentelemetry/api'
import { detectResources, defaultResource, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { exportersFor, type ExportHeaders } from './exporters.ts'
import { registryProducer } from './registry-producer.ts'
import { samplerOf, type Sampling } from './sampler.ts'
import { tracingOf } from './tracing-of.ts'

export interface TelemetryOptions extends Sampling {
  version: string
  protocol: 'http/protobuf' | 'http/json'
  headers: ExportHeaders
  traces: boolean
  metrics: boolean
  /** Milliseconds between two exports of the metrics. */
  metricsEveryMs: number
  /** Gets why something could not be exported, at most once a minute. */
  failed(reason: string): void
}

export interface Telemetry {
  /** Null: traces are not exported. */
  tracing: Tracing | null
  /** Exports the figures of `registry` from now on, where metrics are exported. */
  exportMetrics(registry: Metrics['registry']): void
  /** Sends what waits, for a few seconds at most. */
  stop(): Promise<void>
}

const STOP_MS = 3_000
const QUIET_MS = 60_000

export async function openTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  sayFailures(options.failed)
  const { traces, metrics } = await exportersFor(options.protocol, options.headers)
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': 'keyferry', 'service.version': options.version }))
    .merge(detectResources({ detectors: [envDetector] }))
  const provider = options.traces
    ? new TracerProvider({
        resource,
        sampler: samplerOf(options),
        spanProcessors: [new BatchSpanProcessor({ exporter: traces() })],
      })
    : null
  let meters: MeterProvider | null = null
  return {
    tracing: provider && tracingOf(provider.getTracer('keyferry', options.version)),
    exportMetrics(registry) {
      if (!options.metrics) return
      const reader = new PeriodicExportingMetricReader({
        exporter: metrics(),
        exportIntervalMillis: options.metricsEveryMs,
        exportTimeoutMillis: Math.min(options.metricsEveryMs, 10_000),
        metricProducers: [registryProducer(registry, resource)],
      })
      meters = new MeterProvider({ resource, readers: [reader] })
    },
    async stop() {
      const sent = Promise.allSettled([provider?.shutdown(), meters?.shutdown()])
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, STOP_MS)
      await Promise.race([sent, promise])
      clearTimeout(timer)
    },
  }
}

function sayFailures(failed: (reason: string) => void): void {
  let saidAt = -Infinity
  const say = (...words: unknown[]): void => {
    if (performance.now() - saidAt < QUIET_MS) return
    saidAt = performance.now()
    failed(words.map(String).join(' ').slice(0, 300))
  }
  const quiet = (): void => {}
  diag.setLogger({ error: say, warn: quiet, info: quiet, debug: quiet, verbose: quiet }, DiagLogLevel.ERROR)
}
