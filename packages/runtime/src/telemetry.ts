import { NO_TRACING, type Tracing } from '@keyferry/kernel'
import type { Metrics } from '@keyferry/kernel/metrics'
import type { Logger } from 'pino'
import type { Env } from './env.ts'
import { VERSION } from './version.ts'

/** What of this process is sent to an OpenTelemetry collector. */
export interface Telemetry {
  tracing: Tracing
  exportsMetrics: boolean
  exportMetrics(registry: Metrics['registry']): void
  stop(): Promise<void>
}

const OFF: Telemetry = {
  tracing: NO_TRACING,
  exportsMetrics: false,
  exportMetrics() {},
  stop: () => Promise.resolve(),
}

/** Off unless an endpoint is set: its code is loaded only then. */
export async function telemetryOf(env: Env, log: Logger): Promise<Telemetry> {
  const isSet = (own: string | undefined, exporter: 'otlp' | 'none'): boolean =>
    exporter === 'otlp' && (own ?? env.OTEL_EXPORTER_OTLP_ENDPOINT) !== undefined
  const traces = isSet(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, env.OTEL_TRACES_EXPORTER)
  const metrics = isSet(env.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, env.OTEL_METRICS_EXPORTER)
  if (env.OTEL_SDK_DISABLED || !(traces || metrics)) return OFF
  const { openTelemetry } = await import('@keyferry/telemetry')
  const opened = await openTelemetry({
    version: VERSION,
    protocol: env.OTEL_EXPORTER_OTLP_PROTOCOL,
    headers: {
      all: env.OTEL_EXPORTER_OTLP_HEADERS,
      traces: env.OTEL_EXPORTER_OTLP_TRACES_HEADERS,
      metrics: env.OTEL_EXPORTER_OTLP_METRICS_HEADERS,
    },
    traces,
    metrics,
    metricsEveryMs: env.OTEL_METRIC_EXPORT_INTERVAL,
    sampler: env.OTEL_TRACES_SAMPLER,
    ratio: env.OTEL_TRACES_SAMPLER_ARG,
    failed: (reason) => log.warn({ reason }, 'traces or metrics could not be sent to OTEL_EXPORTER_OTLP_ENDPOINT'),
  })
  return { ...opened, tracing: opened.tracing ?? NO_TRACING, exportsMetrics: metrics }
}
