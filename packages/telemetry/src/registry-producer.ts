/** What the registry of Prometheus' metrics counts, as OpenTelemetry's metrics: one count for both. */
import type { Metrics } from '@keyferry/kernel/metrics'
import { ValueType, type Attributes } from '@opentelemetry/api'
import { hrTime } from '@opentelemetry/core'
import type { Resource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  DataPointType,
  type DataPoint,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics'

type Registry = Metrics['registry']
type Exposed = Awaited<ReturnType<Registry['getMetricsAsJSON']>>[number]
type Value = Exposed['values'][number] & { metricName?: string }

export function registryProducer(registry: Registry, resource: Resource): MetricProducer {
  const startTime = hrTime()
  return {
    async collect() {
      const times = { startTime, endTime: hrTime() }
      const exposed = await registry.getMetricsAsJSON()
      const metrics = exposed.map((metric) => dataOf(metric, times)).filter(({ dataPoints }) => dataPoints.length > 0)
      return { resourceMetrics: { resource, scopeMetrics: [{ scope: { name: 'keyferry' }, metrics }] }, errors: [] }
    },
  }
}

type Times = Pick<DataPoint<unknown>, 'startTime' | 'endTime'>

function dataOf(metric: Exposed, times: Times): MetricData {
  const { name, help, values } = metric
  // Its type is declared as a number, and is one of these words.
  const type = String(metric.type)
  const base = {
    descriptor: { name, description: help, unit: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  }
  if (type === 'histogram') {
    return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints: histograms(name, values, times) }
  }
  const dataPoints = values
    .filter(({ value }) => !Number.isNaN(value))
    .map(({ labels, value }) => ({ ...times, attributes: attributesOf(labels), value }))
  return type === 'counter'
    ? { ...base, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints }
    : { ...base, dataPointType: DataPointType.GAUGE, dataPoints }
}

/** Prometheus counts in each bucket what is below its end, OpenTelemetry what is in it. */
function histograms(name: string, values: readonly Value[], times: Times): DataPoint<Histogram>[] {
  const series = Map.groupBy(values, ({ labels }) =>
    JSON.stringify(attributesOf(labels), Object.keys(labels).toSorted()),
  )
  return [...series.values()].map((parts) => {
    const ends = parts
      .filter(({ metricName }) => metricName === `${name}_bucket`)
      .map(({ labels, value }) => ({ end: labels.le === '+Inf' ? Infinity : Number(labels.le), below: value }))
      .toSorted((a, b) => a.end - b.end)
    const of = (part: string): number => parts.find(({ metricName }) => metricName === `${name}_${part}`)?.value ?? 0
    return {
      ...times,
      attributes: attributesOf(parts[0]?.labels ?? {}),
      value: {
        buckets: {
          boundaries: ends.map(({ end }) => end).filter((end) => end !== Infinity),
          counts: ends.map(({ below }, n) => below - (ends[n - 1]?.below ?? 0)),
        },
        sum: of('sum'),
        count: of('count'),
      },
    }
  })
}

function attributesOf(labels: Partial<Record<string, string | number>>): Attributes {
  const { le: _, ...attributes } = labels
  return attributes
}
