import { createStore, useStore } from '../store.ts'
import { words } from '../words.ts'

export const THEMES = [
  { value: 'system', label: words.theme.asSystem },
  { value: 'light', label: words.theme.light },
  { value: 'dark', label: words.theme.dark },
] as const

export type Theme = (typeof THEMES)[number]['value']
const KEY = 'keyferry.theme'
const shown = createStore<Theme>('system')

const read = (): Theme => {
  const stored = localStorage.getItem(KEY)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

/** Puts the stored theme on the document; called before the first render so nothing flashes. */
export function applyTheme(): void {
  const theme = read()
  shown.set(theme)
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

export function setTheme(theme: Theme): void {
  if (theme === 'system') localStorage.removeItem(KEY)
  else localStorage.setItem(KEY, theme)
  applyTheme()
}

export const useTheme = (): Theme => useStore(shown)
