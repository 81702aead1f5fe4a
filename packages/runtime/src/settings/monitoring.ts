/** Metrics, and what an OpenTelemetry collector gets. */
import { z } from 'zod'
import { headerPairs, httpUrl, port, sharedSecret, whole } from './formats.ts'
import { setting } from './setting.ts'

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const
const exporter = z.enum(['otlp', 'none'], { error: 'must be otlp or none' }).default('otlp')
const fraction = z
  .string()
  .regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'must be a number from 0 to 1, such as 0.1')
  .transform(Number)
const headers = headerPairs.optional()

export const monitoring = {
  METRICS_PORT: setting(
    port.optional(),
    'a port of its own for `/metrics` and `/api/ready`, which needs no token unless there is one',
  ),
  METRICS_TOKEN: setting(
    sharedSecret.optional(),
    'bearer token (16 characters or more) for `/metrics`; without it `PORT` serves none',
    { secret: 'file' },
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: setting(
    httpUrl.optional(),
    'OpenTelemetry collector that gets traces and metrics ([traces](operations.md#traces))',
  ),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: setting(httpUrl.optional(), 'full URL that gets the traces instead'),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: setting(httpUrl.optional(), 'full URL that gets the metrics instead'),
  OTEL_EXPORTER_OTLP_HEADERS: setting(
    headers,
    'headers of these requests, such as `authorization=Bearer%20…,x-tenant=shop`',
    { secret: 'file' },
  ),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: setting(headers, 'headers for traces only, which win', { secret: 'file' }),
  OTEL_EXPORTER_OTLP_METRICS_HEADERS: setting(headers, 'headers for metrics only, which win', { secret: 'file' }),
  OTEL_EXPORTER_OTLP_PROTOCOL: setting(
    z.enum(['http/protobuf', 'http/json'], { error: 'must be http/protobuf or http/json' }).default('http/protobuf'),
    'or `http/json`',
  ),
  OTEL_TRACES_EXPORTER: setting(exporter, '`none`: no traces'),
  OTEL_METRICS_EXPORTER: setting(exporter, '`none`: no metrics'),
  OTEL_TRACES_SAMPLER: setting(
    z.enum(SAMPLERS, { error: `must be one of ${SAMPLERS.join(', ')}` }).default('parentbased_always_on'),
    `which traces are sent: ${SAMPLERS.map((sampler) => `\`${sampler}\``).join(', ')}`,
  ),
  OTEL_TRACES_SAMPLER_ARG: setting(fraction.default(1), 'the part of them that `…traceidratio` sends, from 0 to 1'),
  OTEL_METRIC_EXPORT_INTERVAL: setting(whole(100).default(60_000), 'milliseconds between two exports of the metrics'),
  OTEL_SDK_DISABLED: setting(
    z.stringbool({ truthy: ['true'], falsy: ['false'], error: 'must be true or false' }).default(false),
    '`true`: neither traces nor metrics are sent',
  ),
}
