import { count } from '@keyferry/schemas/count'
import { Link } from '@tanstack/react-router'
import { Wrench } from 'lucide-react'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Sync } from '../../lib/types.ts'
import { useTrigger } from './use-trigger.ts'

/** What someone changed at the target itself, and what becomes of it. */
export function DriftNotice({ sync }: { sync: Sync }) {
  const { trigger, busy, denied } = useTrigger(sync)
  const { drift } = sync
  if (drift === null || (drift.count === 0 && drift.message === null)) return null
  const { repairsStopped, message } = drift
  const drifted = drift.count > 0
  return (
    <Notice
      kind="warn"
      title={
        repairsStopped
          ? 'Something else writes there too'
          : drifted
            ? `${count(drift.count, 'key')} drifted: changed at the target, not here`
            : 'The last look at the target failed'
      }
      action={
        repairsStopped && (
          <Button size="sm" busy={busy} denied={denied} onClick={trigger}>
            {!busy && <Wrench aria-hidden className="size-3.5" />} Repair and continue repairing
          </Button>
        )
      }
    >
      <div className="grid gap-1">
        <p>{message ?? whatNext(sync)}</p>
        {drifted && <Where sync={sync} n={drift.count} counted={!repairsStopped} />}
      </div>
    </Notice>
  )
}

const whatNext = ({ options }: Sync): string =>
  options.driftRepair ? 'The next look repairs it.' : '“Sync now” writes the folder’s values again.'

function Where({ sync, n, counted }: { sync: Sync; n: number; counted: boolean }) {
  const { projectId, destination, id } = sync
  const page = {
    to: '/p/$projectId/syncs/$destination/$syncId',
    params: { projectId, destination, syncId: id },
  } as const
  const link = 'font-medium text-accent underline'
  return (
    <p>
      {!counted && `${count(n, 'key differs', 'keys differ')} now. `}
      <Link {...page} search={{ filter: 'not-in-sync' }} className={link}>
        Show the keys
      </Link>{' '}
      or{' '}
      <Link {...page} search={{ tab: 'plan' }} className={link}>
        the plan
      </Link>
      .
    </p>
  )
}
