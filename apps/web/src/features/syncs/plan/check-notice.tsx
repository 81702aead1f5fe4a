import { Notice } from '../../../components/ui/notice.tsx'
import type { Sync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** Why the last drift check found nothing out; it says nothing about the sync itself. */
export function CheckNotice({ sync: { drift } }: { sync: Sync }) {
  if (drift === null || drift.count > 0 || drift.message === null || drift.repairsStopped) return null
  return (
    <Notice kind="warn" title={words.checkNotice.title}>
      {drift.message}
    </Notice>
  )
}
