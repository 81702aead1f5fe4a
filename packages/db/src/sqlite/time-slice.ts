/** Work that takes long lets others have their turn: between time slices the event loop turns once. */

/** Milliseconds: requests, leases and events wait no longer for one slice. */
const SLICE_MS = 10

export interface TimeSlice {
  /** Whether it is time to rest. Cheap: asked in the innermost loop. */
  isOver(): boolean
  /** Resolves after everything that waits was served once. */
  rest(): Promise<void>
}

/**
 * When the slice of the process ends. All work of one turn of the event loop shares it: many short loops in a row are a
 * long one.
 */
let end = 0
let turned = true

function begin(): void {
  end = performance.now() + SLICE_MS
  if (!turned) return
  turned = false
  setImmediate(() => (turned = true))
}

const slice: TimeSlice = {
  isOver() {
    if (!turned) return performance.now() >= end
    begin()
    return false
  },
  async rest() {
    const { promise, resolve } = Promise.withResolvers<void>()
    setImmediate(resolve)
    await promise
    // Of several that rested, each gets a whole slice.
    begin()
  },
}

/**
 * Joins the slice that is under way, or begins one. A loop over input of any size says `if (slice.isOver()) await
 * slice.rest()` at its head; what one turn of the loop does has to take well under a slice. Statements of SQLite do so
 * of themselves.
 */
export function timeSlice(): TimeSlice {
  if (turned) begin()
  return slice
}
