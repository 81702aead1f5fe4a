import { Link } from '@tanstack/react-router'
import { LinkedText } from '../../../components/linked-text.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { ScrollList } from '../../../components/ui/scroll-list.tsx'
import type { RestorePlan, Sync, Uses } from '../../../lib/server/types.ts'
import { words } from '../words.ts'
import { RestoreLines, restoreLines } from './restore-lines.tsx'

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
  const lines = restoreLines(sync, plan)
  return (
    <div className="grid gap-4">
      {lines.length === 0 ? (
        <p className="text-base">{words.restorePlanView.nothing(plan.unchanged)}</p>
      ) : (
        <>
          <p aria-live="polite" className="text-base">
            <Figures plan={plan} />
          </p>
          <RestoreLines lines={lines} />
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
