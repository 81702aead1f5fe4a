/** Figures that are read at every scrape, from the store, the disk or a pool. */
import { Gauge, type Registry } from 'prom-client'

/** `labels` name the part that `value` is of. */
export interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
}

const FIGURES = {
  dueSyncs: { name: 'keyferry_due_syncs', help: 'Syncs that wait for a run', labelNames: [] },
  syncs: {
    name: 'keyferry_syncs',
    help: 'Syncs by state: pending, running, succeeded, partial, failed, blocked or paused',
    labelNames: ['state'],
  },
  oldestBehind: {
    name: 'keyferry_oldest_sync_behind_seconds',
    help: 'How long the sync that has been behind the longest has been so; 0 when none is. Paused syncs and those without auto-sync do not count',
    labelNames: [],
  },
  vendorBudgets: {
    name: 'keyferry_vendor_budget_calls',
    help: 'Calls left at the provider, by provider and rate-limit bucket, of the account with the fewest. Only while its calls are rationed',
    labelNames: ['provider', 'bucket'],
  },
  vendorPauses: {
    name: 'keyferry_vendor_paused_accounts',
    help: 'Accounts that may not be called now, because their provider wants a pause, by provider',
    labelNames: ['provider'],
  },
  databaseConnections: {
    name: 'keyferry_database_connections',
    help: 'Connections of the store’s pool, by state: busy, idle, and waiting for callers that got none yet. Postgres only',
    labelNames: ['state'],
  },
  diskFree: {
    name: 'keyferry_data_disk_free_bytes',
    help: 'Free space on the disk of the data directory, for this user',
    labelNames: [],
  },
  diskSize: { name: 'keyferry_data_disk_size_bytes', help: 'Size of the disk of the data directory', labelNames: [] },
  auditStreamLag: {
    name: 'keyferry_audit_stream_lag_rows',
    help: 'Rows of the audit log that a stream has not delivered yet, by kind (webhook, file, stdout)',
    labelNames: ['kind'],
  },
  auditStreamFailures: {
    name: 'keyferry_audit_stream_failures',
    help: 'Deliveries to a stream of the audit log that failed since the last one that arrived, by kind',
    labelNames: ['kind'],
  },
} satisfies Record<string, { name: string; help: string; labelNames: readonly string[] }>

type Figure = keyof typeof FIGURES

/** How to read a figure: a number where it has no labels. */
export type Watch = Partial<Record<Figure, () => Promise<number | readonly Sample[]>>>

/** Declares every figure. The function says how some are read; while that fails, a figure is left out. */
export function watchedFigures(registry: Registry): (watch: Watch) => void {
  const reading: Watch = {}
  for (const [figure, { name, help, labelNames }] of Object.entries(FIGURES)) {
    // oxlint-disable-next-line no-new -- it lives in the registry.
    new Gauge({
      name,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        const read = reading[figure as Figure]
        const found = await read?.().catch(() => null)
        this.reset()
        if (typeof found === 'number') this.set(found)
        else if (labelNames.length === 0) this.set(NaN)
        else for (const { labels, value } of found ?? []) this.set({ ...labels }, value)
      },
    })
  }
  return (watch) => void Object.assign(reading, watch)
}
