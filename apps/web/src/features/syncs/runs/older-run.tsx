import { ArrowLeft } from 'lucide-react'
import { Failure } from '../../../components/failure.tsx'
import { RunStateBadge } from '../../../components/syncs/run-state.tsx'
import { Time } from '../../../components/time.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Section } from '../../../components/ui/card.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { UnknownNotice } from '../../../components/pages/unknown-notice.tsx'
import { isUnknown } from '../../../lib/server/errors.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { Sync } from '../../../lib/server/types.ts'
import { RunOutcomes } from './run-outcomes.tsx'
import { words } from '../words.ts'

interface Props {
  sync: Sync
  runId: string
  onClose: () => void
  onRestore: (run: string) => void
}

/** The run that the address names, where it is not among those that are listed. */
export function OlderRun({ sync, runId, onClose, onRestore }: Props) {
  const { data, error, refetch } = trpc.syncs.run.useQuery({
    destination: sync.destination,
    syncId: sync.id,
    runId,
  })
  if (isUnknown(error))
    return (
      <UnknownNotice
        what={words.olderRun.what}
        why={words.olderRun.why}
        label={words.olderRun.latest}
        onClose={onClose}
      />
    )
  if (error) return <Failure what={words.olderRun.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.olderRun.loading} />
  return (
    <Section
      title={words.olderRun.title}
      text={
        <span className="flex flex-wrap items-center gap-2">
          <RunStateBadge state={data.state} /> <Time iso={data.startedAt} />
        </span>
      }
      action={
        <Button size="sm" onClick={onClose}>
          <ArrowLeft aria-hidden className="size-3.5" /> {words.olderRun.latest}
        </Button>
      }
    >
      <RunOutcomes sync={sync} run={data} onRestore={() => onRestore(data.id)} />
    </Section>
  )
}
