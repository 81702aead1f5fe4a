import { Fragment, type ReactNode } from 'react'
import { Button } from '../../components/ui/button.tsx'
import type { Problem } from './checks.ts'
import type { Planned } from './use-plan.ts'
import { words } from './words.ts'

interface Props {
  planned: Planned
  /** What keeps the sync from being created, the first of the page first. */
  problems: readonly Problem[]
  busy: boolean
  onCreate: () => void
  /** Leads to the field that a problem is about. */
  onFix: (problem: Problem) => void
}

/** The foot of the wizard, always in view: what will happen, or why it can't yet, and the way on. */
export function CreateBar({ planned, problems, busy, onCreate, onFix }: Props) {
  const { plan, importPreview, imports, isBusy, error } = planned
  const [problem] = problems
  const ready = problem === undefined && !isBusy && (plan ?? importPreview) !== undefined
  return (
    <div
      data-foot
      className="sticky bottom-0 z-10 -mx-1 flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line bg-canvas px-1 py-3"
    >
      <div role="status" id="why-not-yet" className="min-w-0 flex-1 basis-48 text-sm text-soft">
        {problem !== undefined ? (
          <button
            type="button"
            className="text-left font-medium text-accent hover:underline"
            onClick={() => onFix(problem)}
          >
            {problem.message}
          </button>
        ) : isBusy ? (
          words.createBar.planning
        ) : error ? (
          words.createBar.planFailed
        ) : (
          plan && <Counts plan={plan} />
        )}
      </div>
      <Button
        variant="primary"
        busy={busy}
        disabled={!ready}
        aria-describedby={ready ? undefined : 'why-not-yet'}
        className="ml-auto"
        onClick={onCreate}
      >
        {imports ? words.createBar.importCreateSync : words.createBar.createSync}
      </Button>
    </div>
  )
}

function Counts({ plan: { summary } }: { plan: NonNullable<Planned['plan']> }) {
  const parts: ReactNode[] = [
    summary.create > 0 && words.createBar.created(summary.create),
    summary.update > 0 && words.createBar.overwritten(summary.update),
    summary.delete > 0 && (
      <span key="delete" className="font-semibold text-bad">
        {words.createBar.deleted(summary.delete)}
      </span>
    ),
    summary.reject > 0 && words.createBar.cantBeStored(summary.reject),
  ].filter(Boolean)
  if (parts.length === 0) return words.createBar.nothingChanges
  return parts.map((part, index) => (
    <Fragment key={index}>
      {index > 0 && ' · '}
      <span className="whitespace-nowrap">{part}</span>
    </Fragment>
  ))
}
