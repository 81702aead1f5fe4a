/** Prints rows as a table whose columns fit. */
export function printTable(title: string, rows: readonly Record<string, string | number>[]): void {
  console.log(`\n${title}`)
  const columns = Object.keys(rows[0] ?? {})
  const text = (value: string | number | undefined): string => String(value ?? '')
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => text(row[column]).length)))
  const line = (cells: readonly string[]): string =>
    cells.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  ')
  console.log(line(columns))
  console.log(widths.map((width) => '-'.repeat(width)).join('  '))
  for (const row of rows) console.log(line(columns.map((column) => text(row[column]))))
}

export const ms = (value: number): string => (value < 10 ? value.toFixed(1) : Math.round(value).toString())
export const times = (value: number): string => `${value.toFixed(2)}x`

/** Times that turns are drawn again for an interval. */
const DRAWS = 1000

/**
 * What one side costs more than the other, turn by turn: the median in percent, and the interval that holds it in 95 of
 * 100 such measurements, by the bootstrap.
 */
export function addedShare(costs: readonly number[], bare: readonly number[]): string {
  const shares = costs.map((cost, turn) => (cost / (bare[turn] ?? Number.NaN) - 1) * 100)
  const drawn = (): number => shares[Math.floor(Math.random() * shares.length)] ?? Number.NaN
  const medians = Array.from({ length: DRAWS }, () => percentile(shares.map(drawn), 50))
  const [low, high] = [2.5, 97.5].map((p) => percentile(medians, p).toFixed(1))
  return `${percentile(shares, 50).toFixed(1)} % (95 % interval ${low} to ${high} %)`
}

/** The p-th percentile, 0 to 100. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((p / 100) * sorted.length))] ?? Number.NaN
}
