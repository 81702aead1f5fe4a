import { Link } from '@tanstack/react-router'
import { Ellipsis, FileText, FolderInput, History, Trash2, TriangleAlert, Waypoints } from 'lucide-react'
import { useState } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { Menu, MenuItem, MenuLine } from '../../components/ui/menu.tsx'
import { Td, Tr } from '../../components/ui/table.tsx'
import type { RowProps } from '../../components/virtual-rows.tsx'
import { inFolder, type Rights } from '../../lib/rights.ts'
import type { FolderRef, SecretRow as Row, Sync } from '../../lib/types.ts'
import { Readers } from './readers.tsx'
import { ValueCell } from './value-cell.tsx'

const DeleteSecrets = onDemand(async () => (await import('./delete-secrets.tsx')).DeleteSecrets)
const DetailsDialog = onDemand(async () => (await import('./details-dialog.tsx')).DetailsDialog)
const MoveSecrets = onDemand(async () => (await import('./move-secrets.tsx')).MoveSecrets)
const ResolvedValue = onDemand(async () => (await import('./resolved-value.tsx')).ResolvedValue)
const UsesDialog = onDemand(async () => (await import('./uses-dialog.tsx')).UsesDialog)

interface Props extends RowProps {
  place: FolderRef
  row: Row
  readers: readonly Sync[]
  whyNot: Rights['whyNot']
  selected: boolean
  onSelect: (selected: boolean) => void
  onHistory: (key: string) => void
}

export function SecretRow({ index, measure, place, row, readers, whyNot, selected, onSelect, onHistory }: Props) {
  const [dialog, setDialog] = useState<'delete' | 'details' | 'move' | 'uses'>()
  const close = () => setDialog(undefined)
  const { key, origin } = row
  const own = origin.kind === 'own'
  const source = own
    ? place
    : { projectId: place.projectId, environment: origin.environment, secretPath: origin.secretPath }
  const unreadable = whyNot('secrets.read-values', inFolder(source))
  const writable = whyNot('secrets.write', inFolder(place)) === undefined

  return (
    <Tr ref={measure} data-index={index} aria-label={key}>
      {writable && (
        <Td className="w-9">
          <Checkbox label={`Select ${key}`} checked={selected} disabled={!own} onChange={onSelect} />
        </Td>
      )}
      <Td className="min-w-32">
        <div className="grid gap-0.5">
          <span className="flex flex-wrap items-center gap-1.5">
            <span className="font-mono text-sm font-medium break-all">{key}</span>
            {row.blank && <Badge tone="warn">Blank</Badge>}
            {row.tags.map(({ id, name }) => (
              <Badge key={id}>{name}</Badge>
            ))}
          </span>
          {row.comment !== '' && <span className="text-xs break-words text-soft">{row.comment}</span>}
          {row.references.length > 0 && row.problem === null && unreadable === undefined && (
            <ResolvedValue place={source} secretKey={key} references={row.references} />
          )}
          {row.problem !== null && (
            <span className="flex items-start gap-1 text-xs font-medium text-bad">
              <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" /> {row.problem}
            </span>
          )}
        </div>
      </Td>
      <Td>
        <ValueCell
          place={source}
          secretKey={key}
          version={row.version}
          editable={own && writable}
          denied={unreadable}
        />
      </Td>
      <Td className="max-lg:hidden">
        {own ? (
          <span className="text-soft">Own</span>
        ) : (
          <Link
            to="/p/$projectId/secrets/$environment"
            params={{ projectId: place.projectId, environment: origin.environment }}
            search={origin.secretPath === '/' ? {} : { path: origin.secretPath }}
            className="text-accent hover:underline"
          >
            {origin.environment}:{origin.secretPath}
          </Link>
        )}
      </Td>
      <Td className="max-lg:hidden">
        <Readers readers={readers} />
      </Td>
      <Td className="text-soft tabular-nums max-xl:hidden">{row.version}</Td>
      <Td className="text-soft max-md:hidden">
        <Time iso={row.updatedAt} />
        <span className="block max-w-40 truncate text-xs text-faint" title={row.updatedBy}>
          {row.updatedBy}
        </span>
      </Td>
      <Td className="w-10 text-right">
        {own && (
          <Menu
            trigger={
              <Button variant="ghost" size="icon" aria-label={`More for ${key}`}>
                <Ellipsis aria-hidden className="size-4" />
              </Button>
            }
          >
            <MenuItem onSelect={() => onHistory(key)}>
              <History aria-hidden className="size-4" /> History
            </MenuItem>
            {writable && (
              <MenuItem onSelect={() => setDialog('details')}>
                <FileText aria-hidden className="size-4" /> Edit details
              </MenuItem>
            )}
            <MenuItem onSelect={() => setDialog('uses')}>
              <Waypoints aria-hidden className="size-4" /> Find usages
            </MenuItem>
            {writable && (
              <>
                <MenuItem onSelect={() => setDialog('move')}>
                  <FolderInput aria-hidden className="size-4" /> Move
                </MenuItem>
                <MenuLine />
                <MenuItem danger onSelect={() => setDialog('delete')}>
                  <Trash2 aria-hidden className="size-4" /> Delete
                </MenuItem>
              </>
            )}
          </Menu>
        )}
        {dialog === 'details' && <DetailsDialog place={place} row={row} onClose={close} />}
        {dialog === 'uses' && <UsesDialog place={place} secretKey={key} onClose={close} />}
        {dialog === 'move' && <MoveSecrets place={place} rows={[row]} onDone={() => onSelect(false)} onClose={close} />}
        {dialog === 'delete' && (
          <DeleteSecrets place={place} keys={[key]} readers={readers} onDone={() => onSelect(false)} onClose={close} />
        )}
      </Td>
    </Tr>
  )
}
