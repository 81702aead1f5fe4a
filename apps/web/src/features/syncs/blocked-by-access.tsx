import { Play } from 'lucide-react'
import { LinkedText } from '../../components/linked-text.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { trpc } from '../../lib/trpc.ts'
import type { Sync } from '../../lib/types.ts'
import type { Blockage } from './blocked-banner.tsx'
import { mayTakeOver } from './may-take-over.ts'
import { useTrigger } from './use-trigger.ts'

/** Nobody who may read the source stands behind the sync any more: whoever may can take it over. */
export function BlockedByAccess({ sync, blocked }: { sync: Sync; blocked: Blockage }) {
  const { data: me } = trpc.instance.me.useQuery()
  const { trigger, busy } = useTrigger(sync)
  const may = me !== undefined && mayTakeOver(me, sync)
  const where = `${sync.environment?.slug ?? ''}:${sync.folder?.path ?? ''}`
  return (
    <Notice
      kind="blocked"
      title="Blocked: nobody who may read its source stands behind it"
      action={
        may && (
          <Button variant="primary" size="sm" busy={busy} onClick={trigger}>
            {!busy && <Play aria-hidden className="size-3.5" />} Take over and sync now
          </Button>
        )
      }
    >
      <div className="grid gap-2">
        <p>
          <LinkedText text={blocked.message} />
        </p>
        {me !== undefined && (
          <p>
            {may
              ? 'If you take it over, it goes on in your name, for as long as you may read what it sends.'
              : `Ask a developer or an admin of this project who may read the whole of ${where} to take it over here.`}
          </p>
        )}
      </div>
    </Notice>
  )
}
