import { Link } from '@tanstack/react-router'
import { CircleCheck, Play } from 'lucide-react'
import { useState } from 'react'
import { RouteButton } from '../../components/route-button.tsx'
import { SyncReason, SyncStatusBadge } from '../../components/sync-status.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card, Section } from '../../components/ui/card.tsx'
import type { Sync } from '../../lib/types.ts'
import { useTrigger } from '../syncs/use-trigger.ts'
import { needAttention } from './attention.ts'
import { syncPage } from './sync-page.ts'
import { words } from './words.ts'

const { attention } = words
const SHOWN = 5

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
      <ul className="-mx-4 -my-4 divide-y divide-line">
        {(all ? waiting : waiting.slice(0, SHOWN)).map((sync) => (
          <Item key={sync.id} sync={sync} />
        ))}
      </ul>
      {!all && waiting.length > SHOWN && (
        <Button size="sm" variant="ghost" className="mt-6" onClick={() => setAll(true)}>
          {attention.all(waiting.length)}
        </Button>
      )}
    </Section>
  )
}

function Item({ sync }: { sync: Sync }) {
  const { trigger, busy, denied } = useTrigger(sync)
  const page = syncPage(sync)
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3">
      <div className="grid min-w-0 flex-1 basis-72 gap-1">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link {...page} className="font-semibold break-all text-ink hover:text-accent hover:underline">
            {sync.name}
          </Link>
          <SyncStatusBadge status={sync.status} />
        </p>
        <SyncReason sync={sync} />
      </div>
      {sync.blocked === null ? (
        <Button size="sm" busy={busy} denied={denied} aria-label={attention.retryNamed(sync.name)} onClick={trigger}>
          {!busy && <Play aria-hidden className="size-3.5" />} {attention.retry}
        </Button>
      ) : (
        <RouteButton size="sm" variant="quietDanger" aria-label={attention.reviewNamed(sync.name)} {...page}>
          {attention.review}
        </RouteButton>
      )}
    </li>
  )
}
