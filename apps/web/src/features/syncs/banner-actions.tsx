import { NotLoadedOver, onDemand } from '../../components/on-demand.tsx'
import { Link } from '@tanstack/react-router'
import { Play, Wrench } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { Button } from '../../components/ui/button.tsx'
import { atSource, useRights } from '../../lib/rights.ts'
import type { StatusReason, Sync } from '../../lib/types.ts'
import { ResumeButton } from './resume-button.tsx'
import { useTrigger } from './use-trigger.ts'

const ReplaceCredential = onDemand(async () => (await import('./replace-credential.tsx')).ReplaceCredential)

const ApproveDialog = onDemand(async () => (await import('./approve-dialog.tsx')).ApproveDialog, null, NotLoadedOver)

/** What resolves the reason, as buttons. */
export function BannerActions({ sync, reason }: { sync: Sync; reason: StatusReason }) {
  switch (reason.code) {
    case 'credential-rejected':
      return (
        <Group>
          <ReplaceCredential sync={sync} />
          <Run sync={sync} label="Retry now" />
        </Group>
      )
    case 'failed':
    case 'retrying':
      return <Run sync={sync} label="Retry now" />
    case 'move-failed':
      return <Run sync={sync} label="Try now" />
    case 'keys-not-written':
      return reason.failed > 0 ? <Run sync={sync} label="Retry now" /> : null
    case 'approval-needed':
      return <Approve sync={sync} />
    case 'access-lost':
      return <TakeOver sync={sync} />
    case 'drifted':
      return (
        <Group>
          <TabLink sync={sync} tab="plan" label="Show plan" />
          <Run sync={sync} label="Repair now" repairs />
        </Group>
      )
    case 'repairs-stopped':
      return (
        <Group>
          <TabLink sync={sync} tab="plan" label="Show plan" />
          <Run sync={sync} label="Repair and continue repairing" repairs />
        </Group>
      )
    case 'removal-failed':
      return <TabLink sync={sync} tab="danger" label="Try again" />
    case 'paused':
      return <ResumeButton sync={sync} reason={reason} />
    case 'changes-waiting':
    case 'never-synced':
    case 'secrets-removed':
      return <Run sync={sync} label="Sync now" />
    case 'source-incomplete':
    case 'queued':
    case 'running':
    case 'removing':
      return null
  }
}

const Group = ({ children }: { children: ReactNode }) => <div className="flex flex-wrap gap-2">{children}</div>

function Run({ sync, label, repairs = false }: { sync: Sync; label: string; repairs?: boolean }) {
  const { trigger, busy, denied } = useTrigger(sync)
  const Icon = repairs ? Wrench : Play
  return (
    <Button size="sm" busy={busy} denied={denied} onClick={trigger}>
      {!busy && <Icon aria-hidden className="size-3.5" />} {label}
    </Button>
  )
}

function Approve({ sync }: { sync: Sync }) {
  const [reviewing, setReviewing] = useState(false)
  return (
    <>
      <Button variant="danger" size="sm" onClick={() => setReviewing(true)}>
        Review the plan
      </Button>
      {reviewing && <ApproveDialog sync={sync} onClose={() => setReviewing(false)} />}
    </>
  )
}

/** Anyone who can run it and read its source may take the sync over: it then runs in their name. */
function TakeOver({ sync }: { sync: Sync }) {
  const { rights } = useRights(sync.projectId)
  const { trigger, busy } = useTrigger(sync)
  // Whether they may read everything that it sends, imports and references included, only the server knows; it refuses
  // by name.
  const source = atSource(sync)
  const may = rights?.may('syncs.run', source) === true && rights.may('secrets.read-values', source)
  if (rights === undefined) return null
  if (!may) return <p className="text-soft">Ask a developer or an admin who can read its whole source.</p>
  return (
    <Button variant="primary" size="sm" busy={busy} onClick={trigger}>
      {!busy && <Play aria-hidden className="size-3.5" />} Take over and sync now
    </Button>
  )
}

const TabLink = ({ sync, tab, label }: { sync: Sync; tab: string; label: string }) => (
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
