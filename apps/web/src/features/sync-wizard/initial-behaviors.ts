/** What the first sync does with what the destination holds, in words. */
import { IMPORT_PRIORITIES } from '../../components/import-priorities.ts'
import type { RadioCard } from '../../components/ui/radio-cards.tsx'
import type { InitialSyncBehavior } from '../../lib/types.ts'
import type { Draft } from './draft.ts'

export function initialBehaviors(
  { deletionPolicy, keySchema }: Draft,
  canImport: boolean,
): readonly RadioCard<InitialSyncBehavior>[] {
  const scope = keySchema.trim() === '' ? '' : ' whose names match the key schema'
  const removes =
    deletionPolicy === 'mirror'
      ? `Secrets at the destination${scope} that the folder doesn’t have are removed.`
      : 'Other secrets at the destination stay.'
  const overwrite: RadioCard<InitialSyncBehavior> = {
    value: 'overwrite-destination',
    title: 'Overwrite destination secrets',
    text: `Secrets with the same name get the folder’s value. ${removes} The plan lists each of them.`,
  }
  const imports = IMPORT_PRIORITIES.map((card): RadioCard<InitialSyncBehavior> => ({
    ...card,
    value: `import-${card.value}`,
  }))
  return canImport ? [overwrite, ...imports] : [overwrite]
}
