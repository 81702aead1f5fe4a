import { isWithin, joinPath, nameOf, namesOf, parentOf } from '@keyferry/schemas/secret-path'
import { Link } from '@tanstack/react-router'
import { Folder as FolderIcon, FolderPlus, Hourglass } from 'lucide-react'
import { useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { nameOfDeletion, PendingNotice, usePendingDeletions } from '../../components/pending-deletion.tsx'
import { Button } from '../../components/ui/button.tsx'
import { inFolder, useRights } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import type { PendingDeletion, FolderRef } from '../../lib/types.ts'
import { FolderMenu } from './folder-menu.tsx'
import { folderPage } from '../../lib/folder-page.ts'

const CreateFolder = onDemand(async () => (await import('./create-folder.tsx')).CreateFolder)

/**
 * Where in the tree the page is, what can be done with the folder, the folders below, and whether it is on its way out.
 */
export function FolderBar({ place }: { place: FolderRef }) {
  const { projectId, environment, secretPath } = place
  const [creating, setCreating] = useState(false)
  const { rights } = useRights(projectId)
  // The folders on the way to one's own may be walked through.
  const way = rights?.may('folders.read', inFolder(place)) !== false
  const { data: folders } = trpc.folders.list.useQuery({ projectId, environment, path: secretPath }, { enabled: way })
  const { data: beside } = trpc.folders.list.useQuery(
    { projectId, environment, path: parentOf(secretPath) },
    { enabled: way && secretPath !== '/' },
  )
  const pending = usePendingDeletions(projectId)
  const going = pending.find((deletion) => takes(deletion, place))
  const names = namesOf(secretPath)
  const folder = secretPath === '/' ? undefined : beside?.find(({ name }) => name === nameOf(secretPath))
  return (
    <div className="grid grid-cols-1 gap-3">
      {going && <PendingNotice what={nameOfDeletion(going)} projectId={projectId} deletion={going} />}
      <div className="flex flex-wrap items-center gap-x-2 gap-y-2">
        <nav aria-label="Path" className="flex min-w-0 flex-wrap items-center gap-1 font-mono text-sm">
          <Link
            {...folderPage(projectId, environment, '/')}
            activeOptions={{ exact: true }}
            className="min-w-6 rounded px-1 py-0.5 text-center text-soft hover:bg-sunken hover:text-ink"
            aria-label="Root folder"
          >
            /
          </Link>
          {names.map((each, index) => (
            <span key={index} className="flex min-w-0 items-center gap-1">
              {index > 0 && <span className="text-faint">/</span>}
              <Link
                {...folderPage(projectId, environment, `/${names.slice(0, index + 1).join('/')}`)}
                aria-current={index === names.length - 1 ? 'page' : undefined}
                className="min-w-6 rounded px-1 py-0.5 text-center break-all text-soft hover:bg-sunken aria-[current=page]:font-semibold aria-[current=page]:text-ink"
              >
                {each}
              </Link>
            </span>
          ))}
        </nav>
        {rights?.may('secrets.read-names', inFolder(place)) !== false && <FolderMenu place={place} folder={folder} />}
        <span aria-hidden className="h-4 w-px bg-line" />
        {folders?.map(({ id, name }) => (
          <Button key={id} asChild size="sm" className="max-w-full">
            <Link {...folderPage(projectId, environment, joinPath(secretPath, name))}>
              {pending.some(({ subjectId }) => subjectId === id) ? (
                <Hourglass aria-label="Being deleted" className="size-3.5 text-warn" />
              ) : (
                <FolderIcon aria-hidden className="size-3.5 text-faint" />
              )}
              <span className="truncate">{name}</span>
            </Link>
          </Button>
        ))}
        <Button
          size="sm"
          variant="ghost"
          denied={rights?.whyNot('secrets.write', inFolder(place))}
          onClick={() => setCreating(true)}
        >
          <FolderPlus aria-hidden className="size-3.5" /> New folder
        </Button>
      </div>
      {creating && <CreateFolder place={place} onClose={() => setCreating(false)} />}
    </div>
  )
}

/** Whether a deletion takes the folder with it. */
function takes({ kind, environment, secretPath }: PendingDeletion, place: FolderRef): boolean {
  if (kind === 'project') return true
  if (environment !== place.environment) return false
  return kind === 'environment' || (secretPath !== null && isWithin(place.secretPath, secretPath))
}
