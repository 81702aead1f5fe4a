import { Failure } from '../../components/failure.tsx'
import { ImportPreviewView } from '../../components/import-preview.tsx'
import { PlanView } from '../../components/plan-view.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import type { Planned } from './use-plan.ts'

interface Props {
  planned: Planned
  autoSync: boolean
  /** What is missing before a plan can be made. */
  missing: string | undefined
}

/** What the first sync will do, beside the form, counts first. */
export function PlanPanel({ planned, autoSync, missing }: Props) {
  const { place, plan, importPreview, imports, error, isBusy, refresh } = planned
  return (
    <section
      aria-label={imports ? 'Import' : 'Plan'}
      aria-live="polite"
      aria-busy={isBusy}
      className="grid gap-3 rounded-lg border border-line bg-surface p-4 xl:sticky xl:top-20 xl:max-h-[calc(100vh-10rem)] xl:overflow-y-auto"
    >
      <div className="flex flex-wrap items-baseline gap-3">
        <h2 className="flex-1 text-base font-semibold">
          {imports ? 'What the first sync will import' : 'What the first sync will do'}
        </h2>
        {(plan ?? importPreview) !== undefined && (
          <Button size="sm" busy={isBusy} onClick={refresh}>
            Refresh plan
          </Button>
        )}
      </div>
      {place?.hasDuplicate === true && (
        <Notice kind="warn" title="Another sync writes to this destination too">
          That works while their keys differ. A key that both would write is refused, with the other sync’s name.
        </Notice>
      )}
      {place?.maybeDuplicate === true && (
        <Notice kind="warn" title="Another sync writes to a destination of this name at another host">
          If the two hosts are one server under two names, each sync would overwrite or delete the other’s keys.
        </Notice>
      )}
      {missing !== undefined ? (
        <p className="text-sm text-soft">{missing} to see the plan.</p>
      ) : isBusy ? (
        <SkeletonRows label="Reading what the destination holds" rows={4} />
      ) : error ? (
        <Failure what="Couldn’t plan this sync" error={error} retry={refresh} />
      ) : plan ? (
        <PlanView plan={plan} />
      ) : (
        importPreview && <ImportPreviewView preview={importPreview} />
      )}
      {imports && (
        <Notice>
          After the import the folder decides what the destination holds. Before the first sync deletes a key that could
          not be imported, it waits for your approval.
        </Notice>
      )}
      {!autoSync && <Notice>Auto-sync is off: nothing happens until someone clicks “Sync now”.</Notice>}
    </section>
  )
}
