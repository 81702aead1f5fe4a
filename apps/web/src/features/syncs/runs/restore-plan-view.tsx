import { Link } from '@tanstack/react-router'
import { LinkedText } from '../../../components/linked-text.tsx'
import { Badge, type Tone } from '../../../components/ui/badge.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { ScrollList } from '../../../components/ui/scroll-list.tsx'
import { targetName } from '../../../lib/values/key-schema.ts'
import type { RestorePlan, Sync, Uses } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

interface Line {
  key: string
  word: string
  tone: Tone
  /** What the sync does at the destination because of it. */
  there: string
}

/** What a rollback would change: in the folder, and then at the destination. Never a value. */
export function RestorePlanView({
  sync,
  plan,
  others,
}: {
  sync: Sync
  plan: RestorePlan
  /** Other syncs that read the folder: their destinations are updated too. */
  others: Uses['syncs']
}) {
  const name = (key: string) => targetName(sync.options.keySchema, key, sync.environment?.slug ?? '')
  const stays = sync.options.deletionPolicy === 'none'
  const lines: Line[] = [
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
  return (
    <div className="grid gap-4">
      {lines.length === 0 ? (
        <p className="text-base">{words.restorePlanView.nothing(plan.unchanged)}</p>
      ) : (
        <>
          <p aria-live="polite" className="text-base">
            <Figures plan={plan} />
          </p>
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
        </>
      )}
      {plan.notRestorable.length > 0 && (
        <Notice kind="warn" title={words.restorePlanView.notRestorable(plan.notRestorable.length)}>
          <ScrollList aria-label={words.restorePlanView.notRestorableLabel} className="grid max-h-64 gap-1">
            {plan.notRestorable.map(({ key, reason, mentions }) => (
              <li key={key} className="break-words">
                <span className="font-mono break-all">{key}</span>: <LinkedText text={reason} mentions={mentions} />
              </li>
            ))}
          </ScrollList>
        </Notice>
      )}
      {lines.length > 0 && others.length > 0 && (
        <Notice title={words.restorePlanView.others(others.length)}>
          {words.restorePlanView.othersText}{' '}
          {others.map(({ id, name, destination }, index) => (
            <span key={id}>
              {index > 0 && ', '}
              <Link
                to="/p/$projectId/syncs/$destination/$syncId"
                params={{ projectId: sync.projectId, destination, syncId: id }}
                className="font-medium text-accent underline"
              >
                {name}
              </Link>
            </span>
          ))}
          .
        </Notice>
      )}
    </div>
  )
}

function Figures({ plan: { added, changed, removed, unchanged } }: { plan: RestorePlan }) {
  const figures = [
    { n: added.length, word: words.restorePlanView.added, tone: 'text-good' },
    { n: changed.length, word: words.restorePlanView.changed, tone: 'text-accent' },
    { n: removed.length, word: words.restorePlanView.deleted, tone: 'text-bad' },
  ].filter(({ n }) => n > 0)
  return (
    <>
      {figures.map(({ n, word, tone }, index) => (
        <span key={word}>
          {index > 0 && ', '}
          <strong className={`font-semibold ${tone}`}>{`${n.toLocaleString('en')} ${word}`}</strong>
        </span>
      ))}
      {words.restorePlanView.unchanged(unchanged)}
    </>
  )
}
