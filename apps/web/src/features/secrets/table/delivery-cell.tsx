import { useState } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { Time } from '../../../components/time.tsx'
import { cn } from '../../../lib/cn.ts'
import type { FolderRef, KeyDelivery } from '../../../lib/server/types.ts'
import { words } from '../words.ts'
import { useDelivery } from './use-delivery.ts'

const DeliveryDrawer = onDemand(async () => (await import('../../delivery/delivery-drawer.tsx')).DeliveryDrawer)

interface Props {
  /** The folder that it is in, which may be an imported one. */
  place: FolderRef
  secretKey: string
}

/** How many destinations have the newest version, and since when, or why none should; opens the receipt. */
export function DeliveryCell({ place, secretKey }: Props) {
  const delivery = useDelivery(place, secretKey)
  const [isOpen, setOpen] = useState(false)
  if (delivery === undefined) return null
  const { destinations, excluded, exclusions } = delivery
  const isExcluded = destinations === 0 && excluded > 0
  if (destinations === 0 && !isExcluded)
    return <span className="leading-7 text-faint">{words.deliveryCell.notSynced}</span>
  return (
    <>
      <button
        type="button"
        data-tooltip={excluded > 0 ? exclusions.join('; ') : undefined}
        onClick={() => setOpen(true)}
        className="flex h-7 max-w-full items-center gap-1.5 rounded-md text-soft hover:text-ink hover:underline"
      >
        <span className="sr-only">{secretKey} </span>
        {isExcluded ? (
          <span className="truncate">{words.deliveryCell.excluded(exclusions.join('; '))}</span>
        ) : (
          <Progress delivery={delivery} />
        )}
      </button>
      {isOpen && <DeliveryDrawer place={place} secretKey={secretKey} onClose={() => setOpen(false)} />}
    </>
  )
}

function Progress({
  delivery: { destinations, delivered, troubled, deliveredAt, excluded },
}: {
  delivery: KeyDelivery
}) {
  const isDone = delivered === destinations
  return (
    <>
      <span
        aria-hidden
        className={cn('size-2 shrink-0 rounded-full', troubled > 0 ? 'bg-bad' : isDone ? 'bg-good' : 'bg-accent')}
      />
      <span className="truncate">
        {isDone ? words.deliveryCell.delivered(delivered) : words.deliveryCell.partly(delivered, destinations)}
        {troubled > 0 && words.deliveryCell.failed(troubled)}
        {excluded > 0 && words.deliveryCell.alsoExcluded(excluded)}
        {isDone && deliveredAt !== null && (
          <>
            , <Time iso={deliveredAt} />
          </>
        )}
      </span>
    </>
  )
}
