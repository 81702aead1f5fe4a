export interface FeedOpening {
  /** The connection to the server began. */
  began(): void
  /** The feed said that it is open, or ended. */
  settled(): void
}

/** Longer than any server takes to say that the feed is open. */
const SILENT_MS = 5000

/**
 * Calls `onSilent` for a feed that began, and does not say that it is open: older servers never do. What was
 * requested before `since`, by `performance.now()`, may have changed before the feed could tell.
 */
export function feedOpening(onSilent: (since: number) => void): FeedOpening {
  let timer: ReturnType<typeof setTimeout> | undefined
  const settled = () => clearTimeout(timer)
  return {
    began() {
      settled()
      const since = performance.now()
      timer = setTimeout(() => onSilent(since), SILENT_MS)
    },
    settled,
  }
}
