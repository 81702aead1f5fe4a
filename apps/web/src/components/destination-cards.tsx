import type { Destination } from '../lib/types.ts'
import { VendorIcon } from './vendor-icon.tsx'

/** Picks a destination. */
export const DestinationCards = ({
  destinations,
  value,
  onPick,
}: {
  destinations: readonly Destination[]
  value?: string
  onPick: (destination: Destination) => void
}) => (
  <ul className="grid gap-3 sm:grid-cols-2">
    {destinations.map((destination) => (
      <li key={destination.name}>
        <button
          type="button"
          aria-pressed={value === undefined ? undefined : value === destination.name}
          onClick={() => onPick(destination)}
          className="flex w-full items-center gap-3 rounded-lg border border-line bg-surface p-4 text-left hover:border-edge aria-pressed:border-accent aria-pressed:bg-accent-tint"
        >
          <VendorIcon svg={destination.icon} size={28} />
          <span className="text-lg font-semibold">{destination.title}</span>
        </button>
      </li>
    ))}
  </ul>
)
