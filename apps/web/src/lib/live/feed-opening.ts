export interface FeedOpening {
  /** The page requested the feed, or the connection to the server began. */
  began(): void
  /** The feed said that it is open, said something, or ended. */
  settled(): void
}

/** Longer than any server takes to say that the feed is open. */
const SILENT_MS = 5000

/**
 * Calls `onSilent`, again and again, for a feed that began and says nothing: a proxy may keep back what it says, and
 * older servers do not say that it is open. What was requested before `since`, by `performance.now()`, may have changed
 * meanwhile.
 */
export function feedOpening(onSilent: (since: number) => void): FeedOpening {
  let timer: ReturnType<typeof setInterval> | undefined
  const settled = () => clearInterval(timer)
  return {
    began() {
      settled()
      timer = setInterval(() => onSilent(performance.now()), SILENT_MS)
    },
    settled,
  }
}
