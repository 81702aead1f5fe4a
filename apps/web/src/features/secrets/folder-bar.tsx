import { Link, useNavigate } from '@tanstack/react-router'
import { Folder as FolderIcon, FolderPlus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { trpc } from '../../lib/trpc.ts'
import type { Place } from '../../lib/types.ts'

const CreateFolder = onDemand(async () => (await import('./create-folder.tsx')).CreateFolder)

const join = (path: string, name: string) => (path === '/' ? `/${name}` : `${path}/${name}`)

/** Where in the tree the page is, and the folders below. */
export function FolderBar({ place }: { place: Place }) {
  const { projectId, environment, secretPath } = place
  const utils = trpc.useUtils()
  const navigate = useNavigate()
  const [dialog, setDialog] = useState<'create' | 'delete'>()
  const { data: folders } = trpc.folders.list.useQuery({ projectId, environment, path: secretPath })
  const remove = trpc.folders.delete.useMutation()
  const names = secretPath === '/' ? [] : secretPath.slice(1).split('/')
  const parent = names.length > 1 ? `/${names.slice(0, -1).join('/')}` : '/'
  const name = names.at(-1)
  const to = (path: string) =>
    ({
      to: '/p/$projectId/secrets/$environment',
      params: { projectId, environment },
      search: path === '/' ? {} : { path },
    }) as const

  const deleteFolder = async () => {
    if (name === undefined) return
    await remove.mutateAsync({ projectId, environment, path: parent, folderIdOrName: name })
    await Promise.all([utils.folders.list.invalidate(), utils.secrets.rows.invalidate()])
    await navigate(to(parent))
  }
  return (
    <div className="flex flex-wrap items-center gap-x-2 gap-y-2">
      <nav aria-label="Path" className="flex flex-wrap items-center gap-1 font-mono text-sm">
        <Link
          {...to('/')}
          className="rounded px-1 py-0.5 text-soft hover:bg-sunken hover:text-ink"
          aria-label="Root folder"
        >
          /
        </Link>
        {names.map((each, index) => (
          <span key={index} className="flex items-center gap-1">
            {index > 0 && <span className="text-faint">/</span>}
            <Link
              {...to(`/${names.slice(0, index + 1).join('/')}`)}
              aria-current={index === names.length - 1 ? 'page' : undefined}
              className="rounded px-1 py-0.5 text-soft hover:bg-sunken aria-[current=page]:font-semibold aria-[current=page]:text-ink"
            >
              {each}
            </Link>
          </span>
        ))}
      </nav>
      {name !== undefined && (
        <IconButton icon={Trash2} label={`Delete folder ${name}`} onClick={() => setDialog('delete')} />
      )}
      <span aria-hidden className="h-4 w-px bg-line" />
      {folders?.map((folder) => (
        <Button key={folder.id} asChild size="sm">
          <Link {...to(join(secretPath, folder.name))}>
            <FolderIcon aria-hidden className="size-3.5 text-faint" /> {folder.name}
          </Link>
        </Button>
      ))}
      <Button size="sm" variant="ghost" onClick={() => setDialog('create')}>
        <FolderPlus aria-hidden className="size-3.5" /> New folder
      </Button>
      {dialog === 'create' && <CreateFolder place={place} onClose={() => setDialog(undefined)} />}
      {dialog === 'delete' && (
        <Confirm
          title={`Delete folder ${secretPath}?`}
          label="Delete folder"
          onConfirm={deleteFolder}
          onClose={() => setDialog(undefined)}
        >
          <p>Every secret and folder inside it goes with it.</p>
        </Confirm>
      )}
    </div>
  )
}
