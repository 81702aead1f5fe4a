/** How much script a page begins with: as a browser requests it, and as the build says. */
import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { parseSync } from 'vite'
import { see } from './page-object.ts'

const WEB = new URL('../', import.meta.url)
const ASSETS = new URL('dist/assets/', WEB)

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
  .map(({ name }) => new URL(name).pathname.split('/').at(-1))`

/** Loads an address and gives the scripts that it requested before its first heading. */
export async function scriptsBeforeHeading(page: Page, path: string): Promise<string[]> {
  const noting = await page.addInitScript(NOTE_HEADING)
  await page.goto(path)
  await see(page.getByRole('heading').first())
  const scripts = await page.evaluate<string[]>(SCRIPTS_BEFORE_HEADING)
  await noting.dispose()
  return scripts.toSorted()
}

/** In bytes, gzipped. */
export const weightOf = (scripts: readonly string[]): number =>
  scripts.reduce((sum, script) => sum + gzipSync(readFileSync(new URL(script, ASSETS)), { level: 9 }).length, 0)

/** The pages that the router loads, by the names of their modules. */
export function pagesOfRouter(): string[] {
  const router = readFileSync(new URL('src/app/router.tsx', WEB), 'utf8')
  return [...router.matchAll(/import\('[^']*?([\w-]+)\.tsx'\)/g)].map(([, name = '']) => name)
}

/** The scripts of the build without which `modules`, by their names, do not run: with those of every page. */
export function scriptsOf(...modules: string[]): string[] {
  const files = readdirSync(ASSETS)
  const index = readFileSync(new URL('../index.html', ASSETS), 'utf8')
  const waiting = [nameIn(index, /src="\/assets\/([\w-]+\.js)"/)]
  for (const module of modules) waiting.push(nameIn(files.join('\n'), new RegExp(`^(${module}-[\\w-]{8}\\.js)$`, 'm')))
  const scripts = new Set<string>()
  for (const script of waiting) {
    if (scripts.has(script)) continue
    scripts.add(script)
    waiting.push(...importedBy(script))
  }
  return [...scripts].toSorted()
}

function importedBy(script: string): string[] {
  const { module } = parseSync(script, readFileSync(new URL(script, ASSETS), 'utf8'))
  const from = [...module.staticImports, ...module.staticExports.flatMap(({ entries }) => entries)]
  return from.flatMap(({ moduleRequest }) => (moduleRequest ? [moduleRequest.value.replace('./', '')] : []))
}

function nameIn(text: string, pattern: RegExp): string {
  const [, name] = pattern.exec(text) ?? []
  if (name === undefined) throw new Error(`The build has nothing like ${pattern}`)
  return name
}
