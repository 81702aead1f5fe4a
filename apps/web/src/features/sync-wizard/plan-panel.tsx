import { Failure } from '../../components/failure.tsx'
import { ImportPreviewView } from '../../components/syncs/import-preview.tsx'
import { PlanView } from '../../components/syncs/plan-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import type { Planned } from './use-plan.ts'
import { words } from './words.ts'

interface Props {
  planned: Planned
  autoSync: boolean
  /** What is missing or wrong before a plan can be made. */
  problem: string | undefined
}

/** What the first sync will do, beside the form, counts first; the foot of the wizard announces these. */
export function PlanPanel({ planned, autoSync, problem }: Props) {
  const { place, plan, importPreview, imports, error, isBusy, refresh } = planned
  return (
    <section
      aria-label={imports ? words.planPanel.import : words.planPanel.plan}
      aria-busy={isBusy}
      className="grid gap-3 rounded-lg border border-line bg-surface p-4 xl:sticky xl:top-20 xl:max-h-[calc(100vh-10rem)] xl:overflow-y-auto"
    >
      <div className="flex flex-wrap items-baseline gap-3">
        <h2 className="flex-1 text-base font-semibold">
          {imports ? words.planPanel.importTitle : words.planPanel.planTitle}
        </h2>
        {(plan ?? importPreview) !== undefined && (
          <Button size="sm" busy={isBusy} onClick={refresh}>
            {words.planPanel.refreshPlan}
          </Button>
        )}
      </div>
      <div aria-live="polite" className="grid gap-3 empty:hidden">
        {place?.hasDuplicate === true && (
          <Notice kind="warn" title={words.planPanel.overlap}>
            {words.planPanel.overlapText}
          </Notice>
        )}
        {place?.maybeDuplicate === true && (
          <Notice kind="warn" title={words.planPanel.sameName}>
            {words.planPanel.sameNameText}
          </Notice>
        )}
      </div>
      {problem !== undefined ? (
        <p className="text-sm text-soft">{words.planPanel.noPlanYet(problem)}</p>
      ) : isBusy ? (
        <SkeletonRows label={words.planPanel.loading} rows={4} />
      ) : error ? (
        <Failure what={words.planPanel.failed} error={error} retry={refresh} />
      ) : plan ? (
        <PlanView plan={plan} />
      ) : (
        importPreview && <ImportPreviewView preview={importPreview} />
      )}
      {imports && <Notice>{words.planPanel.importConsequence}</Notice>}
      {!autoSync && <Notice>{words.planPanel.autoSyncOff}</Notice>}
    </section>
  )
}
