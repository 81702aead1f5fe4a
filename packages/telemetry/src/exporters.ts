import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { SpanExporter } from '@opentelemetry/sdk-trace'

interface Exporters {
  traces(): SpanExporter
  metrics(): PushMetricExporter
}

/** Loads those of one protocol. */
export async function exportersFor(protocol: 'http/protobuf' | 'http/json'): Promise<Exporters> {
  const [{ OTLPTraceExporter }, { OTLPMetricExporter }] =
    protocol === 'http/json'
      ? await Promise.all([
          import('@opentelemetry/exporter-trace-otlp-http'),
          import('@opentelemetry/exporter-metrics-otlp-http'),
        ])
      : await Promise.all([
          import('@opentelemetry/exporter-trace-otlp-proto'),
          import('@opentelemetry/exporter-metrics-otlp-proto'),
        ])
  return { traces: () => new OTLPTraceExporter(), metrics: () => new OTLPMetricExporter() }
}
