import { NO_TRACING, type Tracing } from '@keyferry/kernel'
import type { Metrics } from '@keyferry/kernel/metrics'
import type { Logger } from 'pino'
import type { Env } from '../settings/env.ts'
import { VERSION } from '../version.ts'

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

type EndpointSetting = `OTEL_EXPORTER_OTLP_${'' | 'TRACES_' | 'METRICS_'}ENDPOINT`

/** The setting that says where traces are sent, and the one for metrics; null for what is not sent. */
export function endpointSettings(env: Env): Record<'traces' | 'metrics', EndpointSetting | null> {
  const settingOf = (own: EndpointSetting, exporter: 'otlp' | 'none'): EndpointSetting | null =>
    env.OTEL_SDK_DISABLED || exporter === 'none'
      ? null
      : (([own, 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const).find((name) => env[name] !== undefined) ?? null)
  return {
    traces: settingOf('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', env.OTEL_TRACES_EXPORTER),
    metrics: settingOf('OTEL_EXPORTER_OTLP_METRICS_ENDPOINT', env.OTEL_METRICS_EXPORTER),
  }
}

/** Off unless an endpoint is set: its code is loaded only then. */
export async function telemetryOf(env: Env, log: Logger): Promise<Telemetry> {
  const settings = endpointSettings(env)
  const [traces, metrics] = [settings.traces !== null, settings.metrics !== null]
  if (!traces && !metrics) return OFF
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
