import { isWithin, joinPath, nameOf, namesOf, parentOf } from '@keyferry/schemas/secret-path'
import { Link } from '@tanstack/react-router'
import { Folder as FolderIcon, FolderPlus, Hourglass } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { nameOfDeletion, PendingNotice, usePendingDeletions } from '../../../components/deletion/pending-deletion.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { IconButton } from '../../../components/ui/icon-button.tsx'
import { folderPage } from '../../../lib/pages/folder-page.ts'
import { inFolder, useRights } from '../../../lib/session/rights.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef, PendingDeletion, Project } from '../../../lib/server/types.ts'
import { FolderMenu } from './folder-menu.tsx'
import { words } from '../words.ts'

const CreateFolder = onDemand(async () => (await import('./create-folder.tsx')).CreateFolder)

/** Folders below that are one click away; the tree has them all. */
const SHOWN_BELOW = 4

interface Props {
  place: FolderRef
  /** Of the project. */
  environments: Project['environments']
  /** What can be done with the whole folder. */
  actions: ReactNode
}

/** The heading of a folder's page: its path, its menu, the first folders below it, and whether it is being deleted. */
export function FolderHeader({ place, environments, actions }: Props) {
  const { projectId, environment, secretPath } = place
  const environmentName = environments.find(({ slug }) => slug === environment)?.name ?? environment
  const [isCreating, setCreating] = useState(false)
  const { rights } = useRights(projectId)
  // The folders on the way to one's own may be walked through.
  const isOnTheWay = rights?.may('folders.read', inFolder(place)) !== false
  const below = trpc.folders.list.useQuery({ projectId, environment, path: secretPath }, { enabled: isOnTheWay })
  const beside = trpc.folders.list.useQuery(
    { projectId, environment, path: parentOf(secretPath) },
    { enabled: isOnTheWay && secretPath !== '/' },
  )
  const pending = usePendingDeletions(projectId)
  const deletion = pending.find((each) => includes(each, place))
  /** Nothing can be done with a folder that is missing. */
  const isMissing = below.isLoadingError
  const names = namesOf(secretPath)
  const folder = secretPath === '/' ? undefined : beside.data?.find(({ name }) => name === nameOf(secretPath))
  return (
    <header className="mb-2 grid grid-cols-1 gap-3">
      {deletion && <PendingNotice what={nameOfDeletion(deletion)} projectId={projectId} deletion={deletion} />}
      <div className="flex min-h-9 flex-wrap items-center gap-x-2 gap-y-2">
        <h1 className="-ml-1 flex min-w-0 flex-wrap items-center gap-x-1.5 text-xl font-semibold tracking-tight">
          <Link
            {...folderPage(projectId, environment, '/')}
            activeOptions={{ exact: true }}
            aria-label={words.folderHeader.rootFolderNamed(environmentName)}
            className="min-w-6 rounded px-1 break-words hover:bg-sunken"
          >
            {environmentName}
          </Link>
          {names.map((each, index) => (
            <span key={index} className="flex min-w-0 items-center gap-1.5">
              <span aria-hidden className="font-normal text-faint">
                /
              </span>
              <Link
                {...folderPage(projectId, environment, `/${names.slice(0, index + 1).join('/')}`)}
                aria-current={index === names.length - 1 ? 'page' : undefined}
                className="max-w-96 min-w-6 truncate rounded px-1 hover:bg-sunken"
              >
                {each}
              </Link>
            </span>
          ))}
        </h1>
        {!isMissing && rights?.may('secrets.read-names', inFolder(place)) !== false && (
          <FolderMenu place={place} environments={environments} folder={folder} />
        )}
        {!isMissing && (
          <IconButton
            icon={FolderPlus}
            label={words.folderHeader.newFolder}
            denied={rights?.whyNot('secrets.write', inFolder(place))}
            onClick={() => setCreating(true)}
          />
        )}
        <nav aria-label={words.folderHeader.foldersBelow} className="flex min-w-0 flex-wrap gap-1.5 max-md:hidden">
          {below.data?.slice(0, SHOWN_BELOW).map(({ id, name }) => (
            <Button key={id} asChild size="sm" className="max-w-48">
              <Link {...folderPage(projectId, environment, joinPath(secretPath, name))}>
                {pending.some(({ subjectId }) => subjectId === id) ? (
                  <Hourglass aria-label={words.folderHeader.beingDeleted} className="size-3.5 text-warn" />
                ) : (
                  <FolderIcon aria-hidden className="size-3.5 text-faint" />
                )}
                <span className="truncate">{name}</span>
              </Link>
            </Button>
          ))}
        </nav>
        <div className="ml-auto flex flex-wrap gap-2">{actions}</div>
      </div>
      {isCreating && <CreateFolder place={place} onClose={() => setCreating(false)} />}
    </header>
  )
}

/** Whether a deletion includes the folder. */
function includes({ kind, environment, secretPath }: PendingDeletion, place: FolderRef): boolean {
  if (kind === 'project') return true
  if (environment !== place.environment) return false
  return kind === 'environment' || (secretPath !== null && isWithin(place.secretPath, secretPath))
}
