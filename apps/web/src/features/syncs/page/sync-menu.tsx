import { Link } from '@tanstack/react-router'
import { Copy, CopyPlus, Download, Pause, Play, Radar, Trash2, Zap, ZapOff } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { OpenTarget } from '../../../components/syncs/open-target.tsx'
import { Menu, MenuItem, MenuLine } from '../../../components/ui/menu.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { atSource, useWhyNot } from '../../../lib/session/rights.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { Destination, ListedSync } from '../../../lib/server/types.ts'
import { useDriftCheck } from '../plan/use-drift-check.ts'
import { usePauses } from '../pauses/use-pauses.ts'
import { words } from '../words.ts'

const CloneDialog = onDemand(async () => (await import('./clone-dialog.tsx')).CloneDialog)
const ImportDialog = onDemand(async () => (await import('./import-dialog.tsx')).ImportDialog)
const PauseDialog = onDemand(async () => (await import('../pauses/pause-dialog.tsx')).PauseDialog)

interface Props {
  sync: ListedSync
  destination: Destination | undefined
  trigger: ReactNode
}

/** What can be done with a sync beside running it, on its page and in lists. */
export function SyncMenu({ sync, destination, trigger }: Props) {
  const { id: syncId, projectId, autoSync } = sync
  const one = { destination: sync.destination, syncId }
  const [dialog, setDialog] = useState<'clone' | 'import' | 'pause'>()
  const close = () => setDialog(undefined)
  const pauses = usePauses({ scope: 'syncs', syncs: [sync] })
  const drift = useDriftCheck(sync)
  const update = trpc.syncs.update.useMutation({
    onError: (error) => toast.error(messageOf(error)),
    onSettled: () => markStale('syncs.update'),
  })
  const isManaged = useWhyNot(projectId)('syncs.manage', atSource(sync)) === undefined
  const canImport = destination?.canImportSecrets === true && sync.folder !== null
  const copyId = () => void navigator.clipboard.writeText(syncId).then(() => toast.success(words.syncMenu.copied))
  return (
    <>
      <Menu trigger={trigger}>
        <OpenTarget sync={sync} destination={destination} />
        <MenuItem onSelect={copyId}>
          <Copy aria-hidden className="size-4" /> {words.syncMenu.copySyncId}
        </MenuItem>
        {drift.denied === undefined && (
          <MenuItem onSelect={drift.check}>
            <Radar aria-hidden className="size-4" /> {words.syncMenu.checkForDrift}
          </MenuItem>
        )}
        {pauses.denied === undefined &&
          (isPausedAlone(sync) ? (
            <MenuItem onSelect={() => void pauses.resume()}>
              <Play aria-hidden className="size-4" /> {words.syncMenu.resume}
            </MenuItem>
          ) : (
            <MenuItem onSelect={() => setDialog('pause')}>
              <Pause aria-hidden className="size-4" /> {words.syncMenu.pause}
            </MenuItem>
          ))}
        {isManaged && (
          <>
            <MenuItem onSelect={() => update.mutate({ ...one, autoSync: !autoSync })}>
              {autoSync ? <ZapOff aria-hidden className="size-4" /> : <Zap aria-hidden className="size-4" />}
              {autoSync ? words.syncMenu.turnOffAutoSync : words.syncMenu.turnOnAutoSync}
            </MenuItem>
            {canImport && (
              <MenuItem onSelect={() => setDialog('import')}>
                <Download aria-hidden className="size-4" /> {words.syncMenu.importSecrets}
              </MenuItem>
            )}
            {destination && (
              <MenuItem onSelect={() => setDialog('clone')}>
                <CopyPlus aria-hidden className="size-4" /> {words.syncMenu.clone}
              </MenuItem>
            )}
            <MenuLine />
            <MenuItem danger asChild>
              <Link
                to="/p/$projectId/syncs/$destination/$syncId"
                params={{ projectId, ...one }}
                search={{ tab: 'danger' }}
                resetScroll={false}
              >
                <Trash2 aria-hidden className="size-4" /> {words.syncMenu.removeOrDelete}
              </Link>
            </MenuItem>
          </>
        )}
      </Menu>
      {dialog === 'clone' && destination && <CloneDialog sync={sync} destination={destination} onClose={close} />}
      {dialog === 'import' && <ImportDialog sync={sync} onClose={close} />}
      {dialog === 'pause' && <PauseDialog subject={{ scope: 'syncs', syncs: [sync] }} onClose={close} />}
    </>
  )
}

const isPausedAlone = ({ reason }: ListedSync): boolean => reason?.code === 'paused' && reason.scope === 'sync'
