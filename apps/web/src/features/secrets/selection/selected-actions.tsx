import { CircleSlash, Copy, Download, FolderInput, Tag, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { SECRETS_AT_ONCE } from '../../../lib/server/chunks.ts'
import { atSource, inFolder, useWhyNot } from '../../../lib/session/rights.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef, SecretRow } from '../../../lib/server/types.ts'
import { useReaders } from '../../../lib/lists/use-readers.ts'
import { words } from '../words.ts'

const CopyDialog = onDemand(async () => (await import('./copy-dialog.tsx')).CopyDialog)
const DeleteSecrets = onDemand(async () => (await import('./delete-secrets.tsx')).DeleteSecrets)
const ExcludeSecrets = onDemand(async () => (await import('./exclude-secrets.tsx')).ExcludeSecrets)
const ExportDialog = onDemand(async () => (await import('../folders/export-dialog.tsx')).ExportDialog)
const MoveSecrets = onDemand(async () => (await import('./move-secrets.tsx')).MoveSecrets)
const TagDialog = onDemand(async () => (await import('./tag-dialog.tsx')).TagDialog)

interface Props {
  place: FolderRef
  rows: readonly SecretRow[]
  /** Nothing is selected any more. */
  onDone: () => void
}

/** What can be done with the selected secrets. */
export function SelectedActions({ place, rows, onDone }: Props) {
  const [dialog, setDialog] = useState<'move' | 'copy' | 'tag' | 'exclude' | 'export' | 'delete'>()
  const close = () => setDialog(undefined)
  const project = trpc.projects.get.useQuery({ projectId: place.projectId })
  const whyNot = useWhyNot(place.projectId)
  const unreadable = whyNot('secrets.read-values', inFolder(place))
  const readers = useReaders(place)
  const managed = (readers ?? []).filter((sync) => whyNot('syncs.manage', atSource(sync)) === undefined)
  const notExcluded = whyNot('syncs.manage', inFolder(place)) ?? words.selectedActions.noSync
  const keys = rows.map(({ key }) => key)
  const what = words.selectedActions.secrets(rows.length)
  const other = project.data?.environments.find(({ slug }) => slug !== place.environment)?.slug ?? place.environment
  return (
    <>
      <Button size="sm" denied={unreadable} onClick={() => setDialog('copy')}>
        <Copy aria-hidden className="size-3.5" /> {words.selectedActions.copyEnvironment}
      </Button>
      <Button
        size="sm"
        denied={rows.length > SECRETS_AT_ONCE ? words.selectedActions.tooMany(SECRETS_AT_ONCE) : undefined}
        onClick={() => setDialog('move')}
      >
        <FolderInput aria-hidden className="size-3.5" /> {words.selectedActions.move(what)}
      </Button>
      <Button size="sm" onClick={() => setDialog('tag')}>
        <Tag aria-hidden className="size-3.5" /> {words.selectedActions.tag}
      </Button>
      <Button size="sm" denied={managed.length > 0 ? undefined : notExcluded} onClick={() => setDialog('exclude')}>
        <CircleSlash aria-hidden className="size-3.5" /> {words.selectedActions.exclude}
      </Button>
      <Button size="sm" denied={unreadable} onClick={() => setDialog('export')}>
        <Download aria-hidden className="size-3.5" /> {words.selectedActions.export(what)}
      </Button>
      <Button size="sm" variant="quietDanger" onClick={() => setDialog('delete')}>
        <Trash2 aria-hidden className="size-3.5" /> {words.selectedActions.delete(what)}
      </Button>
      {dialog === 'copy' && (
        <CopyDialog place={place} keys={keys} environment={other} onDone={onDone} onClose={close} />
      )}
      {dialog === 'move' && <MoveSecrets place={place} rows={rows} onDone={onDone} onClose={close} />}
      {dialog === 'tag' && <TagDialog place={place} rows={rows} onDone={onDone} onClose={close} />}
      {dialog === 'exclude' && (
        <ExcludeSecrets place={place} keys={keys} syncs={managed} onDone={onDone} onClose={close} />
      )}
      {dialog === 'export' && <ExportDialog place={place} keys={keys} onClose={close} />}
      {dialog === 'delete' && <DeleteSecrets place={place} keys={keys} onDone={onDone} onClose={close} />}
    </>
  )
}
