import { ExternalLink } from 'lucide-react'
import type { Destination, ListedSync } from '../../lib/server/types.ts'
import { MenuItem } from '../ui/menu.tsx'
import { words } from '../words.ts'

/** Leads to the provider's page of a sync's destination; nothing where the provider has none. */
export const OpenTarget = ({ sync, destination }: { sync: ListedSync; destination: Destination | undefined }) =>
  sync.targetUrl !== null && (
    <MenuItem asChild>
      <a href={sync.targetUrl} target="_blank" rel="noreferrer">
        <ExternalLink aria-hidden className="size-4" /> {words.openTarget.openIn}{' '}
        {destination?.title ?? sync.destination}
      </a>
    </MenuItem>
  )
