/** Which value wins where the vault and the target both have a key, in words. */
import type { ImportPriority } from '../lib/types.ts'
import type { RadioCard } from './ui/radio-cards.tsx'

export const IMPORT_PRIORITIES: readonly RadioCard<ImportPriority>[] = [
  {
    value: 'prioritize-source',
    title: 'Import, keep the vault’s values',
    text: 'Adds the keys that only the target has. Where both have a key with different values, the vault’s value stays.',
  },
  {
    value: 'prioritize-destination',
    title: 'Import, take the target’s values',
    text: 'Adds the keys that only the target has. Where both have a key with different values, the vault takes the target’s value.',
  },
]
