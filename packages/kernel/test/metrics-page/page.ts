/** docs/metrics.md, made of what the registry of a process declares. */
import { join } from 'node:path'
import { z } from 'zod'
import { createMetrics } from '../../src/metrics.ts'

export const PAGE = join(import.meta.dirname, '../../../../docs/metrics.md')

export interface Declared {
  name: string
  type: string
  labels: readonly string[]
  help: string
}

/** What prom-client's types leave out. */
const labelled = z.object({ name: z.string(), labelNames: z.array(z.string()) })

/** Every metric that a process of Keyferry has, those of its runtime included. */
export async function declaredMetrics(): Promise<Declared[]> {
  const { registry } = createMetrics({ build: { version: '', profile: '' }, ofProcess: true })
  const labels = new Map(
    registry.getMetricsAsArray().map((metric) => {
      const { name, labelNames } = labelled.parse({ ...metric })
      return [name, labelNames]
    }),
  )
  const found = await registry.getMetricsAsJSON()
  return found.map(({ name, type, help }) => ({ name, type: String(type), labels: labels.get(name) ?? [], help }))
}

/** The whole page. */
export async function metricsPage(): Promise<string> {
  const own = (await declaredMetrics()).filter(({ name }) => name.startsWith('keyferry_'))
  const rows = own
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, type, labels, help }) => row([`\`${name}\``, type, labels.map((l) => `\`${l}\``).join(', '), help]))
  return [HEAD, [row(['metric', 'type', 'labels', 'meaning']), '|---|---|---|---|', ...rows].join('\n'), TAIL].join(
    '\n\n',
  )
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

const HEAD = `# Metrics

Made by \`npx -y pnpm@12 --filter @keyferry/kernel metrics-page\` from what \`packages/kernel/src/metrics.ts\` declares; a test compares the two.

\`GET /metrics\` answers in Prometheus' text format ([operations.md](operations.md#is-it-well) says to whom). Every process counts what it does itself, so sum over
processes. Figures of the whole instance (\`keyferry_syncs\`, \`keyferry_due_syncs\`, \`keyferry_oldest_sync_behind_seconds\`, \`keyferry_vendor_…\`) are the same in
each process: take the maximum. A figure that can't be read is left out, or \`NaN\`. A histogram has \`…_bucket\`, \`…_sum\` and \`…_count\`.
No label holds the name of a project, sync, key or connection.`

const TAIL = `\`process_…\` and \`nodejs_…\` are those of [prom-client](https://github.com/siimon/prom-client): memory, CPU, open files, event loop, garbage collection.

\`deploy/monitoring\` has a Grafana dashboard, and alert rules for Prometheus.
`
