import { Play } from 'lucide-react'
import { LinkedText } from '../../components/linked-text.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { atSource, useRights } from '../../lib/rights.ts'
import type { Sync } from '../../lib/types.ts'
import type { Blockage } from './blocked-banner.tsx'
import { useTrigger } from './use-trigger.ts'

/** The sync's owner can no longer read its source: anyone who can read it may take the sync over. */
export function BlockedByAccess({ sync, blocked }: { sync: Sync; blocked: Blockage }) {
  const { rights } = useRights(sync.projectId)
  const { trigger, busy } = useTrigger(sync)
  // Whether they may read everything that it sends, imports and references included, only the server knows; it refuses
  // by name.
  const source = atSource(sync)
  const may = rights?.may('syncs.run', source) === true && rights.may('secrets.read-values', source)
  const where = `${sync.environment?.slug ?? ''}:${sync.folder?.path ?? ''}`
  return (
    <Notice
      kind="blocked"
      title="Blocked: its owner can no longer read the source folder"
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
        {rights !== undefined && (
          <p>
            {may
              ? 'If you take it over, it runs in your name, for as long as you can read what it sends.'
              : `Ask a developer or an admin of this project who can read all of ${where} to take it over here.`}
          </p>
        )}
      </div>
    </Notice>
  )
}
