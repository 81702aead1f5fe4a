import { count } from '@keyferry/schemas/count'
import { Link } from '@tanstack/react-router'
import { Hourglass } from 'lucide-react'
import { statusOf } from '../lib/errors.ts'
import { trpc } from '../lib/trpc.ts'
import type { PendingDeletion } from '../lib/types.ts'
import { Time } from './time.tsx'
import { Badge } from './ui/badge.tsx'
import { Notice } from './ui/notice.tsx'

/** What waits in a project until syncs have removed what they wrote. The live feed says when one ends. */
export function usePendingDeletions(projectId: string): readonly PendingDeletion[] {
  const { data, error } = trpc.tree.deletions.useQuery({ projectId })
  // The project itself is gone.
  return statusOf(error) === 404 ? [] : (data ?? [])
}

/** What is going, as a person calls it. */
export const nameOfDeletion = ({
  kind,
  environment,
  secretPath,
}: Pick<PendingDeletion, 'kind' | 'environment' | 'secretPath'>): string =>
  kind === 'project'
    ? 'This project'
    : kind === 'environment'
      ? `Environment ${environment ?? ''}`
      : `Folder ${secretPath ?? ''}`

const waitsFor = ({ syncs }: PendingDeletion) =>
  syncs.length === 0
    ? 'Everything was removed; it will be deleted any moment.'
    : `Waiting for ${count(syncs.length, 'sync')} to remove what ${syncs.length === 1 ? 'it' : 'they'} wrote:`

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
          Requested by {askedBy}, <Time iso={askedAt} />.
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
