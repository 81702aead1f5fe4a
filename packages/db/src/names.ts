import { CamelCasePlugin, type PluginTransformResultArgs, type QueryResult, type UnknownRow } from 'kysely'

/**
 * Names of tables and columns: ours are `camelCase`, the store's are `snake_case`. What a column holds stays as it is.
 */
export class Names extends CamelCasePlugin {
  readonly inStore = (name: string): string => this.snakeCase(name)
  readonly ours = (name: string): string => this.camelCase(name)

  override transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve({ ...result, rows: this.named(result.rows) })
  }

  /** Rows of a query with our names. */
  named(rows: readonly UnknownRow[], columns = Object.keys(rows[0] ?? {})): UnknownRow[] {
    return renamed(rows, columns, columns.map(this.ours))
  }
}

/** Rows with these columns only, under other names. */
export const renamed = (
  rows: readonly UnknownRow[],
  columns: readonly string[],
  names: readonly string[],
): UnknownRow[] =>
  rows.map((row) => {
    const renamed: UnknownRow = {}
    // By index: every row that is read comes through here.
    for (let at = 0; at < columns.length; at++) renamed[names[at] ?? ''] = row[columns[at] ?? '']
    return renamed
  })
