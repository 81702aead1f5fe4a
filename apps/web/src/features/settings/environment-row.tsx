import { Link } from '@tanstack/react-router'
import { ArrowDown, ArrowUp, Pencil, Trash2 } from 'lucide-react'
import { PendingBadge } from '../../components/deletion/pending-deletion.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import type { PendingDeletion, Project } from '../../lib/server/types.ts'
import { words } from './words.ts'

interface Props {
  projectId: string
  environment: Project['environments'][number]
  first: boolean
  last: boolean
  /** They may not change it. */
  fixed: boolean
  going: PendingDeletion | undefined
  /** By so many places, down counts up. */
  onMove: (by: number) => void
  onEdit: () => void
  onDelete: () => void
}

export function EnvironmentRow(props: Props) {
  const { projectId, environment, first, last, fixed, going, onMove, onEdit, onDelete } = props
  const { name, slug } = environment
  return (
    <li aria-label={name} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2 first:pt-0 last:pb-0">
      <span className="grid min-w-0 flex-1 basis-40 gap-0.5">
        <span className="flex flex-wrap items-center gap-2">
          <Link
            to="/p/$projectId/secrets/$environment"
            params={{ projectId, environment: slug }}
            className="text-base font-medium wrap-anywhere hover:underline"
          >
            {name}
          </Link>
          {going && <PendingBadge deletion={going} />}
        </span>
        <span className="font-mono text-xs break-all text-soft">{slug}</span>
      </span>
      {!fixed && (
        <span className="flex gap-0.5">
          <IconButton
            icon={ArrowUp}
            label={words.environmentRow.moveUp(name)}
            denied={first ? words.environmentRow.isFirst : undefined}
            onClick={() => onMove(-1)}
          />
          <IconButton
            icon={ArrowDown}
            label={words.environmentRow.moveDown(name)}
            denied={last ? words.environmentRow.isLast : undefined}
            onClick={() => onMove(1)}
          />
          <IconButton icon={Pencil} label={words.environmentRow.rename(name)} data-shortcut="e" onClick={onEdit} />
          <IconButton icon={Trash2} label={words.environmentRow.remove(name)} onClick={onDelete} />
        </span>
      )}
    </li>
  )
}
