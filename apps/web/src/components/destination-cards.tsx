import { useState } from 'react'
import type { Destination } from '../lib/server/types.ts'
import { SearchField } from './search-field.tsx'
import { VendorIcon } from './vendor-icon.tsx'
import { words } from './words.ts'

/** More than that do not fit on a screen at once. */
const SEARCH_FROM = 7
const NONE: ReadonlySet<string> = new Set()

interface Props {
  destinations: readonly Destination[]
  /** The apps that have connections: destinations of these come first, and are marked. */
  connected?: ReadonlySet<string>
  onPick: (destination: Destination) => void
}

/** Picks a destination. */
export function DestinationCards({ destinations, connected = NONE, onPick }: Props) {
  const [text, setText] = useState('')
  const isConnected = ({ connection }: Destination): boolean => connected.has(connection.app)
  const found = destinations
    .filter((destination) => matches(destination, text))
    .sort((a, b) => Number(isConnected(b)) - Number(isConnected(a)))
  return (
    <div className="grid gap-3">
      {destinations.length >= SEARCH_FROM && (
        <SearchField label={words.destinationCards.searchDestinations} value={text} onChange={setText} />
      )}
      <p role="status" className={found.length === 0 ? 'text-sm text-soft' : 'sr-only'}>
        {found.length === 0 ? words.destinationCards.noMatch(text) : words.destinationCards.destinations(found.length)}
      </p>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,16rem),1fr))] gap-3">
        {found.map((destination) => (
          <li key={destination.name}>
            <button
              type="button"
              onClick={() => onPick(destination)}
              className="flex h-full w-full items-center gap-3 rounded-lg border border-line bg-surface p-4 text-left hover:border-edge"
            >
              <VendorIcon svg={destination.icon} size={28} />
              <span className="grid gap-0.5">
                <span className="text-lg font-semibold">{destination.title}</span>
                {isConnected(destination) && (
                  <span className="text-sm text-soft">{words.destinationCards.connected}</span>
                )}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

/** By title, name and connection: "aws" finds both of its destinations. */
const matches = ({ title, name, connection }: Destination, text: string): boolean =>
  `${title} ${name} ${connection.app} ${connection.title}`.toLowerCase().includes(text.trim().toLowerCase())
