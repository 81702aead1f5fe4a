import type { PlanSummary } from '../lib/types.ts'

/** `+3 ~1 -0` with the words for screen readers. */
export const Counts = ({ counts }: { counts: PlanSummary }) => (
  <span className="font-mono text-xs tabular-nums sm:whitespace-nowrap">
    <span className={counts.create > 0 ? 'font-semibold text-good' : 'text-faint'}>
      <span aria-hidden>+{counts.create}</span>
      <span className="sr-only">{counts.create} created, </span>
    </span>{' '}
    <span className={counts.update > 0 ? 'font-semibold text-warn' : 'text-faint'}>
      <span aria-hidden>~{counts.update}</span>
      <span className="sr-only">{counts.update} updated, </span>
    </span>{' '}
    <span className={counts.delete > 0 ? 'font-semibold text-bad' : 'text-faint'}>
      <span aria-hidden>−{counts.delete}</span>
      <span className="sr-only">{counts.delete} deleted</span>
    </span>
    {counts.reject > 0 && <span className="ml-1.5 text-warn">{counts.reject} rejected</span>}
  </span>
)
