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

/** What one side costs more than the other, turn by turn: the median with its quartiles, in percent. */
export function addedShare(costs: readonly number[], bare: readonly number[]): string {
  const shares = costs.map((cost, turn) => (cost / (bare[turn] ?? Number.NaN) - 1) * 100)
  const [median, low, high] = [50, 25, 75].map((p) => percentile(shares, p).toFixed(1))
  return `${median} % (quartiles ${low} to ${high} %)`
}

/** The p-th percentile, 0 to 100. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((p / 100) * sorted.length))] ?? Number.NaN
}
