import { count } from '@keyferry/schemas/count'
import { Link } from '@tanstack/react-router'
import { LinkedText } from '../../components/linked-text.tsx'
import { Badge, type Tone } from '../../components/ui/badge.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { ScrollList } from '../../components/ui/scroll-list.tsx'
import { targetName } from '../../lib/key-schema.ts'
import type { RestorePlan, Sync, Uses } from '../../lib/types.ts'

interface Line {
  key: string
  word: string
  tone: Tone
  /** What the sync does at the target because of it. */
  there: string
}

/** What going back would change: in the vault, and then at the target. Never a value. */
export function RestorePlanView({
  sync,
  plan,
  others,
}: {
  sync: Sync
  plan: RestorePlan
  /** Other syncs that read the folder: their targets follow too. */
  others: Uses['syncs']
}) {
  const name = (key: string) => targetName(sync.options.keySchema, key, sync.environment?.slug ?? '')
  const stays = sync.options.deletionPolicy === 'none'
  const lines: Line[] = [
    ...plan.removed.map((key): Line => ({
      key,
      word: 'Delete',
      tone: 'bad',
      there: stays ? `${name(key)} stays: deletion is off` : `deletes ${name(key)}`,
    })),
    ...plan.changed.map((key): Line => ({ key, word: 'Change', tone: 'accent', there: `updates ${name(key)}` })),
    ...plan.added.map((key): Line => ({ key, word: 'Add', tone: 'good', there: `creates ${name(key)}` })),
  ]
  return (
    <div className="grid gap-4">
      {lines.length === 0 ? (
        <p className="text-base">
          The vault already holds what this run left there. {count(plan.unchanged, 'key is', 'keys are')} as{' '}
          {plan.unchanged === 1 ? 'it was' : 'they were'}.
        </p>
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
              <span>In the vault</span>
              <span>At the target</span>
            </div>
            <ScrollList
              aria-label="What changes"
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
                  <span className="break-all text-soft max-sm:col-start-2">
                    <span className="sm:sr-only">At the target: </span>
                    {there}
                  </span>
                </li>
              ))}
            </ScrollList>
          </div>
        </>
      )}
      {plan.notRestorable.length > 0 && (
        <Notice
          kind="warn"
          title={`${count(plan.notRestorable.length, 'key')} will not be as ${plan.notRestorable.length === 1 ? 'it was' : 'they were'}`}
        >
          <ScrollList aria-label="What cannot be brought back" className="grid max-h-64 gap-1">
            {plan.notRestorable.map(({ key, reason }) => (
              <li key={key} className="break-words">
                <span className="font-mono break-all">{key}</span>: <LinkedText text={reason} />
              </li>
            ))}
          </ScrollList>
        </Notice>
      )}
      {lines.length > 0 && others.length > 0 && (
        <Notice title={`${count(others.length, 'other sync reads', 'other syncs read')} this folder`}>
          Their targets follow too:{' '}
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
    { n: added.length, word: 'added', tone: 'text-good' },
    { n: changed.length, word: 'changed', tone: 'text-accent' },
    { n: removed.length, word: 'deleted', tone: 'text-bad' },
  ].filter(({ n }) => n > 0)
  return (
    <>
      {figures.map(({ n, word, tone }, index) => (
        <span key={word}>
          {index > 0 && ', '}
          <strong className={`font-semibold ${tone}`}>{`${n.toLocaleString('en')} ${word}`}</strong>
        </span>
      ))}
      , {count(unchanged, 'key')} as {unchanged === 1 ? 'it is' : 'they are'}.
    </>
  )
}
