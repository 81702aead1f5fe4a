import { Link } from '@tanstack/react-router'
import { Hourglass } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { trpc } from '../lib/trpc.ts'
import type { PendingDeletion } from '../lib/types.ts'
import { count } from '../lib/words.ts'
import { Time } from './time.tsx'
import { Badge } from './ui/badge.tsx'
import { Notice } from './ui/notice.tsx'

/** How often a deletion that waits is looked at: its end is told by no event when nothing else read what goes. */
const LOOK_MS = 2000

/** What waits in a project until syncs have taken back what they wrote. When one is done, what it took with it is read anew. */
export function usePendingDeletions(projectId: string): readonly PendingDeletion[] {
  const utils = trpc.useUtils()
  const { data, error } = trpc.tree.deletions.useQuery(
    { projectId },
    { refetchInterval: ({ state }) => (!state.error && state.data && state.data.length > 0 ? LOOK_MS : false) },
  )
  const before = useRef(0)
  // When the project itself is gone, nobody can be asked any more.
  const waiting = error ? 0 : (data?.length ?? 0)
  useEffect(() => {
    if (waiting < before.current) {
      void utils.projects.invalidate()
      void utils.folders.invalidate()
      void utils.secrets.rows.invalidate()
      void utils.history.invalidate()
      void utils.syncs.list.invalidate()
    }
    before.current = waiting
  }, [waiting, utils])
  return error ? [] : (data ?? [])
}

const waitsFor = ({ syncs }: PendingDeletion) =>
  syncs.length === 0
    ? 'Everything was taken back; it goes any moment.'
    : `Waiting for ${count(syncs.length, 'sync')} to take back what ${syncs.length === 1 ? 'it' : 'they'} wrote:`

/** Says where one would look that something is on its way out, and what it waits for. */
export function PendingNotice({
  what,
  projectId,
  deletion,
}: {
  what: string
  projectId: string
  deletion: PendingDeletion
}) {
  const { syncs, askedBy, askedAt } = deletion
  return (
    <div role="status">
      <Notice kind="warn" title={`${what} is being deleted`}>
        <p>
          {waitsFor(deletion)}{' '}
          {syncs.map(({ id, name, destination }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <Link
                to="/p/$projectId/syncs/$destination/$syncId"
                params={{ projectId, destination, syncId: id }}
                className="underline underline-offset-2"
              >
                {name}
              </Link>
            </span>
          ))}
        </p>
        <p className="text-soft">
          Asked for by {askedBy}, <Time iso={askedAt} />.
        </p>
      </Notice>
    </div>
  )
}

export const PendingBadge = ({ deletion }: { deletion: PendingDeletion }) => (
  <Badge tone="warn">
    <Hourglass aria-hidden className="size-3.5" />
    Being deleted, waits for {count(deletion.syncs.length, 'sync')}
  </Badge>
)
