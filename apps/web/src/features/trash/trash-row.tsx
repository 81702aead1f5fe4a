import { Folder, KeyRound, RotateCcw } from 'lucide-react'
import { FolderLink } from '../../components/folder-link.tsx'
import { Time } from '../../components/time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { RowTh, Td, Tr } from '../../components/ui/table.tsx'
import type { RowProps } from '../../components/rows/virtual-rows.tsx'
import type { Trashed } from '../../lib/server/types.ts'
import { words } from './words.ts'

interface Props extends RowProps {
  projectId: string
  item: Trashed
  /** Whether there is a column to tick. */
  selectable: boolean
  selected: boolean
  onSelect: (selected: boolean) => void
  /** Why they may not restore it. */
  denied: string | undefined
  onRestore: () => void
}

export function TrashRow(props: Props) {
  const { index, measure, projectId, item, selectable, selected, onSelect, denied, onRestore } = props
  const { kind, name, environment, secretPath, secrets, deletedAt, deletedBy, expiresAt } = item
  const Icon = kind === 'folder' ? Folder : KeyRound
  return (
    <Tr ref={measure} data-index={index} aria-label={name}>
      {selectable && (
        <Td className="w-9">
          <Checkbox
            label={words.trashRow.select(name)}
            checked={selected}
            disabled={denied !== undefined}
            onChange={onSelect}
          />
        </Td>
      )}
      <RowTh>
        <span className="flex items-start gap-2">
          <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-faint" />
          <span className="grid gap-0.5">
            <span className="font-mono text-sm font-medium break-all max-sm:line-clamp-3">{name}</span>
            <span className="text-xs text-soft">
              {kind === 'folder' ? words.trashRow.folderWith(words.trashRow.secrets(secrets)) : words.trashRow.secret}
              <span className="sm:hidden">{words.trashRow.place(environment, secretPath)}</span>
            </span>
            <span className="text-xs break-words text-soft md:hidden">
              {words.trashRow.deletedBy(deletedBy)} <Time iso={deletedAt} />
            </span>
            <span className="text-xs text-soft lg:hidden">
              {words.trashRow.deletesPermanently} <Time iso={expiresAt} until />
            </span>
          </span>
        </span>
      </RowTh>
      <Td className="min-w-32 break-all max-sm:hidden">
        <FolderLink place={{ projectId, environment, secretPath }} />
      </Td>
      <Td className="text-soft max-md:hidden">
        <Time iso={deletedAt} />
        <span className="block max-w-48 truncate text-xs text-faint">{deletedBy}</span>
      </Td>
      <Td className="text-soft max-lg:hidden">
        <Time iso={expiresAt} until />
      </Td>
      <Td className="text-right">
        <Button size="sm" denied={denied} aria-label={words.trashRow.restoreNamed(name)} onClick={onRestore}>
          <RotateCcw aria-hidden className="size-3.5" /> {words.trashRow.restore}
        </Button>
      </Td>
    </Tr>
  )
}
