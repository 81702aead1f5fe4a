import type { BriefSync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** What deleting secrets of this folder does elsewhere. */
export const DeleteConsequence = ({ readers, keys }: { readers: readonly BriefSync[]; keys: number }) => (
  <p className="text-base">
    {readers.length === 0
      ? words.deleteConsequence.noReaders
      : words.deleteConsequence.readers(readers.length, readers.map((sync) => sync.name).join(', '), keys)}
  </p>
)
