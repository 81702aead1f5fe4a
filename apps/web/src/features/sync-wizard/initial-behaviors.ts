/** What the first sync does with what the destination holds, in words. */
import { IMPORT_PRIORITIES } from '../../components/syncs/import-priorities.ts'
import type { RadioCard } from '../../components/ui/radio-cards.tsx'
import type { InitialSyncBehavior } from '../../lib/server/types.ts'
import type { Draft } from './draft.ts'
import { words } from './words.ts'

export function initialBehaviors(
  { deletionPolicy, keySchema }: Draft,
  canImport: boolean,
): readonly RadioCard<InitialSyncBehavior>[] {
  const scope = keySchema.trim() === '' ? '' : words.initialBehaviors.matchingOnly
  const removes =
    deletionPolicy === 'mirror' ? words.initialBehaviors.mirrorRemoves(scope) : words.initialBehaviors.otherKept
  const overwrite: RadioCard<InitialSyncBehavior> = {
    value: 'overwrite-destination',
    title: words.initialBehaviors.title,
    text: words.initialBehaviors.text(removes),
  }
  const imports = IMPORT_PRIORITIES.map((card): RadioCard<InitialSyncBehavior> => ({
    ...card,
    value: `import-${card.value}`,
  }))
  return canImport ? [overwrite, ...imports] : [overwrite]
}
