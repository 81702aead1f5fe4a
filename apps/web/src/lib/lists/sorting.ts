/** The order of a table's rows. */

export interface Sorting<Column extends string> {
  column: Column
  isDescending: boolean
}

/** After a click on a column's head: this column, or the other way round where it is sorted by it already. */
export const sortedBy = <Column extends string>(before: Sorting<Column>, column: Column): Sorting<Column> => ({
  column,
  isDescending: before.column === column && !before.isDescending,
})

/** Rows that compare as equal keep their order. */
export function sortRows<Row, Column extends string>(
  rows: readonly Row[],
  comparisons: Readonly<Record<Column, (a: Row, b: Row) => number>>,
  { column, isDescending }: Sorting<Column>,
): Row[] {
  const compare = comparisons[column]
  return rows.toSorted(isDescending ? (a, b) => compare(b, a) : compare)
}

/** By the code units of a text: keys, paths and times in ISO 8601. */
export const byText =
  <Row>(textOf: (row: Row) => string) =>
  (a: Row, b: Row): number => {
    const [left, right] = [textOf(a), textOf(b)]
    return left < right ? -1 : left > right ? 1 : 0
  }
