export interface SharedListing<Row> {
  /** A list that was begun after this call. Callers that wait at the same time share one. */
  next(): Promise<readonly Row[]>
  /** The newest list so far, if there was one. */
  latest(): readonly Row[] | undefined
  /** The vendor did not even list: whatever was unclear is not about one key. */
  failed(): boolean
}

/**
 * Lists again for callers that need to know how an unclear call ended: one list for many keys, never one that began too
 * early.
 */
export function sharedListing<Row>(list: () => Promise<readonly Row[]>): SharedListing<Row> {
  let latest: readonly Row[] | undefined
  let running: Promise<unknown> = Promise.resolve()
  let waiting: Promise<readonly Row[]> | undefined
  let failed = false
  return {
    latest: () => latest,
    failed: () => failed,
    next() {
      waiting ??= running.then(async () => {
        // From here on a caller is too late for this one.
        const begun = waiting
        waiting = undefined
        running = begun?.catch(() => {}) ?? running
        try {
          latest = await list()
          return latest
        } catch (error) {
          failed = true
          throw error
        }
      })
      return waiting
    },
  }
}
