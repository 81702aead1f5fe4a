import { plain, sentenceOf } from '@keyferry/schemas/audit'
import { Bot, ChevronRight, CircleHelp, Ship, UserRound, type LucideIcon } from 'lucide-react'
import { Time } from '../../components/time.tsx'
import { RowTh, Td, Tr } from '../../components/ui/table.tsx'
import type { RowProps } from '../../components/rows/virtual-rows.tsx'
import { cn } from '../../lib/cn.ts'
import type { AuditEntry, BriefSync } from '../../lib/server/types.ts'
import { EntryDetails } from './entry-details.tsx'
import { SentenceView } from './sentence-view.tsx'
import { words } from './words.ts'

const KINDS = new Map<string, { icon: LucideIcon; word: string }>([
  ['user', { icon: UserRound, word: words.activityRow.person }],
  ['identity', { icon: Bot, word: words.activityRow.machine }],
  ['system', { icon: Ship, word: words.activityRow.system }],
  ['anonymous', { icon: CircleHelp, word: words.activityRow.unknown }],
])

interface Props extends RowProps {
  entry: AuditEntry
  syncs: readonly BriefSync[]
  open: boolean
  onOpen: (open: boolean) => void
  onActor: (name: string) => void
}

/** Who did what, when; opens to all that is known of it. */
export function ActivityRow({ entry, syncs, open, onOpen, onActor, index, measure }: Props) {
  const { at, actor, action, details, projectId, address } = entry
  const sentence = sentenceOf(action, details)
  const kind = KINDS.get(actor.kind)
  const Icon = kind?.icon ?? UserRound
  return (
    <Tr ref={measure} data-index={index} aria-label={`${actor.name} ${plain(sentence)}`}>
      <Td className="w-8 pr-0 align-top">
        <button
          type="button"
          aria-expanded={open}
          data-shortcut="Enter"
          aria-label={words.activityRow.details(entry.seq)}
          onClick={() => onOpen(!open)}
          className="grid size-6 place-items-center rounded text-faint hover:bg-sunken hover:text-ink"
        >
          <ChevronRight aria-hidden className={cn('size-4 transition-transform', open && 'rotate-90')} />
        </button>
      </Td>
      <RowTh className="w-full min-w-0 py-2 align-top">
        <p className="break-words">
          <Icon aria-hidden className="mr-1.5 inline size-3.5 align-[-0.15em] text-faint" />
          {kind && <span className="sr-only">{kind.word} </span>}
          <button
            type="button"
            title={words.activityRow.only(actor.name)}
            onClick={() => onActor(actor.name)}
            className="rounded font-medium wrap-anywhere hover:text-accent hover:underline"
          >
            {actor.name}
          </button>{' '}
          <SentenceView sentence={sentence} projectId={projectId} syncs={syncs} />
        </p>
        <p className="text-xs text-soft sm:hidden">
          <Time iso={at} />
        </p>
        {open && <EntryDetails entry={entry} />}
      </RowTh>
      <Td className="py-2 text-right align-top font-mono text-xs leading-5 whitespace-nowrap text-soft max-lg:hidden">
        {address ?? ''}
      </Td>
      <Td className="py-2 text-right align-top text-soft max-sm:hidden">
        <Time iso={at} />
      </Td>
    </Tr>
  )
}
