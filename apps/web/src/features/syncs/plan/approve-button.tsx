import { useState } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { Button } from '../../../components/ui/button.tsx'
import type { ListedSync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

const ApproveDialog = onDemand(async () => (await import('./approve-dialog.tsx')).ApproveDialog)

/** Opens the plan that waits for an approval. `named`: on a page of several syncs. */
export function ApproveButton({ sync, named = false }: { sync: ListedSync; named?: boolean }) {
  const [reviewing, setReviewing] = useState(false)
  return (
    <>
      <Button
        variant="danger"
        size="sm"
        aria-label={named ? words.approveButton.reviewNamed(sync.name) : undefined}
        onClick={() => setReviewing(true)}
      >
        {words.approveButton.review}
      </Button>
      {reviewing && <ApproveDialog sync={sync} onClose={() => setReviewing(false)} />}
    </>
  )
}
