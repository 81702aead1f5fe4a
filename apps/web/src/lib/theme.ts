import { useSyncExternalStore } from 'react'
import { words } from './words.ts'

export const THEMES = [
  { value: 'system', label: words.theme.asSystem },
  { value: 'light', label: words.theme.light },
  { value: 'dark', label: words.theme.dark },
] as const

export type Theme = (typeof THEMES)[number]['value']
const KEY = 'keyferry.theme'
const listeners = new Set<() => void>()

const read = (): Theme => {
  const stored = localStorage.getItem(KEY)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** Puts the stored theme on the document; called before the first render so nothing flashes. */
export function applyTheme(): void {
  const theme = read()
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, theme)
  applyTheme()
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useTheme = (): Theme => useSyncExternalStore(subscribe, read)
