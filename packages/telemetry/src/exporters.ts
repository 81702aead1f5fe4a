import { parseKeyPairsIntoRecord } from '@opentelemetry/core'
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics'
import type { SpanExporter } from '@opentelemetry/sdk-trace'

interface Exporters {
  traces(): SpanExporter
  metrics(): PushMetricExporter
}

/** `name=value` pairs between commas, as in `OTEL_EXPORTER_OTLP_HEADERS`; those of one signal win. */
export interface ExportHeaders {
  all: string | undefined
  traces: string | undefined
  metrics: string | undefined
}

/** Loads those of one protocol. */
export async function exportersFor(
  protocol: 'http/protobuf' | 'http/json',
  headers: ExportHeaders,
): Promise<Exporters> {
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
  const withHeaders = (own: string | undefined) => ({
    headers: { ...parseKeyPairsIntoRecord(headers.all), ...parseKeyPairsIntoRecord(own) },
  })
  return {
    traces: () => new OTLPTraceExporter(withHeaders(headers.traces)),
    metrics: () => new OTLPMetricExporter(withHeaders(headers.metrics)),
  }
}
