import { keepPreviousData } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, Section } from '../../components/ui/card.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

const { attention } = words
const SHOWN = 5
/** After "View all". More than that are a list of their own. */
const MOST = 100
/** Those that need a person or are behind, worst first. */
const WAITING = 'needs-attention,out-of-sync'
const SyncBanner = onDemand(
  async () => (await import('../syncs/page/sync-banner.tsx')).SyncBanner,
  <Skeleton className="h-16 rounded-lg" />,
)

/** What needs a person, each with the reason and what to do; or that nothing does. */
export function AttentionList({ projectId, total, paused }: { projectId: string; total: number; paused: number }) {
  const [all, setAll] = useState(false)
  const { data, error, refetch } = trpc.syncs.page.useQuery(
    { projectId, status: WAITING, limit: all ? MOST : SHOWN },
    { placeholderData: keepPreviousData },
  )
  if (error) return <Failure what={words.syncsUnreadable} error={error} retry={refetch} />
  if (!data) return <Skeleton className="h-16 rounded-lg" />
  if (data.total === 0) {
    return (
      <Card className="flex items-center gap-3 px-4 py-3">
        <CircleCheck aria-hidden className="size-5 shrink-0 text-good" />
        <p className="text-base">
          <span className="font-semibold">{attention.none}.</span>{' '}
          <span className="text-soft">{attention.noneText(total, paused)}</span>
        </p>
      </Card>
    )
  }
  return (
    <Section title={attention.title} text={<p aria-live="polite">{attention.some(data.total, total)}</p>}>
      <ul className="grid gap-2">
        {data.syncs.map((sync) => (
          <li key={sync.id}>
            <SyncBanner sync={sync} named />
          </li>
        ))}
      </ul>
      {all && data.total > data.syncs.length && (
        <Link
          to="/p/$projectId/syncs"
          params={{ projectId }}
          className="mt-2 inline-block text-sm text-accent hover:underline"
        >
          {attention.rest(data.total - data.syncs.length)}
        </Link>
      )}
      {!all && data.total > SHOWN && (
        <Button size="sm" variant="ghost" className="mt-2" onClick={() => setAll(true)}>
          {attention.all(data.total)}
        </Button>
      )}
    </Section>
  )
}
