import { batchLoader } from './batch-loader.ts'
import { boundRows } from './lists.ts'

/** Rows that are written in one transaction at about the same time go in one statement: `write`, with `boundRows`. */
export function batchWriter<S extends object>(
  write: (store: S, values: { rows: string }) => Promise<unknown>,
): (store: S, rows: readonly object[]) => Promise<void> {
  return batchLoader(async (store: S, lists: readonly (readonly object[])[]) => {
    await write(store, { rows: boundRows(lists.flat()) })
    return () => undefined
  })
}
