import { cpus } from 'node:os'
import type { Report } from './chaos.ts'

/** Everything that must be zero, with what was found. */
export function faults({
  result,
  unsettled,
  plaintext,
  surprises,
  refusals,
}: Report): [what: string, found: readonly string[]][] {
  return [
    ['changes lost', result.lost],
    ['keys missing', result.missing],
    ['keys stale', result.stale],
    ['keys left behind', result.left],
    ['foreign keys touched', result.foreignTouched],
    ['two writers on one target', result.twoWriters],
    ['files with a value in clear', plaintext.hits],
    ['syncs not settled', unsettled.map(({ name, state, message }) => `${name} is ${state}: ${message ?? ''}`)],
    ['writes refused that should not be', refusals],
    ['processes that ended unexpectedly', surprises],
    ['writes of an unknown process', Array.from({ length: result.untaggedWrites }, () => 'untagged')],
  ]
}

export const isClean = (report: Report): boolean => faults(report).every(([, found]) => found.length === 0)

/** The report as it is printed. */
export function printed(report: Report): string {
  const { options, counts, damage, result, runs, quietAfterMs, plaintext } = report
  const rows: [string, string | number][] = [
    ['changes acknowledged', counts.acknowledged],
    ['changes unanswered, or answered with an error', counts.unanswered],
    ['runs that ended', runs],
    ['requests to vendors, writes among them', `${result.vendorRequests}, ${result.vendorWrites}`],
    ['kills (SIGKILL), of Postgres among them', `${damage.kills}, ${damage.databaseCrashes}`],
    ['orderly restarts', damage.terminations],
    ['pauses (SIGSTOP), longer than a lease', `${damage.freezes}, ${damage.longFreezes}`],
    ['queue deleted', damage.queueWipes],
    ['vendor outages', damage.outages],
    ['quiet after, s', (quietAfterMs / 1000).toFixed(1)],
    ['files searched for values', plaintext.files],
    ...[...result.absences].map(([destination, ms]): [string, string] => [
      `values absent for a moment at ${destination}`,
      ms.length === 0
        ? '0'
        : `${ms.length}; p50 ${percentile(ms, 50)} ms, p99 ${percentile(ms, 99)} ms, longest ${Math.max(...ms)} ms`,
    ]),
    ...faults(report).map(([what, found]): [string, number] => [what, found.length]),
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  const title = `${options.profile}, ${options.forMs / 60_000} min, seed ${options.seed}; ${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, node ${process.version}, ${new Date().toISOString()}`
  const details = faults(report).flatMap(([what, found]) =>
    found.length === 0 ? [] : [`\n${what}:`, ...found.slice(0, 20).map((one) => `  ${one}`)],
  )
  return [title, ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`), ...details].join('\n')
}

function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((p / 100) * sorted.length))] ?? Number.NaN
}
