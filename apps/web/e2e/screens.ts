/**
 * Looks at a screen as it can be met: light and dark, wide and narrow. Keeps a picture of each for a person to look
 * through.
 */
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { OUTPUT } from './console.ts'

/** Taking them is a tenth of what these tests cost. */
const KEEPS_PICTURES = process.env.SCREENSHOTS === '1'
/** Minified, which is less than half of what `axe.source` is: a page reads all of it. */
const AXE = await readFile(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8')
const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 360, height: 740 }
/** In which each picture is taken: a phone, a laptop and a large monitor. */
const PICTURED = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
  { width: 2560, height: 1440 },
].flatMap((viewport) => (['light', 'dark'] as const).map((colorScheme) => ({ viewport, colorScheme })))

export interface Screens {
  /**
   * Looks at what is on the page now; stays at the wide size, in light.
   *
   * @param sights in how many ways, by default one, in turn with those of the suite's other screens
   */
  look(name: string, sights?: readonly Sight[]): Promise<void>
  /** Keeps pictures of what is on the page now, where they are requested; changes nothing otherwise. */
  keep(name: string): Promise<void>
  /** What axe found so far, each with its screen. */
  violations: string[]
  /** Screens that have to be scrolled sideways on a small phone. */
  tooWide: string[]
}

/** Starts with an empty folder in `test-output`; each suite has its own. */
export async function openScreens(page: Page, name: string): Promise<Screens> {
  const folder = join(OUTPUT, name)
  await rm(folder, { recursive: true, force: true })
  if (KEEPS_PICTURES) await mkdir(folder, { recursive: true })
  const violations: string[] = []
  const tooWide: string[] = []
  let colorScheme: Sight['colorScheme'] = 'light'
  const isNow = ({ width }: Sight['viewport']): boolean => page.viewportSize()?.width === width
  /** Restyles the page only where something changes: it takes as long as a quarter of what axe does. */
  const show = async (sight: Pick<Sight, 'viewport' | 'colorScheme'>): Promise<void> => {
    if (!isNow(sight.viewport)) await page.setViewportSize(sight.viewport)
    if (colorScheme !== sight.colorScheme) {
      ;({ colorScheme } = sight)
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    }
  }
  const keep = async (name: string): Promise<void> => {
    if (!KEEPS_PICTURES) return
    const before = { viewport: page.viewportSize() ?? WIDE, colorScheme }
    const fullPage = await page.evaluate<boolean>(`(${IN_FRONT}) === document`)
    for (const form of PICTURED) {
      await show(form)
      await page.evaluate(SETTLED)
      const path = join(folder, `${name}-${form.viewport.width}-${form.colorScheme}.png`)
      await page.screenshot({ path, fullPage })
    }
    await show(before)
  }
  let n = 0
  return {
    keep,
    violations,
    tooWide,
    async look(name, sights = n % 2 === 0 ? [WIDE_LIGHT] : [NARROW_DARK]) {
      n++
      const picture = `${String(n).padStart(2, '0')}-${name}`
      await keep(picture)
      for (const { rules, viewport, colorScheme } of sights) {
        await show({ viewport, colorScheme })
        await page.evaluate(SETTLED)
        const screen = `${picture} ${colorScheme} ${viewport.width}`
        violations.push(...(await inspect(page, rules)).map((violation) => `${screen}: ${violation}`))
      }
      if (!isNow(NARROW)) {
        await page.setViewportSize(NARROW)
        await page.evaluate(SETTLED)
      }
      if (await overflows(page)) tooWide.push(name)
      await show({ viewport: WIDE, colorScheme: 'light' })
    },
  }
}

const ALL = {}
const ALL_AND_SIZES = { rules: { 'target-size': { enabled: true } } }
const COLOURS = ['color-contrast', 'link-in-text-block']
/** What can be wrong on a small screen only. */
const SMALL = ['button-name', 'label', 'link-name', 'scrollable-region-focusable', 'target-size']

interface Sight {
  viewport: { width: number; height: number }
  colorScheme: 'light' | 'dark'
  /** Of axe. */
  rules: { runOnly?: readonly string[]; rules?: Record<string, { enabled: boolean }> }
}

/**
 * Most suites come to states of the same parts: one look at each is enough, since axe reads the whole page each time
 * that it runs.
 */
const WIDE_LIGHT: Sight = { viewport: WIDE, colorScheme: 'light', rules: ALL }
const NARROW_DARK: Sight = { viewport: NARROW, colorScheme: 'dark', rules: ALL_AND_SIZES }
/** Nothing but colours depends on the scheme, little on the width: light on a phone shows nothing new. */
export const BOTH_SCHEMES: readonly Sight[] = [
  WIDE_LIGHT,
  { ...NARROW_DARK, rules: { runOnly: [...COLOURS, ...SMALL] } },
]
/** Of a page with parts that only a wide one has, the rail or further columns. */
export const WIDE_IN_DARK_TOO: readonly Sight[] = [
  WIDE_LIGHT,
  { viewport: WIDE, colorScheme: 'dark', rules: { runOnly: COLOURS } },
  ...BOTH_SCHEMES.slice(1),
]

/** What lies over the page, else the page: what is under a dialog was checked before it opened, and takes long. */
const IN_FRONT = "[...document.querySelectorAll('[role=dialog], [role=menu]')].at(-1) ?? document"

/**
 * From the top (where nothing in front would lose its place), and painted: colours that change with the scheme take a
 * moment.
 */
const SETTLED = `(async () => {
  if ((${IN_FRONT}) === document) scrollTo(0, 0)
  const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime !== Infinity)
  await Promise.allSettled(ending.map(({ finished }) => finished))
  for (let frames = 0; frames < 2; frames++) await new Promise(requestAnimationFrame)
})()`

interface Finding {
  id: string
  help: string
  nodes: { html: string; failureSummary?: string }[]
}

async function inspect(page: Page, rules: object): Promise<string[]> {
  // Evaluated by the debugger, so that the page's own content security policy stays as strict as it is. It has half a
  // megabyte, so a page gets it once.
  if (await page.evaluate<boolean>('!window.axe')) await page.evaluate(`${AXE}; 0`)
  // There is no audio, for which it would read all style sheets each time.
  const options = JSON.stringify({ ...rules, resultTypes: ['violations'], preload: false })
  const found = await page.evaluate<Finding[]>(`axe.run(${IN_FRONT}, ${options}).then((result) => result.violations)`)
  const unnamed = await page.evaluate<string[]>(UNNAMED_ROWS)
  return [
    ...found.flatMap(({ id, help, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}, ${help}: ${html} ${failureSummary ?? ''}`),
    ),
    ...unnamed.map((table) => `the rows of the table ${table} have no header`),
  ]
}

/** What axe doesn't ask for: that a screen reader can say whose each cell is. */
const UNNAMED_ROWS = `[...document.querySelectorAll('table')]
  .filter((table) => table.querySelector('tbody td') && !table.querySelector('tbody th[scope=row]'))
  .map((table) => table.getAttribute('aria-label') ?? table.innerText.slice(0, 40))`

const overflows = (page: Page): Promise<boolean> =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth')
