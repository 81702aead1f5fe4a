import { Link } from '@tanstack/react-router'
import { Notice } from '../../components/ui/notice.tsx'
import type { Sync } from '../../lib/types.ts'
import { count } from '../../lib/words.ts'

/** What someone changed at the target itself, and what becomes of it. */
export function DriftNotice({ sync }: { sync: Sync }) {
  const { drift, projectId, destination, id, syncOptions } = sync
  if (drift === null) return null
  const page = {
    to: '/p/$projectId/syncs/$destination/$syncId',
    params: { projectId, destination, syncId: id },
  } as const
  if (drift.count === 0) {
    return (
      <Notice kind="warn" title="The last look at the target failed">
        {drift.message}
      </Notice>
    )
  }
  return (
    <Notice kind="warn" title={`${count(drift.count, 'key')} drifted: changed at the target, not here`}>
      {drift.message ??
        (syncOptions.driftRepair ? 'The next run repairs it.' : '“Sync now” writes the folder’s values again.')}{' '}
      <Link {...page} search={{ filter: 'not-in-sync' }} className="font-medium text-accent underline">
        Show the keys
      </Link>{' '}
      or{' '}
      <Link {...page} search={{ tab: 'plan' }} className="font-medium text-accent underline">
        the plan
      </Link>
      .
    </Notice>
  )
}
