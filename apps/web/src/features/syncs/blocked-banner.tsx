import type { Sync } from '../../lib/types.ts'
import { BlockedByAccess } from './blocked-by-access.tsx'
import { BlockedByDeletionLimit } from './blocked-by-deletion-limit.tsx'
import { BlockedBySource } from './blocked-by-source.tsx'

export type Blockage = NonNullable<Sync['blocked']>

/** Why the sync does not act, and the way to resolve it. */
export function BlockedBanner({ sync }: { sync: Sync }) {
  const { blocked } = sync
  if (blocked === null) return null
  switch (blocked.kind) {
    case 'source':
      return <BlockedBySource sync={sync} blocked={blocked} />
    case 'fuse':
      return <BlockedByDeletionLimit sync={sync} blocked={blocked} />
    case 'access':
      return <BlockedByAccess sync={sync} blocked={blocked} />
  }
}
