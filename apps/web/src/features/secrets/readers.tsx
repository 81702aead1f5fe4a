import { count } from '@keyferry/schemas/count'
import { STATUS_WORDS } from '@keyferry/schemas/sync-status-words'
import { Link } from '@tanstack/react-router'
import { statusDot } from '../../components/sync-status.tsx'
import { Tooltip } from '../../components/ui/tooltip.tsx'
import { VendorIcon } from '../../components/vendor-icon.tsx'
import { cn } from '../../lib/cn.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Sync } from '../../lib/types.ts'

/** Pictures that fit the column. */
const SHOWN = 3

/** The syncs that read this folder: the vendor's picture with a dot for the state. */
export function Readers({ readers }: { readers: readonly Sync[] }) {
  const { data: destinations } = trpc.destinations.list.useQuery(undefined, { staleTime: Infinity })
  if (readers.length === 0) return <span className="text-faint">Not synced</span>
  return (
    <span className="flex items-center gap-1.5">
      {readers.slice(0, SHOWN).map(({ id, name, projectId, destination, status }) => {
        const word = STATUS_WORDS[status]
        return (
          <Tooltip key={id} text={`${name}: ${word.toLowerCase()}`}>
            <Link
              to="/p/$projectId/syncs/$destination/$syncId"
              params={{ projectId, destination, syncId: id }}
              aria-label={`Sync ${name}, ${word.toLowerCase()}`}
              className="relative rounded-md"
            >
              <VendorIcon svg={destinations?.find((each) => each.name === destination)?.icon ?? ''} size={16} />
              <span
                aria-hidden
                className={cn(
                  'absolute -right-0.5 -bottom-0.5 size-2.5 rounded-full border-2 border-surface',
                  statusDot(status),
                )}
              />
            </Link>
          </Tooltip>
        )
      })}
      {readers.length > SHOWN && (
        <span title={readers.map(({ name }) => name).join(', ')} className="text-xs text-soft">
          +{readers.length - SHOWN}
        </span>
      )}
    </span>
  )
}

/** What deleting a secret of this folder does elsewhere. */
export const DeleteConsequence = ({ readers }: { readers: readonly Sync[] }) => (
  <p className="text-base">
    {readers.length === 0
      ? 'No sync reads this folder.'
      : `${count(readers.length, 'sync reads', 'syncs read')} this folder (${readers.map((sync) => sync.name).join(', ')}) and will also delete it at the destination, unless deletion is switched off there.`}
  </p>
)
