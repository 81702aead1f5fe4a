import { AUDIT_ACTIONS, sentenceOf, type About } from '@keyferry/schemas/audit'
import { Failure } from '../../components/failure.tsx'
import { Time } from '../../components/time.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { BriefSync } from '../../lib/server/types.ts'
import { SentenceView } from '../activity/sentence-view.tsx'
import { words } from './words.ts'

const SHOWN = 8
/** Not every change has a live event. */
const LOOK_MS = 10_000
const SUBJECTS: ReadonlySet<About> = new Set(['secrets', 'folders', 'environments', 'syncs', 'connections'])
const CHANGES = Object.entries(AUDIT_ACTIONS)
  .flatMap(([action, { about }]) => (SUBJECTS.has(about) ? action : []))
  .join(',')

/** The newest changes of the project in words. */
export function RecentChanges({ projectId, syncs }: { projectId: string; syncs: readonly BriefSync[] }) {
  const changes = trpc.audit.project.useQuery(
    { projectId, action: CHANGES, limit: SHOWN },
    { refetchInterval: LOOK_MS },
  )
  if (changes.error) return <Failure what={words.changes.unreadable} error={changes.error} retry={changes.refetch} />
  if (!changes.data) return <Skeleton className="h-40" />
  const { entries } = changes.data
  if (entries.length === 0) return <p className="text-sm text-soft">{words.changes.none}</p>
  return (
    <ul aria-label={words.changes.title} className="grid gap-2.5">
      {entries.map(({ id, at, actor, action, details }) => (
        <li key={id} className="flex items-baseline gap-3 text-sm">
          <p className="min-w-0 flex-1 break-words">
            <span className="font-medium wrap-anywhere">{actor.name}</span>{' '}
            <SentenceView sentence={sentenceOf(action, details)} projectId={projectId} syncs={syncs} />
          </p>
          <span className="text-xs text-soft">
            <Time iso={at} />
          </span>
        </li>
      ))}
    </ul>
  )
}
