import { Link } from '@tanstack/react-router'
import { Play } from 'lucide-react'
import { onDemand } from '../../../components/on-demand.tsx'
import { Button } from '../../../components/ui/button.tsx'
import type { ListedSync } from '../../../lib/server/types.ts'
import { ApproveButton } from '../plan/approve-button.tsx'
import { ExcludeButton } from '../keys/exclude-button.tsx'
import { useTrigger } from '../plan/use-trigger.ts'
import { words } from '../words.ts'

const ReplaceCredential = onDemand(async () => (await import('../page/replace-credential.tsx')).ReplaceCredential)

/** What a sync of the list needs next: what resolves its trouble, else a run. */
export function RowAction({ sync }: { sync: ListedSync }) {
  const { trigger, busy, denied } = useTrigger(sync)
  const { name, projectId, destination, id: syncId, reason } = sync
  if (reason?.code === 'credential-rejected') return <ReplaceCredential sync={sync} named />
  if (reason?.code === 'approval-needed') return <ApproveButton sync={sync} named />
  // A key that the destination can't store is refused again by the next run.
  const isRejected = reason?.code === 'keys-not-written' && reason.failed === 0
  if (isRejected && reason.rejected === 1 && reason.named[0])
    return <ExcludeButton sync={sync} storedKey={reason.named[0].key} />
  const [broken] = sync.blocked?.kind === 'source' ? sync.blocked.keys : []
  if (broken && sync.environment && sync.folder)
    return (
      <Button size="sm" variant="quietDanger" asChild>
        <Link
          to="/p/$projectId/secrets/$environment"
          params={{ projectId, environment: sync.environment.slug }}
          search={{ q: broken.key, ...(sync.folder.path === '/' ? {} : { path: sync.folder.path }) }}
          aria-label={words.rowAction.openNamed(broken.key, name)}
        >
          {words.rowAction.open}
        </Link>
      </Button>
    )
  // What it needs is more than a row can say.
  if (sync.blocked !== null || isRejected)
    return (
      <Button size="sm" variant="quietDanger" asChild>
        <Link
          to="/p/$projectId/syncs/$destination/$syncId"
          params={{ projectId, destination, syncId }}
          aria-label={words.rowAction.reviewNamed(name)}
        >
          {words.rowAction.review}
        </Link>
      </Button>
    )
  return (
    <Button size="sm" busy={busy} denied={denied} aria-label={words.rowAction.syncNowNamed(name)} onClick={trigger}>
      {!busy && <Play aria-hidden className="size-3.5" />}
      <span className="max-sm:hidden">{words.rowAction.syncNow}</span>
    </Button>
  )
}
