import { nameOf, namesOf } from '@keyferry/schemas/secret-path'
import { Link } from '@tanstack/react-router'
import { ChevronDown, FolderTree as TreeIcon } from 'lucide-react'
import { useState } from 'react'
import { messageOf } from '../../../lib/server/errors.ts'
import { Button } from '../../../components/ui/button.tsx'
import { Popover } from '../../../components/ui/popover.tsx'
import { SearchField } from '../../../components/search-field.tsx'
import { folderPage } from '../../../lib/pages/folder-page.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** Every folder of the environment, with its number of secrets, to search and to open. */
export function FolderTree({ place }: { place: FolderRef }) {
  const { projectId, environment } = place
  return (
    <Popover
      label={words.folderTree.foldersNamed(environment)}
      className="w-96"
      trigger={
        <Button className="text-soft">
          <TreeIcon aria-hidden className="size-4" /> <span className="max-sm:sr-only">{words.folderTree.folders}</span>
          <ChevronDown aria-hidden className="size-3.5" />
        </Button>
      }
    >
      {(close) => <Folders projectId={projectId} place={place} onOpened={close} />}
    </Popover>
  )
}

function Folders({ projectId, place, onOpened }: { projectId: string; place: FolderRef; onOpened: () => void }) {
  const { environment, secretPath } = place
  const [wanted, setWanted] = useState('')
  const { data, error } = trpc.folders.list.useQuery({ projectId, environment, path: '/', recursive: true })
  const all = [{ path: '/', secretCount: null }, ...(data ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1))
  const found = all.filter(({ path }) => path.toLowerCase().includes(wanted.trim().toLowerCase()))
  return (
    <>
      <SearchField label={words.folderTree.searchFolders} value={wanted} onChange={setWanted} />
      {error && <p className="px-2 text-sm text-bad">{words.folderTree.foldersCouldNotBe(messageOf(error))}</p>}
      <ul aria-label={words.folderTree.folders} className="max-h-80 overflow-y-auto">
        {found.map(({ path, secretCount }) => (
          <li key={path}>
            <Link
              {...folderPage(projectId, environment, path)}
              activeOptions={{ exact: true }}
              onClick={onOpened}
              aria-label={words.folderTree.folderNamed(path)}
              aria-current={path === secretPath ? 'page' : undefined}
              className="flex items-center gap-2 rounded-md px-2 py-1 font-mono text-sm hover:bg-sunken aria-[current=page]:bg-accent-tint"
            >
              {wanted === '' && (
                <span aria-hidden className="shrink-0" style={{ width: `${Math.min(namesOf(path).length, 8)}rem` }} />
              )}
              <span className="min-w-0 truncate">{wanted === '' && path !== '/' ? nameOf(path) : path}</span>
              {secretCount !== null && (
                <span className="ml-auto font-sans text-xs text-faint tabular-nums">{secretCount}</span>
              )}
            </Link>
          </li>
        ))}
        {found.length === 0 && <li className="px-2 py-3 text-sm text-soft">{words.folderTree.noMatch(wanted)}</li>}
      </ul>
    </>
  )
}
