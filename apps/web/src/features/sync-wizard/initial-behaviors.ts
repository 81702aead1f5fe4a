/** What the first sync does with what the target holds, in words. */
import { IMPORT_PRIORITIES } from '../../components/import-priorities.ts'
import type { RadioCard } from '../../components/ui/radio-cards.tsx'
import type { InitialSyncBehavior } from '../../lib/types.ts'

export const INITIAL_BEHAVIORS: readonly RadioCard<InitialSyncBehavior>[] = [
  {
    value: 'overwrite-destination',
    title: 'Overwrite destination secrets',
    text: 'The target becomes what the folder says. Which keys that changes and removes is shown before anything is written.',
  },
  ...IMPORT_PRIORITIES.map((card): RadioCard<InitialSyncBehavior> => ({ ...card, value: `import-${card.value}` })),
]

export const initialBehaviorTitle = (behavior: InitialSyncBehavior): string =>
  INITIAL_BEHAVIORS.find(({ value }) => value === behavior)?.title ?? behavior
