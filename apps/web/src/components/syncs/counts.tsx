import type { PlanSummary } from '../../lib/server/types.ts'
import { words } from '../words.ts'

const PARTS = [
  { count: 'create', sign: '+', word: words.counts.created, tone: 'text-good' },
  { count: 'update', sign: '~', word: words.counts.updated, tone: 'text-warn' },
  { count: 'delete', sign: '−', word: words.counts.deleted, tone: 'text-bad' },
] as const

/** `+3 ~1` with the words for screen readers; only what is not zero. `isPlanned`: of a run that was blocked before. */
export function Counts({ counts, isPlanned = false }: { counts: PlanSummary; isPlanned?: boolean }) {
  const parts = PARTS.filter(({ count }) => counts[count] > 0)
  if (parts.length === 0 && counts.reject === 0)
    return <span className="text-xs text-faint">{words.counts.noChanges}</span>
  return (
    <span className="font-mono text-xs tabular-nums sm:whitespace-nowrap">
      {parts.map(({ count, sign, word, tone }, index) => (
        <span key={count} className={`mr-1.5 font-semibold ${tone}`}>
          <span aria-hidden>
            {sign}
            {counts[count].toLocaleString('en')}
          </span>
          <span className="sr-only">
            {counts[count].toLocaleString('en')} {word}
            {index < parts.length - 1 || counts.reject > 0 ? ', ' : ''}
          </span>
        </span>
      ))}
      {counts.reject > 0 && (
        <span className="text-warn">{words.counts.rejected(counts.reject.toLocaleString('en'))}</span>
      )}
      {isPlanned && <span className="font-sans text-soft"> {words.counts.planned}</span>}
    </span>
  )
}
