import type { BriefSync } from '../../lib/types.ts'
import { words } from './words.ts'

/** What deleting a secret of this folder does elsewhere. */
export const DeleteConsequence = ({ readers }: { readers: readonly BriefSync[] }) => (
  <p className="text-base">
    {readers.length === 0
      ? words.deleteConsequence.noReaders
      : words.deleteConsequence.readers(readers.length, readers.map((sync) => sync.name).join(', '))}
  </p>
)
