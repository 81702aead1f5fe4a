/** The Chromium that is on this machine; nothing is downloaded. */
import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright-core'

const PLACES = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = PLACES.find((path) => path !== undefined && path !== '' && existsSync(path))

/** Null when the suites can run. Part of a suite's name, because that is what a run prints of the skipped ones. */
export const whyNoBrowser: string | null =
  executablePath === undefined ? 'there is no Chromium at /usr/bin/chromium or CHROMIUM_PATH' : null

/** A suite that needs a browser: skipped, with the reason in the run's summary, where there is none. */
export const suiteName = (name: string): string => (whyNoBrowser === null ? name : `${name}, because ${whyNoBrowser}`)

let browser: Browser | null = null

/**
 * The browser of this worker's test files, which each have contexts of their own: starting one costs as much as ten
 * pages. It ends with the process. Throws when there is none.
 */
export async function openBrowser(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(`No browser: ${whyNoBrowser}`)
  if (browser?.isConnected()) return browser
  browser = await chromium.launch({
    executablePath,
    args: [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  return browser
}
