/** The secrets or the variables of one place, with a listing that may be behind. */

export type Visibility = 'all' | 'private' | 'selected'

export interface Row {
  /** In upper case. */
  name: string
  /** In clear. */
  value: string
  createdAt: string
  updatedAt: string
  /** Of rows of an organization. */
  visibility: Visibility | null
  /** Ids of repositories, where the visibility is `selected`. */
  selected: readonly number[]
}

export interface Store {
  get(name: string): Row | undefined
  /** Creates or replaces. `isOld`: listings show it at once. */
  set(row: Pick<Row, 'name' | 'value'> & Partial<Row>, isOld?: boolean): void
  delete(name: string, isOld?: boolean): boolean
  /** Sorted by name. */
  rows(): Row[]
  /** What reads answer: the rows as they were `lagMs` ago. Sorted by name. */
  seen(): Row[]
  clear(): void
}

export function createStore(lagMs: number): Store {
  const rows = new Map<string, Row>()
  /** Every change so far, oldest first, where reads lag; `at` is when reads begin to show it. */
  const changes: { at: number; name: string; row: Row | null }[] = []
  const note = (name: string, row: Row | null, isOld: boolean): void => {
    if (lagMs > 0) changes.push({ at: isOld ? 0 : Date.now() + lagMs, name, row })
  }
  return {
    get: (name) => rows.get(name),
    set(given, isOld = false) {
      const now = new Date().toISOString()
      const before = rows.get(given.name)
      const row = { createdAt: now, visibility: null, selected: [], ...before, updatedAt: now, ...given }
      rows.set(row.name, row)
      note(row.name, row, isOld)
    },
    delete(name, isOld = false) {
      note(name, null, isOld)
      return rows.delete(name)
    },
    rows: () => sorted(rows),
    seen() {
      if (lagMs === 0) return sorted(rows)
      const shown = new Map<string, Row>()
      const now = Date.now()
      for (const { at, name, row } of changes) {
        if (at > now) continue
        if (row) shown.set(name, row)
        else shown.delete(name)
      }
      return sorted(shown)
    },
    clear() {
      rows.clear()
      changes.length = 0
    },
  }
}

const sorted = (rows: ReadonlyMap<string, Row>): Row[] =>
  [...rows.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
