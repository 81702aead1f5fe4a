/** How much script a page begins with. */
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { see } from './page-object.ts'

/**
 * Forms are loaded once there is something to read: however slow the machine is, they are not what a page begins with.
 */
const NOTE_HEADING = `new MutationObserver((_, observer) => {
  if (!document.querySelector('h1, h2')) return
  window.headingAt = performance.now()
  observer.disconnect()
}).observe(document, { childList: true, subtree: true })`
const SCRIPTS_BEFORE_HEADING = `performance.getEntriesByType('resource')
  .filter(({ startTime, name }) => startTime <= window.headingAt && new URL(name).pathname.endsWith('.js'))
  .map(({ name }) => name)`

/**
 * Gives what loads a page at an address and measures the scripts that it requested before its first heading, in bytes,
 * gzipped.
 */
export function scriptWeight(page: Page): (path: string) => Promise<number> {
  /** By URL, which names the content. */
  const sizes = new Map<string, Promise<number>>()
  const sizeOf = (url: string): Promise<number> => {
    const size = sizes.get(url) ?? gzippedSize(url)
    sizes.set(url, size)
    return size
  }
  return async (path) => {
    const noting = await page.addInitScript(NOTE_HEADING)
    await page.goto(path)
    await see(page.getByRole('heading').first())
    const scripts = await page.evaluate<string[]>(SCRIPTS_BEFORE_HEADING)
    await noting.dispose()
    const weights = await Promise.all(scripts.map(sizeOf))
    return weights.reduce((sum, weight) => sum + weight, 0)
  }
}

async function gzippedSize(url: string): Promise<number> {
  const answer = await fetch(url)
  return gzipSync(await answer.bytes(), { level: 9 }).length
}
