import { planReasonText } from '@keyferry/schemas'
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../../lib/cn.ts'
import type { Plan } from '../../lib/server/types.ts'
import { Notice } from '../ui/notice.tsx'
import { ScrollList } from '../ui/scroll-list.tsx'
import { words } from '../words.ts'

type Change = Plan['changes'][number]

interface Group {
  title: (n: number) => string
  tone: string
  open: boolean
  changes: readonly Change[]
}

const groupsOf = (plan: Plan): Group[] => {
  const of = (action: Change['action'], takesOver?: boolean) =>
    plan.changes.filter(
      (change) => change.action === action && (takesOver === undefined || (change.takesOver ?? false) === takesOver),
    )
  const groups: Group[] = [
    { title: (n) => words.planView.willBeDeleted(n), tone: 'text-bad', open: true, changes: of('delete') },
    {
      title: (n) => words.planView.willBeOverwritten(n),
      tone: 'text-warn',
      open: true,
      changes: of('update', true),
    },
    { title: (n) => words.planView.cantBeStored(n), tone: 'text-warn', open: true, changes: of('reject') },
    { title: (n) => words.planView.willBeCreated(n), tone: 'text-good', open: true, changes: of('create') },
    {
      title: (n) => words.planView.willBeUpdated(n),
      tone: 'text-accent',
      open: true,
      changes: of('update', false),
    },
    { title: (n) => words.planView.unchanged(n), tone: 'text-soft', open: false, changes: of('keep') },
    {
      title: (n) => words.planView.notTouched(n),
      tone: 'text-soft',
      open: false,
      changes: of('foreign'),
    },
  ]
  return groups.filter((group) => group.changes.length > 0)
}

/** A plan for a person: what is large first, then every key. Never a value. */
export function PlanView({ plan }: { plan: Plan }) {
  const { create, update, delete: deletes, keep, reject } = plan.summary
  return (
    <div className="grid gap-4">
      <dl className="grid grid-cols-5 gap-1.5">
        <Figure n={create} word={words.planView.create} tone="text-good" />
        <Figure n={update} word={words.planView.update} tone="text-accent" />
        <Figure n={deletes} word={words.planView.delete} tone="text-bad" tint="bg-bad-tint border-bad/40" />
        <Figure n={keep} word={words.planView.keep} tone="text-ink" />
        <Figure n={reject} word={words.planView.reject} tone="text-warn" tint="bg-warn-tint border-warn/40" />
      </dl>
      {plan.fuse !== null && (
        <Notice kind="warn" title={words.planView.needsApproval}>
          {plan.fuse}
        </Notice>
      )}
      {plan.changes.length === 0 && <p className="text-base text-soft">{words.planView.empty}</p>}
      {groupsOf(plan).map((group) => (
        <details
          key={group.tone + group.title(0)}
          open={group.open}
          className="group rounded-lg border border-line bg-surface"
        >
          <summary
            className={cn('flex list-none items-center gap-2 rounded-lg px-3 py-2.5 text-sm font-semibold', group.tone)}
          >
            <ChevronRight aria-hidden className="size-4 transition-transform group-open:rotate-90" />
            {group.title(group.changes.length)}
          </summary>
          <ScrollList
            aria-label={group.title(group.changes.length)}
            className="max-h-128 divide-y divide-line border-t border-line"
          >
            {group.changes.map(({ key, reason }) => (
              <li key={key} className="grid gap-x-4 px-3 py-1.5 text-sm sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
                <span className="font-mono break-all">{key}</span>
                <span className="break-words text-soft">{planReasonText(reason)}</span>
              </li>
            ))}
          </ScrollList>
        </details>
      ))}
    </div>
  )
}

const Figure = ({ n, word, tone, tint }: { n: number; word: ReactNode; tone: string; tint?: string }) => (
  <div className={cn('flex flex-col-reverse rounded-lg border border-line bg-surface p-2 max-sm:px-1', n > 0 && tint)}>
    <dt className="text-sm text-soft max-sm:text-xs">{word}</dt>
    <dd className={cn('text-2xl font-semibold tabular-nums', n > 0 ? tone : 'text-faint')}>{n}</dd>
  </div>
)
