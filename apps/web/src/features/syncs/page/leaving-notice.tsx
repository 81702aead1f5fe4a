import { Notice } from '../../../components/ui/notice.tsx'
import type { Sync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** The sync was pointed elsewhere, and what it wrote before leaves once the new destination is filled. */
export function LeavingNotice({ sync: { leaving } }: { sync: Sync }) {
  if (leaving === null || leaving.retryAt !== null) return null
  return (
    <Notice title={leaving.keys === 0 ? words.leavingNotice.title : words.leavingNotice.left(leaving.keys)}>
      {leaving.message}
    </Notice>
  )
}
