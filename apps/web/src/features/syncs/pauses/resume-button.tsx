import { Play } from 'lucide-react'
import { Button } from '../../../components/ui/button.tsx'
import type { StatusReason, ListedSync } from '../../../lib/server/types.ts'
import { usePauses } from './use-pauses.ts'
import { words } from '../words.ts'

/** Ends the pause that holds a sync: its own, the project's, or that of the instance. */
export function ResumeButton({
  sync,
  reason,
}: {
  sync: ListedSync
  reason: Extract<StatusReason, { code: 'paused' }>
}) {
  const { resume, busy, denied } = usePauses(
    reason.scope === 'sync' ? { scope: 'syncs', syncs: [sync] } : { scope: reason.scope, projectId: sync.projectId },
  )
  const label = {
    sync: words.resumeButton.resume,
    project: words.resumeButton.resumeProject,
    instance: words.resumeButton.resumeEverything,
  }[reason.scope]
  return (
    <Button size="sm" variant="primary" busy={busy} denied={denied} onClick={() => void resume()}>
      {!busy && <Play aria-hidden className="size-3.5" />} {label}
    </Button>
  )
}
