/**
 * How this person wants times and tables shown. The server keeps it; the browser has a copy, so that nothing changes
 * under the reader once the page is there.
 */
import type { displayPreferences } from '@keyferry/schemas'
import type { z } from 'zod'
import { createStore, useSelected } from '../store.ts'

export type Display = z.output<typeof displayPreferences>

const KEY = 'keyferry.display'
const DEFAULT: Display = { timeZone: null, density: 'compact' }

const display = createStore(DEFAULT)

/** Takes the copy of this browser; called before the first render. */
export function restoreDisplay(): void {
  const stored = localStorage.getItem(KEY)
  if (stored === null) return
  const { timeZone, density }: Partial<Display> = JSON.parse(stored)
  apply({ timeZone: timeZone ?? null, density: density === 'comfortable' ? density : 'compact' })
}

export function applyDisplay(next: Display): void {
  const { timeZone, density } = display.get()
  if (next.timeZone === timeZone && next.density === density) return
  localStorage.setItem(KEY, JSON.stringify(next))
  apply(next)
}

function apply(next: Display): void {
  display.set(next)
  document.documentElement.dataset.density = next.density
}

/** IANA name of the zone in which times are shown; undefined: as the device. */
export const timeZone = (): string | undefined => display.get().timeZone ?? undefined

/** Has a component that shows times drawn again when the zone changes. */
export const useTimeZone = (): string | undefined => useSelected(display, ({ timeZone }) => timeZone ?? undefined)
