/**
 * What a process counts, in Prometheus' form. Labels are destinations, routes, states and status codes: few, and no
 * name of anything that belongs to a user.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { AuditAction } from '@keyferry/schemas'
import { watchedFigures, type Watch } from './watched-figures.ts'

export type { Sample } from './watched-figures.ts'

export interface Metrics {
  /** A request came. Call the result once it ended; `seconds` is null for a stream, which its reader ends. */
  requestBegan(): (ended: { method: string; route: string; status: number; seconds: number | null }) => void
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
  /** Something that a stranger can repeat at will was noted in the audit log. Counts the failed sign-ins among it. */
  refused(action: AuditAction): void
  /** The check of the whole store ended; `failures` it found. */
  storeChecked(failures: number): void
  /** Says how figures are read at every scrape; while one fails, it is left out. */
  watch(figures: Watch): void
  /** The page, and its content type. */
  expose(): Promise<{ contentType: string; text: string }>
  /** Every metric as it is now. */
  registry: Registry
}

/** What a process is. */
export interface Build {
  version: string
  profile: string
}

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600]
/** Few, because each route has its own. */
const REQUEST_SECONDS = [0.005, 0.025, 0.1, 0.25, 1, 2.5, 10]

/** The kind of a failed sign-in, by its action in the audit log. */
const SIGN_IN_FAILURES = new Map<AuditAction, string>([
  ['person.sign-in-failed', 'person'],
  ['person.lock-out', 'lock-out'],
  ['identity.sign-in-failed', 'machine'],
  ['access.token-refused', 'token'],
])

/**
 * Makes the metrics of one process. `ofProcess`: with memory, CPU and event loop as well. Those take a timer that wakes
 * the process a hundred times a second.
 */
export function createMetrics({ build, ofProcess = false }: { build?: Build; ofProcess?: boolean } = {}): Metrics {
  const registry = new Registry()
  const registers = [registry]
  if (ofProcess) collectDefaultMetrics({ register: registry })
  const info = new Gauge({
    name: 'keyferry_build_info',
    help: '1; its labels say what runs: the version of Keyferry and of Node.js, and the profile (embedded, fleet)',
    labelNames: ['version', 'node', 'profile'],
    registers,
  })
  if (build) info.set({ ...build, node: process.versions.node }, 1)
  return {
    ...requestMetrics(registers),
    ...runMetrics(registers),
    ...instanceMetrics(registers),
    watch: watchedFigures(registry),
    registry,
    async expose() {
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}

function requestMetrics(registers: Registry[]): Pick<Metrics, 'requestBegan'> {
  const requests = new Counter({
    name: 'keyferry_http_requests_total',
    help: 'HTTP requests that ended, by method, route (its pattern, `none` for none, `/*` for the console) and status code. 499: the client left before its answer',
    labelNames: ['method', 'route', 'status'],
    registers,
  })
  const requestSeconds = new Histogram({
    name: 'keyferry_http_request_duration_seconds',
    help: 'Time from the first byte of an HTTP request to the last of its answer, by method, route and status class (2xx to 5xx). Streams are left out',
    labelNames: ['method', 'route', 'status_class'],
    buckets: REQUEST_SECONDS,
    registers,
  })
  const inFlight = new Gauge({
    name: 'keyferry_http_requests_in_flight',
    help: 'HTTP requests that are being answered, open streams included',
    registers,
  })
  return {
    requestBegan() {
      inFlight.inc()
      return ({ method, route, status, seconds }) => {
        inFlight.dec()
        requests.inc({ method, route, status })
        if (seconds !== null)
          requestSeconds.observe({ method, route, status_class: `${Math.floor(status / 100)}xx` }, seconds)
      }
    },
  }
}

type OfRuns = 'runEnded' | 'runRetried' | 'delivered' | 'vendorCalled' | 'leaseLost'

function runMetrics(registers: Registry[]): Pick<Metrics, OfRuns> {
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
    help: 'Time from the commit of the oldest change that a run delivered to the end of that run',
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
  return {
    runEnded({ destination, kind, state, seconds }) {
      runs.inc({ destination, kind, state })
      runSeconds.observe({ destination }, seconds)
    },
    runRetried: (destination) => retries.inc({ destination }),
    delivered: (destination, seconds) => delivery.observe({ destination }, seconds),
    vendorCalled: (destination, status) => calls.inc({ destination, status: status ?? 'none' }),
    leaseLost: (destination) => leases.inc({ destination }),
  }
}

type OfInstance = 'storeCollided' | 'noticeSent' | 'refused' | 'storeChecked'

function instanceMetrics(registers: Registry[]): Pick<Metrics, OfInstance> {
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
  const signIns = new Counter({
    name: 'keyferry_sign_in_failures_total',
    help: 'Refused sign-ins, by kind: person, machine, token (an API key or access token), and lock-out (stopped after too many attempts)',
    labelNames: ['kind'],
    registers,
  })
  const integrity = new Gauge({
    name: 'keyferry_integrity_failures',
    help: 'Rows, folders and parts of the audit log that the last check of this process found changed outside Keyferry',
    registers,
  })
  return {
    storeCollided: () => collisions.inc(),
    noticeSent: (kind, arrived) => notices.inc({ kind, result: arrived ? 'arrived' : 'failed' }),
    refused(action) {
      const kind = SIGN_IN_FAILURES.get(action)
      if (kind !== undefined) signIns.inc({ kind })
    },
    storeChecked: (failures) => integrity.set(failures),
  }
}
