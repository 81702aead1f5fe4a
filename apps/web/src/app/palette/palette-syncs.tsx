import { useRouter } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { Play, Plus, RefreshCw } from 'lucide-react'
import { useEffect, useEffectEvent } from 'react'
import { messageOf } from '../../lib/server/errors.ts'
import { atSource, useRights } from '../../lib/session/rights.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { PauseSubject } from '../../features/syncs/pauses/use-pauses.ts'
import { group, Item } from './palette-item.tsx'
import { PauseCommands } from './palette-pause.tsx'
import { words } from '../words.ts'

interface Props {
  projectId: string
  go: (to: Promise<void>) => void
  onClose: () => void
  /** They arrived from the server. */
  onFound: () => void
  /** Asks for the reason before syncs are paused. */
  onPause: (subject: PauseSubject) => void
}

/** The syncs of the project: to open, to run and to pause. */
export function PaletteSyncs({ projectId, go, onClose, onFound, onPause }: Props) {
  const router = useRouter()
  const syncs = trpc.syncs.briefs.useQuery({ projectId })
  const { rights } = useRights(projectId)
  const arrived = useEffectEvent(onFound)
  useEffect(() => {
    if (syncs.data) arrived()
  }, [syncs.data])
  const trigger = trpc.syncs.trigger.useMutation()

  const runnable = syncs.data?.filter((sync) => rights?.may('syncs.run', atSource(sync)))
  const run = (destination: string, syncId: string, name: string) => {
    onClose()
    trigger.mutate(
      { destination, syncId },
      {
        onSuccess: () => toast.success(words.paletteSyncs.started(name)),
        onError: (error) => toast.error(words.paletteSyncs.failed(name, messageOf(error))),
      },
    )
  }
  return (
    <Command.Group heading={words.paletteSyncs.syncs} className={group}>
      {syncs.data?.map(({ id, name, destination, targetLabel }) => (
        <Item
          key={id}
          value={words.paletteSyncs.syncSearched(name, targetLabel, id)}
          onSelect={() =>
            go(
              router.navigate({
                to: '/p/$projectId/syncs/$destination/$syncId',
                params: { projectId, destination, syncId: id },
              }),
            )
          }
        >
          <RefreshCw aria-hidden /> <span className="max-w-2/3 shrink-0">{name}</span>{' '}
          <span className="truncate text-sm text-faint">{targetLabel}</span>
        </Item>
      ))}
      {runnable?.map(({ id, name, destination }) => (
        <Item key={id} value={words.paletteSyncs.syncNowSearched(name, id)} onSelect={() => run(destination, id, name)}>
          <Play aria-hidden /> {words.paletteSyncs.syncNow(name)}
        </Item>
      ))}
      <PauseCommands projectId={projectId} onClose={onClose} onPause={onPause} />
      {rights?.may('syncs.manage') && (
        <Item
          value={words.paletteSyncs.addSyncSearched}
          onSelect={() => go(router.navigate({ to: '/p/$projectId/syncs/new', params: { projectId } }))}
        >
          <Plus aria-hidden /> {words.paletteSyncs.addSync}
        </Item>
      )}
    </Command.Group>
  )
}
