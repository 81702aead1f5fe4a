/** The Chromium that is on this machine; nothing is downloaded. */
import { existsSync } from 'node:fs'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core'

/** The headless shell first: it has no window to draw for, and takes a quarter less processor time. */
const PLACES = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]
const executablePath = PLACES.find((path) => path !== undefined && path !== '' && existsSync(path))

/** Null when the suites can run. Part of a suite's name, because that is what a run prints of the skipped ones. */
export const whyNoBrowser: string | null =
  executablePath === undefined ? 'there is no Chromium at /usr/bin/chromium or CHROMIUM_PATH' : null

/** A suite that needs a browser: skipped, with the reason in the run's summary, where there is none. */
export const suiteName = (name: string): string => (whyNoBrowser === null ? name : `${name}, because ${whyNoBrowser}`)

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // On two cores, more processes and threads only wait for each other.
  '--enable-features=NetworkServiceInProcess2',
  '--num-raster-threads=1',
]
/** No page of a test runs for so long that optimised code is worth the compiler's time. */
const SHORT_LIVED = '--js-flags=--no-opt --no-maglev --always-sparkplug --single-threaded-gc'

let browser: Browser | null = null

/**
 * The browser of this worker's test files, which each have contexts of their own: starting one costs as much as ten
 * pages. It ends with the process. Throws when there is none.
 *
 * @param options.optimizes compiles scripts as a person's browser does, for what measures how long a page takes
 */
export async function openBrowser({ optimizes = false } = {}): Promise<Browser> {
  if (executablePath === undefined) throw new Error(`No browser: ${whyNoBrowser}`)
  if (browser?.isConnected()) return browser
  browser = await chromium.launch({ executablePath, args: optimizes ? FLAGS : [...FLAGS, SHORT_LIVED] })
  return browser
}

/** What a window looks like, until a test changes it. */
export const VIEW = {
  colorScheme: 'light',
  // Colours that are still changing have no contrast yet.
  reducedMotion: 'reduce',
  viewport: { width: 1280, height: 800 },
} as const

/** Not in the idle time of a page, which is that of the tests: each part is loaded when it is first needed. */
const NO_PRELOADING = 'self.requestIdleCallback = () => 0'

/**
 * Somebody's browser, with cookies and a cache of its own.
 *
 * @param options.preloads loads what pages need later while the page is idle, as a person's browser does
 */
export async function openContext(
  from: Browser,
  { preloads = false, ...options }: BrowserContextOptions & { preloads?: boolean } = {},
): Promise<BrowserContext> {
  const context = await from.newContext({ locale: 'en', ...VIEW, ...options })
  if (!preloads) await context.addInitScript(NO_PRELOADING)
  return context
}
