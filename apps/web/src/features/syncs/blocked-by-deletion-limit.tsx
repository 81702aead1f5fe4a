import { useState } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Sync } from '../../lib/types.ts'
import { ApproveDialog } from './approve-dialog.tsx'
import type { Blockage } from './blocked-banner.tsx'
import { BlockedKeys } from './blocked-keys.tsx'

/** The plan takes away too much to continue without a person. */
export function BlockedByDeletionLimit({ sync, blocked }: { sync: Sync; blocked: Blockage }) {
  const [reviewing, setReviewing] = useState(false)
  return (
    <>
      <Notice
        kind="blocked"
        title="Blocked: this plan deletes many keys"
        action={
          <Button variant="danger" size="sm" onClick={() => setReviewing(true)}>
            Review the plan
          </Button>
        }
      >
        <div className="grid gap-2">
          <p>{blocked.message}</p>
          <BlockedKeys sync={sync} blocked={blocked} linked={false} />
        </div>
      </Notice>
      {reviewing && <ApproveDialog sync={sync} onClose={() => setReviewing(false)} />}
    </>
  )
}
