/** Which value wins where the vault and the target both have a key, in words. */
import type { ImportPriority } from '../../lib/server/types.ts'
import type { RadioCard } from '../ui/radio-cards.tsx'
import { words } from '../words.ts'

export const IMPORT_PRIORITIES: readonly RadioCard<ImportPriority>[] = [
  {
    value: 'prioritize-source',
    title: words.importPriorities.keep,
    text: words.importPriorities.keepText,
  },
  {
    value: 'prioritize-destination',
    title: words.importPriorities.take,
    text: words.importPriorities.takeText,
  },
]
