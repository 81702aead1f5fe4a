/**
 * The console with a folder of 5,000 secrets in a headless Chromium: from a reload to the first row, from a key press
 * in the search to the narrowed table, and the longest frame of scrolling, beside pages with little to show.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { readEnv } from '@keyferry/runtime'
import { startKeyferry } from '@keyferry/server'
import { bootstrap, clientOf } from '@keyferry/server/demo/setup'
import { openBrowser } from '@keyferry/web/chromium'
import type { Page } from 'playwright-core'
import { batches } from './folder.ts'
import { ms, percentile, printTable } from './table.ts'

const WEB = join(import.meta.dirname, '../../../apps/web')
const SECRETS = 5_000
const FEW = 30
const ROUNDS = 7
const WHEELS = 60
/** Pixels: a fast turn of a mouse wheel. */
const WHEEL = 900

export async function measureConsole(): Promise<void> {
  await promisify(execFile)('node_modules/.bin/vite', ['build'], { cwd: WEB })
  const dir = await mkdtemp(join(tmpdir(), 'keyferry-bench-'))
  const keyferry = await startKeyferry(readEnv({ PORT: '0', KEYFERRY_DATA_DIR: dir, LOG_LEVEL: 'error' }))
  const account = await bootstrap(keyferry.url)
  const client = clientOf(keyferry.url, account)
  const { id: projectId } = await client.projects.create.mutate({ name: 'Bench' })
  const pageOf = new Map<string, string>()
  for (const [name, secrets] of [
    ['none', 0],
    ['few', FEW],
    ['many', SECRETS],
  ] as const) {
    await client.folders.create.mutate({ projectId, environment: 'dev', path: '/', name })
    const place = { projectId, environment: 'dev', secretPath: `/${name}` }
    for (const batch of batches(secrets)) await client.secrets.createMany.mutate({ ...place, secrets: batch })
    pageOf.set(name, `${keyferry.url}/p/${projectId}/secrets/dev?path=/${name}`)
  }

  const browser = await openBrowser({ optimizes: true })
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.addInitScript(RECORDER)
  await page.goto(`${keyferry.url}/sign-in`)
  await page.getByLabel('Email').fill(account.email)
  await page.getByLabel('Password', { exact: true }).fill(account.password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByRole('heading', { name: 'Bench' }).waitFor()

  const took = new Map<string, number[]>()
  const note = (what: string, value: number) => took.set(what, [...(took.get(what) ?? []), value])
  // In turns, so that other work on the machine slows all of them down.
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, url] of pageOf) {
      await page.goto(url)
      note(
        `${name} shown`,
        await page.evaluate<number>(name === 'none' ? 'recorder.until(EMPTY)' : 'recorder.until(ROW)'),
      )
      if (name === 'none') continue
      await page.getByLabel('Search secrets').focus()
      await page.evaluate('recorder.watchSearch()')
      await page.keyboard.press('7')
      note(`${name} filtered`, await page.evaluate<number>('recorder.narrowed'))
      await page.keyboard.press('Backspace')
      // What is measured next is scrolling alone.
      await page.evaluate('recorder.widened()')
    }
    note('many frame', await longestFrame(page))
    await page.goto('about:blank')
    await page.setContent(BARE)
    note('bare frame', await longestFrame(page))
  }
  await browser.close()
  await keyferry.stop()
  await rm(dir, { recursive: true, force: true })

  const row = (what: string, key: string) => {
    const values = took.get(key) ?? []
    return { what, median: ms(percentile(values, 50)), worst: ms(Math.max(...values)) }
  }
  printTable(`The console with ${SECRETS} secrets, Chromium on the same machine: ${ROUNDS} turns, ms`, [
    row('reload to the page of an empty folder', 'none shown'),
    row(`reload to the first of ${FEW} rows`, 'few shown'),
    row(`reload to the first of ${SECRETS} rows`, 'many shown'),
    row(`a key press in the search, ${FEW} rows`, 'few filtered'),
    row(`a key press in the search, ${SECRETS} rows`, 'many filtered'),
    row(`longest frame of ${WHEELS} turns of the wheel, a bare table`, 'bare frame'),
    row(`longest frame of ${WHEELS} turns of the wheel, ${SECRETS} rows`, 'many frame'),
  ])
}

/** While the wheel turns down the page. */
async function longestFrame(page: Page): Promise<number> {
  await page.mouse.move(700, 500)
  await page.evaluate('recorder.frames()')
  for (let turn = 0; turn < WHEELS; turn++) await page.mouse.wheel(0, WHEEL)
  return page.evaluate<number>('recorder.longest()')
}

/** Runs in every page: times are those of the frame in which something was painted first. */
const RECORDER = `
const ROW = '#main tbody tr[aria-label]'
const EMPTY = '#main form'
const recorder = {
  painted: () => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now())))),
  seen: new Map(),
  async until(selector) {
    while (!Number.isFinite(recorder.seen.get(selector))) await new Promise(requestAnimationFrame)
    return recorder.seen.get(selector)
  },
  watchSearch() {
    recorder.narrowed = new Promise((done) => {
      let pressed
      document.addEventListener('keydown', (event) => { pressed = event.timeStamp }, { capture: true, once: true })
      const watch = new MutationObserver(() => {
        if (pressed === undefined || !/ of /.test(document.querySelector('#main p [aria-live]')?.textContent)) return
        watch.disconnect()
        recorder.painted().then((at) => done(at - pressed))
      })
      watch.observe(document.documentElement, { childList: true, characterData: true, subtree: true })
    })
  },
  async widened() {
    do await recorder.painted()
    while (/ of /.test(document.querySelector('#main p [aria-live]')?.textContent))
  },
  frames() {
    recorder.last = undefined
    recorder.max = 0
    recorder.isOn = true
    const frame = (now) => {
      if (recorder.last !== undefined) recorder.max = Math.max(recorder.max, now - recorder.last)
      recorder.last = now
      if (recorder.isOn) requestAnimationFrame(frame)
    }
    requestAnimationFrame(frame)
  },
  longest() {
    recorder.isOn = false
    return recorder.max
  },
}
new MutationObserver(() => {
  for (const selector of [ROW, EMPTY])
    if (!recorder.seen.has(selector) && document.querySelector(selector)) {
      recorder.seen.set(selector, Infinity)
      recorder.painted().then((at) => recorder.seen.set(selector, at))
    }
}).observe(document, { childList: true, subtree: true })
// The script has a scope of its own.
Object.assign(globalThis, { recorder, ROW, EMPTY })
`

const BARE = `<table>${Array.from({ length: SECRETS }, (_, i) => `<tr><td>BENCH_KEY_${i}</td><td>value</td></tr>`).join('')}</table>`
