/** Lists that commands print: columns, order and pages. */
import { InvalidArgumentError, Option, type Command } from 'commander'
import type { JsonOption } from '../cli.ts'
import type { Terminal } from './terminal.ts'

/** What each column shows of a row, by the column's name. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => string | number | null | undefined>>

export interface ListOptions extends JsonOption {
  sort?: string
  desc?: boolean
  limit?: number
  offset?: number
}

const byValue = new Intl.Collator('en', { numeric: true })

/** Gives a command the options that `printList` takes. */
export const withListing = <Row>(command: Command, columns: Columns<Row>): Command =>
  command
    .addOption(new Option('--sort <column>', 'order by a column').choices(Object.keys(columns)))
    .option('--desc', 'in descending order')
    .option('--limit <number>', 'print at most so many', wholeNumber(1))
    .option('--offset <number>', 'leave out the first so many', wholeNumber(0))

/** Prints rows as a table, or as JSON. `none` is said when there are none. */
export function printList<Row>(
  terminal: Terminal,
  all: readonly Row[],
  { columns, none, sort, desc, limit, offset = 0, json }: ListOptions & { columns: Columns<Row>; none: string },
): void {
  const rows = sorted(all, sort === undefined ? undefined : columns[sort], desc).slice(
    offset,
    limit === undefined ? undefined : offset + limit,
  )
  if (json) return terminal.json(rows)
  if (all.length === 0) return terminal.note(none)
  terminal.table(
    Object.keys(columns).map((name) => name.toUpperCase().replaceAll('-', ' ')),
    rows.map((row) => Object.values(columns).map((cell) => `${cell(row) ?? ''}`.replaceAll(/\s+/g, ' '))),
  )
  if (rows.length < all.length)
    terminal.note(`${rows.length === 0 ? 'None' : `${offset + 1} to ${offset + rows.length}`} of ${all.length}.`)
}

function sorted<Row>(rows: readonly Row[], cell: Columns<Row>[string] | undefined, desc = false): Row[] {
  if (cell === undefined) return desc ? rows.toReversed() : [...rows]
  const up = rows.toSorted((one, other) => byValue.compare(`${cell(one) ?? ''}`, `${cell(other) ?? ''}`))
  return desc ? up.reverse() : up
}

const MOST = 999_999_999

/** Reads an option that is a whole number from `least`. */
export const wholeNumber =
  (least: number, most = MOST) =>
  (text: string): number => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    throw new InvalidArgumentError(`It is a whole number from ${least}${most === MOST ? '' : ` to ${most}`}.`)
  }
