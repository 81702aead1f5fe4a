/** Work that takes long lets others have their turn: between slices of time the event loop goes round once. */

/** Milliseconds: requests, leases and events wait no longer for one slice. */
const SLICE_MS = 10

export interface TimeSlice {
  /** Whether it is time to rest. Cheap: asked in the innermost loop. */
  isOver(): boolean
  /** Resolves after everything that waits was served once. */
  rest(): Promise<void>
}

/**
 * Begins a slice. A loop over input of any size says `if (slice.isOver()) await slice.rest()` at its head; what one turn of the loop does has to
 * take well under a slice.
 */
export function timeSlice(): TimeSlice {
  let end = performance.now() + SLICE_MS
  return {
    isOver: () => performance.now() >= end,
    async rest() {
      const { promise, resolve } = Promise.withResolvers<void>()
      setImmediate(resolve)
      await promise
      end = performance.now() + SLICE_MS
    },
  }
}
