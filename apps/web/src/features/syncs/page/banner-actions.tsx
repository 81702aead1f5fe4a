import { onDemand } from '../../../components/on-demand.tsx'
import { Link } from '@tanstack/react-router'
import { Play, Wrench } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '../../../components/ui/button.tsx'
import { atSource, useRights } from '../../../lib/session/rights.ts'
import type { StatusReason, ListedSync } from '../../../lib/server/types.ts'
import { ApproveButton } from '../plan/approve-button.tsx'
import { ResumeButton } from '../pauses/resume-button.tsx'
import { useTrigger } from '../plan/use-trigger.ts'
import { words } from '../words.ts'

const ReplaceCredential = onDemand(async () => (await import('./replace-credential.tsx')).ReplaceCredential)

/** What resolves the reason, as buttons. */
export function BannerActions({ sync, reason }: { sync: ListedSync; reason: StatusReason }) {
  switch (reason.code) {
    case 'credential-rejected':
      return (
        <Group>
          <ReplaceCredential sync={sync} />
          <Run sync={sync} label={words.bannerActions.retryNow} />
        </Group>
      )
    case 'failed':
    case 'retrying':
      return <Run sync={sync} label={words.bannerActions.retryNow} />
    case 'move-failed':
      return <Run sync={sync} label={words.bannerActions.tryNow} />
    case 'keys-not-written':
      return reason.failed > 0 ? <Run sync={sync} label={words.bannerActions.retryNow} /> : null
    case 'approval-needed':
      return <ApproveButton sync={sync} />
    case 'access-lost':
      return <TakeOver sync={sync} />
    case 'drifted':
      return (
        <Group>
          <TabLink sync={sync} tab="plan" label={words.bannerActions.showPlan} />
          <Run sync={sync} label={words.bannerActions.repairNow} repairs />
        </Group>
      )
    case 'repairs-stopped':
      return (
        <Group>
          <TabLink sync={sync} tab="plan" label={words.bannerActions.showPlan} />
          <Run sync={sync} label={words.bannerActions.repairAndResume} repairs />
        </Group>
      )
    case 'removal-failed':
      return <TabLink sync={sync} tab="danger" label={words.bannerActions.tryAgain} />
    case 'paused':
      return <ResumeButton sync={sync} reason={reason} />
    case 'changes-waiting':
    case 'never-synced':
    case 'secrets-removed':
      return <Run sync={sync} label={words.bannerActions.syncNow} />
    case 'source-incomplete':
    case 'queued':
    case 'running':
    case 'removing':
      return null
  }
}

const Group = ({ children }: { children: ReactNode }) => <div className="flex flex-wrap gap-2">{children}</div>

function Run({ sync, label, repairs = false }: { sync: ListedSync; label: string; repairs?: boolean }) {
  const { trigger, busy, denied } = useTrigger(sync)
  const Icon = repairs ? Wrench : Play
  return (
    <Button size="sm" busy={busy} denied={denied} onClick={trigger}>
      {!busy && <Icon aria-hidden className="size-3.5" />} {label}
    </Button>
  )
}

/** Anyone who can run it and read its source may take the sync over: it then runs in their name. */
function TakeOver({ sync }: { sync: ListedSync }) {
  const { rights } = useRights(sync.projectId)
  const { trigger, busy } = useTrigger(sync)
  // Whether they may read everything that it sends, imports and references included, only the server knows; it refuses
  // by name.
  const source = atSource(sync)
  const may = rights?.may('syncs.run', source) === true && rights.may('secrets.read-values', source)
  if (rights === undefined) return null
  if (!may) return <p className="text-soft">{words.bannerActions.askForReader}</p>
  return (
    <Button variant="primary" size="sm" busy={busy} onClick={trigger}>
      {!busy && <Play aria-hidden className="size-3.5" />} {words.bannerActions.takeOver}
    </Button>
  )
}

const TabLink = ({ sync, tab, label }: { sync: ListedSync; tab: string; label: string }) => (
  <Button size="sm" asChild>
    <Link
      to="/p/$projectId/syncs/$destination/$syncId"
      params={{ projectId: sync.projectId, destination: sync.destination, syncId: sync.id }}
      search={{ tab }}
    >
      {label}
    </Link>
  </Button>
)
