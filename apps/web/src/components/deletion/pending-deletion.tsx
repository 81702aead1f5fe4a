import { Link } from '@tanstack/react-router'
import { Hourglass } from 'lucide-react'
import { statusOf } from '../../lib/server/errors.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { PendingDeletion } from '../../lib/server/types.ts'
import { Time } from '../time.tsx'
import { Badge } from '../ui/badge.tsx'
import { Notice } from '../ui/notice.tsx'
import { words } from '../words.ts'

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
    ? words.pendingDeletion.thisProject
    : kind === 'environment'
      ? words.pendingDeletion.environment(environment ?? '')
      : words.pendingDeletion.folder(secretPath ?? '')

const waitsFor = ({ syncs }: PendingDeletion) =>
  syncs.length === 0 ? words.pendingDeletion.done : words.pendingDeletion.waiting(syncs.length)

/** Shown in place of what is being deleted: that it is, and what it waits for. */
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
      <Notice kind="warn" title={words.pendingDeletion.title(what)}>
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
          {words.pendingDeletion.requestedBy(askedBy)} <Time iso={askedAt} />.
        </p>
      </Notice>
    </div>
  )
}

export const PendingBadge = ({ deletion }: { deletion: PendingDeletion }) => (
  <Badge tone="warn">
    <Hourglass aria-hidden className="size-3.5" />
    {words.pendingDeletion.badge(deletion.syncs.length)}
  </Badge>
)
