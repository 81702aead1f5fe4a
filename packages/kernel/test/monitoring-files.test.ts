/** What tells operators of the metrics names metrics that exist: the page, the Grafana dashboard, the alert rules. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parser } from '@prometheus-io/lezer-promql'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { declaredMetrics, metricsPage, PAGE } from './metrics-page/page.ts'

const FILES = join(import.meta.dirname, '../../../deploy/monitoring')
const read = (file: string): string => readFileSync(join(FILES, file), 'utf8')

const panel = z.object({
  title: z.string().min(1),
  type: z.enum(['row', 'stat', 'timeseries']),
  gridPos: z.object({ x: z.int().min(0), y: z.int().min(0), w: z.int().min(1).max(24), h: z.int().min(1) }),
  targets: z.array(z.object({ refId: z.string(), expr: z.string() })).default([]),
})
const dashboard = z.object({
  uid: z.string(),
  title: z.string(),
  schemaVersion: z.int(),
  templating: z.object({ list: z.array(z.object({ name: z.string(), query: z.string() })) }),
  panels: z.array(panel.and(z.object({ id: z.int() }))),
})
const rules = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^[A-Z]\w+$/),
          expr: z.string(),
          for: z.string().optional(),
          labels: z.object({ severity: z.enum(['warning', 'critical']) }),
          annotations: z.strictObject({ summary: z.string().min(1), remedy: z.string().min(1) }),
        }),
      ),
    }),
  ),
})

/** What Prometheus itself adds. */
const ADDED = ['job', 'instance', 'le']

/** Metrics that an expression selects, with the labels that it matches and groups by. */
function selected(expr: string): { metrics: string[]; labels: string[] } {
  const text = expr.replaceAll('$__rate_interval', '5m')
  const metrics: string[] = []
  const labels: string[] = []
  parser.parse(text).iterate({
    enter({ name, type, from, to }) {
      const word = text.slice(from, to)
      expect(type.isError, `${expr}: at ${text.slice(from)}`).toBe(false)
      if (name === 'Identifier') metrics.push(word)
      if (name === 'LabelName') labels.push(word)
    },
  })
  return { metrics, labels }
}

describe('docs/metrics.md', () => {
  it('says what the registry declares, and names follow Prometheus', async () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(await metricsPage())
    for (const { name, type } of (await declaredMetrics()).filter(({ name }) => name.startsWith('keyferry_'))) {
      expect(name).toMatch(/^keyferry_[a-z]+(_[a-z]+)*$/)
      expect(name.endsWith('_total'), name).toBe(type === 'counter')
    }
  })
})

describe('deploy/monitoring', () => {
  const shown = dashboard.parse(JSON.parse(read('grafana-dashboard.json')))
  const alerts = rules.parse(parse(read('prometheus-rules.yaml'))).groups.flatMap((group) => group.rules)
  const expressions = [
    ...shown.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
    ...alerts.map(({ alert, expr }) => [alert, expr] as const),
  ]

  it('asks for metrics and labels that exist', async () => {
    const declared = new Map(
      (await declaredMetrics()).map(({ name, type, labels }) => [name, { isHistogram: type === 'histogram', labels }]),
    )
    expect(expressions.length).toBeGreaterThan(40)
    for (const [title, expr] of expressions) {
      const { metrics, labels } = selected(expr)
      expect(metrics.length, title).toBeGreaterThan(0)
      const known = new Set(ADDED)
      for (const metric of metrics) {
        if (metric === 'up') continue
        const base = metric.replace(/_(bucket|sum|count)$/, '')
        const found = declared.get(metric) ?? declared.get(base)
        expect(found, `${title}: ${metric}`).toBeDefined()
        expect(declared.has(metric), `${title}: ${metric}`).toBe(found?.isHistogram !== true)
        for (const label of found?.labels ?? []) known.add(label)
      }
      for (const label of labels) expect([...known], `${title}: ${expr}`).toContain(label)
    }
  })

  it('shows every metric of Keyferry, on a dashboard whose panels do not overlap', async () => {
    const used = new Set(
      expressions.flatMap(([, expr]) => selected(expr).metrics.map((name) => name.replace(/_bucket$/, ''))),
    )
    const own = (await declaredMetrics()).map(({ name }) => name).filter((name) => name.startsWith('keyferry_'))
    expect(own.filter((name) => !used.has(name))).toEqual([])
    expect(new Set(shown.panels.map(({ id }) => id)).size).toBe(shown.panels.length)
    const cells = shown.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    for (const { gridPos } of shown.panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24)
  })
})
