import { count } from '@keyferry/schemas/count'
import type { Sync } from '../../lib/types.ts'

/** What deleting a secret of this folder does elsewhere. */
export const DeleteConsequence = ({ readers }: { readers: readonly Sync[] }) => (
  <p className="text-base">
    {readers.length === 0
      ? 'No sync reads this folder.'
      : `${count(readers.length, 'sync reads', 'syncs read')} this folder (${readers.map((sync) => sync.name).join(', ')}) and will also delete it at the destination, unless its deletion policy keeps it.`}
  </p>
)
