/**
 * What a process counts, in Prometheus' form. Labels are destinations, states and status codes: few, and no name of
 * anything that belongs to a user.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

export interface Metrics {
  /** A run ended; `seconds` it took. */
  runEnded(run: { destination: string; kind: string; state: string; seconds: number }): void
  /** A run that began because an earlier one failed. */
  runRetried(destination: string): void
  /** Seconds from the commit of the oldest change that a run delivered to the end of that run. */
  delivered(destination: string, seconds: number): void
  /** A vendor answered with `status`; null: no answer came. */
  vendorCalled(destination: string, status: number | null): void
  /** A run found that another one had taken over its target. */
  leaseLost(destination: string): void
  /** A transaction was undone by another one and tried again. */
  storeCollided(): void
  /** A notice arrived, or did not. */
  noticeSent(kind: string, arrived: boolean): void
  /** The check of the whole store ended; `failures` it found. */
  storeChecked(failures: number): void
  /** `count` is asked at every scrape how many syncs wait for a run; while it fails, the figure is left out. */
  watchDue(count: () => Promise<number>): void
  /**
   * `state` is asked at every scrape how a stream of the audit log of that kind fares; while it fails, its figures are
   * left out.
   */
  watchAuditStream(kind: string, state: () => Promise<{ lag: number; failures: number }>): void
  /** The page, and its content type. */
  expose(): Promise<{ contentType: string; text: string }>
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600]

/** Makes the metrics of one process. `processMetrics`: memory, CPU and event loop as well. */
export function createMetrics({ processMetrics = false }: { processMetrics?: boolean } = {}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  if (processMetrics) collectDefaultMetrics({ register: registry })
  const runs = new Counter({
    name: 'keyferry_runs_total',
    help: 'Runs that ended, by destination, kind (sync, remove, drift) and state',
    labelNames: ['destination', 'kind', 'state'],
    registers,
  })
  const runSeconds = new Histogram({
    name: 'keyferry_run_seconds',
    help: 'Duration of a run',
    labelNames: ['destination'],
    buckets: SECONDS,
    registers,
  })
  const retries = new Counter({
    name: 'keyferry_run_retries_total',
    help: 'Runs that began because an earlier one failed',
    labelNames: ['destination'],
    registers,
  })
  const delivery = new Histogram({
    name: 'keyferry_delivery_seconds',
    help: 'Time from the commit of a change to the end of the run that delivered it',
    labelNames: ['destination'],
    buckets: SECONDS,
    registers,
  })
  const calls = new Counter({
    name: 'keyferry_vendor_calls_total',
    help: 'Requests to providers, by destination and HTTP status; "none" when no answer came, 429 when throttled',
    labelNames: ['destination', 'status'],
    registers,
  })
  const leases = new Counter({
    name: 'keyferry_lease_losses_total',
    help: 'Runs, drift checks and cleanups that stopped because another run had taken over their destination',
    labelNames: ['destination'],
    registers,
  })
  const collisions = new Counter({
    name: 'keyferry_store_collisions_total',
    help: 'Transactions that the store undid because of another one, and that were tried again',
    registers,
  })
  const notices = new Counter({
    name: 'keyferry_notices_total',
    help: 'Deliveries of notices, by kind (webhook, email, slack, teams, pagerduty) and result (arrived, failed)',
    labelNames: ['kind', 'result'],
    registers,
  })
  const integrity = new Gauge({
    name: 'keyferry_integrity_failures',
    help: 'Rows, folders and parts of the audit log that the last check of this process found changed outside Keyferry',
    registers,
  })

  const streams = new Map<string, () => Promise<{ lag: number; failures: number }>>()
  const watchStreams = (figure: 'lag' | 'failures', name: string, help: string): void => {
    // oxlint-disable-next-line no-new -- it lives in the registry.
    new Gauge({
      name,
      help,
      labelNames: ['kind'],
      registers,
      async collect() {
        for (const [kind, state] of streams) this.set({ kind }, (await state().catch(() => null))?.[figure] ?? NaN)
      },
    })
  }
  watchStreams(
    'lag',
    'keyferry_audit_stream_lag_rows',
    'Rows of the audit log that a stream has not delivered yet, by kind (webhook, file, stdout)',
  )
  watchStreams(
    'failures',
    'keyferry_audit_stream_failures',
    'Deliveries to a stream of the audit log that failed since the last one that arrived, by kind',
  )

  return {
    runEnded({ destination, kind, state, seconds }) {
      runs.inc({ destination, kind, state })
      runSeconds.observe({ destination }, seconds)
    },
    runRetried: (destination) => retries.inc({ destination }),
    delivered: (destination, seconds) => delivery.observe({ destination }, seconds),
    vendorCalled: (destination, status) => calls.inc({ destination, status: status ?? 'none' }),
    leaseLost: (destination) => leases.inc({ destination }),
    storeCollided: () => collisions.inc(),
    noticeSent: (kind, arrived) => notices.inc({ kind, result: arrived ? 'arrived' : 'failed' }),
    storeChecked: (failures) => integrity.set(failures),
    watchDue(count) {
      // oxlint-disable-next-line no-new -- it lives in the registry.
      new Gauge({
        name: 'keyferry_due_syncs',
        help: 'Syncs that wait for a run',
        registers,
        async collect() {
          this.set(await count().catch(() => NaN))
        },
      })
    },
    watchAuditStream: (kind, state) => streams.set(kind, state),
    async expose() {
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
