/** The keys of the console: one list for what they do and for the sheet that names them. */
import { words } from '../words.ts'

/** After `g`, by section. */
export const GO_KEYS = {
  '/p/$projectId': 'o',
  '/p/$projectId/secrets': 's',
  '/p/$projectId/syncs': 'y',
  '/p/$projectId/connections': 'c',
  '/p/$projectId/activity': 'a',
  '/p/$projectId/access': 'm',
  '/p/$projectId/trash': 't',
  '/p/$projectId/alerts': 'l',
  '/p/$projectId/settings': 'e',
} as const

/** Keys that press what a page or a row marks with `data-shortcut`. */
export const ON_PAGE = [
  { key: '/', words: words.shortcuts.searchOrFilterPage },
  { key: 'n', words: words.shortcuts.create },
  { key: 'b', words: words.shortcuts.selected },
] as const
export const IN_ROW = [
  { key: 'e', words: words.shortcuts.edit },
  { key: 'x', words: words.shortcuts.select },
  { key: 'Enter', words: words.shortcuts.open },
] as const
