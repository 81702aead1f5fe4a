/**
 * Loads what pages need later while the browser is idle, so that the console works on when the server is away or was
 * updated, and opens its parts at once.
 */
type Load = () => Promise<unknown>

const waiting: Load[] = []
let canLoad: (() => boolean) | null = null

/** Registers code that is not part of what a page begins with. */
export function preloadLater(load: Load): void {
  waiting.push(load)
  next()
}

/** `isQuiet`: nothing that somebody waits for is under way. */
export function startPreloading(isQuiet: () => boolean): void {
  if (canLoad) return
  canLoad = isQuiet
  next()
}

let scheduled = false

function next(): void {
  if (scheduled || canLoad === null || waiting.length === 0) return
  scheduled = true
  whenIdle(() => void loadOne())
}

async function loadOne(): Promise<void> {
  try {
    if (canLoad?.()) await waiting.shift()?.()
  } catch {
    // What can't be loaded is reported where it is needed.
  }
  scheduled = false
  next()
}

const PAUSE_MS = 200

/** Safari has no idle callbacks. */
function whenIdle(work: () => void): void {
  setTimeout(() => ('requestIdleCallback' in window ? requestIdleCallback(work) : work()), PAUSE_MS)
}
