import { planReasonText } from '@keyferry/schemas'
import { count } from '@keyferry/schemas/count'
import { ChevronRight } from 'lucide-react'
import type { ReactNode } from 'react'
import { cn } from '../lib/cn.ts'
import type { Plan } from '../lib/types.ts'
import { Notice } from './ui/notice.tsx'
import { ScrollList } from './ui/scroll-list.tsx'

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
    { title: (n) => `${count(n, 'key')} will be deleted`, tone: 'text-bad', open: true, changes: of('delete') },
    {
      title: (n) => `${count(n, 'key')} there, not written by this sync, will be overwritten`,
      tone: 'text-warn',
      open: true,
      changes: of('update', true),
    },
    { title: (n) => `${count(n, 'key')} can't be stored there`, tone: 'text-warn', open: true, changes: of('reject') },
    { title: (n) => `${count(n, 'key')} will be created`, tone: 'text-good', open: true, changes: of('create') },
    {
      title: (n) => `${count(n, 'key')} will be updated`,
      tone: 'text-accent',
      open: true,
      changes: of('update', false),
    },
    { title: (n) => `${count(n, 'key')} stay as they are`, tone: 'text-soft', open: false, changes: of('keep') },
    {
      title: (n) => `${count(n, 'key')} there are not touched`,
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
      <dl className="grid grid-cols-2 gap-2 sm:grid-cols-5">
        <Figure n={create} word="Create" tone="text-good" />
        <Figure n={update} word="Update" tone="text-accent" />
        <Figure n={deletes} word="Delete" tone="text-bad" tint="bg-bad-tint border-bad/40" />
        <Figure n={keep} word="Keep" tone="text-ink" />
        <Figure n={reject} word="Reject" tone="text-warn" tint="bg-warn-tint border-warn/40" />
      </dl>
      {plan.fuse !== null && (
        <Notice kind="warn" title="This plan needs an approval before it runs">
          {plan.fuse}
        </Notice>
      )}
      {plan.changes.length === 0 && <p className="text-base text-soft">There is nothing on either side.</p>}
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
  <div className={cn('flex flex-col-reverse rounded-lg border border-line bg-surface px-3 py-2', n > 0 && tint)}>
    <dt className="text-sm text-soft">{word}</dt>
    <dd className={cn('text-2xl font-semibold tabular-nums', n > 0 ? tone : 'text-faint')}>{n}</dd>
  </div>
)
