import { Badge, type Tone } from '../../../components/ui/badge.tsx'
import { ScrollList } from '../../../components/ui/scroll-list.tsx'
import { targetName } from '../../../lib/values/key-schema.ts'
import type { RestorePlan, Sync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

interface Line {
  key: string
  word: string
  tone: Tone
  /** What the sync does at the destination because of it. */
  there: string
}

/** What a rollback changes, by key: deletions first. */
export function restoreLines(sync: Sync, plan: RestorePlan): readonly Line[] {
  const name = (key: string) => targetName(sync.options.keySchema, key, sync.environment?.slug ?? '')
  const stays = sync.options.deletionPolicy === 'none'
  return [
    ...plan.removed.map((key): Line => ({
      key,
      word: words.restorePlanView.delete,
      tone: 'bad',
      there: stays ? words.restorePlanView.stays(name(key)) : words.restorePlanView.deletes(name(key)),
    })),
    ...plan.changed.map((key): Line => ({
      key,
      word: words.restorePlanView.change,
      tone: 'accent',
      there: words.restorePlanView.updates(name(key)),
    })),
    ...plan.added.map((key): Line => ({
      key,
      word: words.restorePlanView.add,
      tone: 'good',
      there: words.restorePlanView.creates(name(key)),
    })),
  ]
}

/** Each key that a rollback changes: what becomes of it in the folder, and then at the destination. */
export const RestoreLines = ({ lines }: { lines: readonly Line[] }) => (
  <div className="grid gap-1">
    <div
      aria-hidden
      className="hidden gap-x-3 px-3 text-xs text-faint sm:grid sm:grid-cols-[5rem_minmax(0,1fr)_minmax(0,1fr)]"
    >
      <span />
      <span>{words.restorePlanView.inFolder}</span>
      <span>{words.restorePlanView.atDestination}</span>
    </div>
    <ScrollList
      aria-label={words.restorePlanView.whatChanges}
      className="max-h-128 divide-y divide-line rounded-lg border border-line bg-surface"
    >
      {lines.map(({ key, word, tone, there }) => (
        <li
          key={key}
          className="grid grid-cols-[4.5rem_minmax(0,1fr)] items-baseline gap-x-3 gap-y-0.5 px-3 py-1.5 text-sm sm:grid-cols-[5rem_minmax(0,1fr)_minmax(0,1fr)]"
        >
          <span>
            <Badge tone={tone}>{word}</Badge>
          </span>
          <span className="font-mono break-all">{key}</span>
          <span className="wrap-anywhere text-soft max-sm:col-start-2">
            <span className="sm:sr-only">{words.restorePlanView.atDestinationPrefix} </span>
            {there}
          </span>
        </li>
      ))}
    </ScrollList>
  </div>
)
