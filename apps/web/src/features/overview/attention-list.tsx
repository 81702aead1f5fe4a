import { CircleCheck } from 'lucide-react'
import { useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, Section } from '../../components/ui/card.tsx'
import { Skeleton } from '../../components/ui/skeleton.tsx'
import type { Sync } from '../../lib/types.ts'
import { needAttention } from './attention.ts'
import { words } from './words.ts'

const { attention } = words
const SHOWN = 5
const SyncBanner = onDemand(
  async () => (await import('../syncs/sync-banner.tsx')).SyncBanner,
  <Skeleton className="h-16 rounded-lg" />,
)

/** What needs a person, each with the reason and what to do; or that nothing does. */
export function AttentionList({ syncs }: { syncs: readonly Sync[] }) {
  const [all, setAll] = useState(false)
  const waiting = needAttention(syncs)
  if (waiting.length === 0) {
    return (
      <Card className="flex items-center gap-3 px-4 py-3">
        <CircleCheck aria-hidden className="size-5 shrink-0 text-good" />
        <p className="text-base">
          <span className="font-semibold">{attention.none}.</span>{' '}
          <span className="text-soft">{attention.noneText(syncs.length)}</span>
        </p>
      </Card>
    )
  }
  return (
    <Section title={attention.title} text={attention.some(waiting.length, syncs.length)}>
      <ul className="grid gap-2">
        {(all ? waiting : waiting.slice(0, SHOWN)).map((sync) => (
          <li key={sync.id}>
            <SyncBanner sync={sync} named />
          </li>
        ))}
      </ul>
      {!all && waiting.length > SHOWN && (
        <Button size="sm" variant="ghost" className="mt-2" onClick={() => setAll(true)}>
          {attention.all(waiting.length)}
        </Button>
      )}
    </Section>
  )
}
