import { Link } from '@tanstack/react-router'
import { Hourglass } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { statusOf } from '../lib/errors.ts'
import { parentOf } from '../lib/folder-path.ts'
import { toast } from '../lib/toast.ts'
import { direct, trpc } from '../lib/trpc.ts'
import type { PendingDeletion } from '../lib/types.ts'
import { count } from '../lib/words.ts'
import { Time } from './time.tsx'
import { Badge } from './ui/badge.tsx'
import { Notice } from './ui/notice.tsx'

/** How often a deletion that waits is looked at: its end is told by no event when nothing else read what goes. */
const LOOK_MS = 2000

const NONE: readonly PendingDeletion[] = []

/** What waits in a project until syncs have taken back what they wrote. When one is done, what it took with it is read anew. */
export function usePendingDeletions(projectId: string): readonly PendingDeletion[] {
  const utils = trpc.useUtils()
  const { data, error } = trpc.tree.deletions.useQuery(
    { projectId },
    {
      refetchInterval: ({ state }) =>
        state.data && state.data.length > 0 && statusOf(state.error) !== 404 ? LOOK_MS : false,
    },
  )
  // When the project itself is gone, nobody can be asked any more. Other trouble passes.
  const current = statusOf(error) === 404 ? NONE : data
  const before = useRef<readonly PendingDeletion[]>([])
  useEffect(() => {
    if (!current) return
    const ended = before.current.filter(({ subjectId }) => !current.some((each) => each.subjectId === subjectId))
    before.current = current
    if (ended.length === 0) return
    for (const deletion of ended) void tellIfGivenUp(projectId, deletion)
    void utils.projects.invalidate()
    void utils.folders.invalidate()
    void utils.secrets.rows.invalidate()
    void utils.history.invalidate()
    void utils.syncs.list.invalidate()
  }, [current, projectId, utils])
  return current ?? NONE
}

/** A deletion can end and leave its subject where it was: a target refused, or something reads it anew. */
async function tellIfGivenUp(projectId: string, deletion: PendingDeletion): Promise<void> {
  const stays = await isThere(projectId, deletion).catch(() => false)
  if (stays)
    toast.error(
      `${nameOfDeletion(deletion)} was not deleted: a sync could not take back what it wrote, or reads it anew.`,
    )
}

async function isThere(
  projectId: string,
  { kind, subjectId, environment, secretPath }: PendingDeletion,
): Promise<boolean> {
  const project = (await direct.projects.list.query()).find(({ id }) => id === projectId)
  if (!project || kind === 'project') return project !== undefined
  if (kind === 'environment') return project.environments.some(({ id }) => id === subjectId)
  if (environment === null || secretPath === null || !project.environments.some(({ slug }) => slug === environment))
    return false
  const path = parentOf(secretPath)
  return (await direct.folders.list.query({ projectId, environment, path })).some(({ id }) => id === subjectId)
}

/** What is going, as a person calls it. */
export const nameOfDeletion = ({ kind, environment, secretPath }: PendingDeletion): string =>
  kind === 'project'
    ? 'This project'
    : kind === 'environment'
      ? `Environment ${environment ?? ''}`
      : `Folder ${secretPath ?? ''}`

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
