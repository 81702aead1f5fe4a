import { count } from '@keyferry/schemas/count'
import { Notice } from '../../components/ui/notice.tsx'
import type { Sync } from '../../lib/types.ts'

/** The sync was pointed elsewhere, and what it wrote before leaves once the new destination is filled. */
export function LeavingNotice({ sync: { leaving } }: { sync: Sync }) {
  if (leaving === null || leaving.retryAt !== null) return null
  return (
    <Notice
      title={
        leaving.keys === 0
          ? 'Leaving its old destination'
          : `Leaving its old destination: ${count(leaving.keys, 'key')} to remove`
      }
    >
      {leaving.message}
    </Notice>
  )
}
