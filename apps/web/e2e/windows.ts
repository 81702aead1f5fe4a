/**
 * The windows of a worker's suites. One that was used before still has the console's files, compiled: it loads a page
 * in a third of the processor time that a new one takes.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { monitorBrowser, type BrowserMonitor } from './browser-monitor.ts'
import { openContext, VIEW } from './chromium.ts'

/** A browser of one person, who is not signed in, on a page that is not of the console. */
export interface Window {
  context: BrowserContext
  page: Page
  seen: BrowserMonitor
  /** Removes what the person left in it: somebody else has it next. */
  close(): Promise<void>
}

/** Generous, for a machine that does other things too. */
const TIMEOUT_MS = 60_000
/**
 * No page of the console, and of its origin, which keeps its process: any other would take what is compiled with it.
 */
export const ELSEWHERE = '/favicon.svg'
const LISTENED = {
  context: ['page', 'request', 'requestfailed', 'response'],
  page: ['console', 'framenavigated', 'pageerror', 'request', 'response'],
}

interface Free {
  url: string
  context: BrowserContext
  page: Page
}

const free: Free[] = []

/** Opens a window on the console at `url`, which is the same for a worker's suites. */
export async function openWindow(browser: Browser, url: string): Promise<Window> {
  const { context, page } = takeFree(url) ?? (await newWindow(browser, url))
  return { context, page, seen: monitorBrowser(context), close: () => keep({ url, context, page }) }
}

/** Closes what `browser` has but the windows that are free. Before the console ends, whose origin these stay on. */
export async function closeOthers(browser: Browser): Promise<void> {
  const kept = new Set(free.map(({ context }) => context))
  const others = browser.contexts().filter((context) => !kept.has(context))
  await Promise.all(others.map((context) => context.close()))
}

function takeFree(url: string): Free | null {
  // Closed, where the browser has ended.
  const index = free.findIndex((one) => one.url === url && !one.page.isClosed())
  return free.splice(index, index === -1 ? 0 : 1)[0] ?? null
}

async function newWindow(browser: Browser, url: string): Promise<Free> {
  const context = await openContext(browser, { baseURL: url })
  context.setDefaultTimeout(TIMEOUT_MS)
  return { url, context, page: await context.newPage() }
}

async function keep(window: Free): Promise<void> {
  try {
    await empty(window)
    free.push(window)
  } catch {
    // After a failure, it may have crashed or be closed.
    await window.context.close()
  }
}

async function empty({ context, page }: Free): Promise<void> {
  for (const type of LISTENED.context) context.removeAllListeners(type)
  for (const type of LISTENED.page) page.removeAllListeners(type)
  const others = context.pages().filter((each) => each !== page)
  await Promise.all(others.map((each) => each.close()))
  await Promise.all([context.unrouteAll(), page.unrouteAll(), context.setOffline(false), context.clearPermissions()])
  await page.goto(ELSEWHERE)
  await page.evaluate('localStorage.clear(); sessionStorage.clear()')
  await context.clearCookies()
  await page.setViewportSize(VIEW.viewport)
  await page.emulateMedia({ colorScheme: VIEW.colorScheme, reducedMotion: VIEW.reducedMotion })
}
