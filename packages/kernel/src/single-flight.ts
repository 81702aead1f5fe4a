/** One execution at a time: a call while one is in flight shares its result. */
export function singleFlight<T>(work: () => Promise<T>): () => Promise<T> {
  let inFlight: Promise<T> | null = null
  return () => {
    inFlight ??= work().finally(() => {
      inFlight = null
    })
    return inFlight
  }
}

export interface Repeated {
  /** Ends the repetition, and waits for the execution in flight. */
  stop(): Promise<void>
}

/**
 * Runs `work` now, unless `atOnce` is false, and every `everyMs`; not while it is still in flight. `failed` gets what
 * it rejects with; the next one runs all the same.
 */
export function repeat(
  everyMs: number,
  work: () => Promise<unknown>,
  { failed, atOnce = true }: { failed: (error: unknown) => void; atOnce?: boolean },
): Repeated {
  const run = singleFlight(() => work().catch(failed))
  let last: Promise<unknown> = Promise.resolve()
  const start = (): void => {
    last = run()
  }
  const timer = setInterval(start, everyMs)
  if (atOnce) start()
  return {
    async stop() {
      clearInterval(timer)
      await last
    },
  }
}
