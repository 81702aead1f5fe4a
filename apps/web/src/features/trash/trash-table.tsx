import { joinPath } from '@keyferry/schemas/secret-path'
import { RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { SelectionBar } from '../../components/rows/selection-bar.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Checkbox } from '../../components/ui/checkbox.tsx'
import { ActionsTh, Table, Th } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/rows/virtual-rows.tsx'
import { andBelow, inFolder, useWhyNot } from '../../lib/session/rights.ts'
import type { Trashed } from '../../lib/server/types.ts'
import { TrashRow } from './trash-row.tsx'
import { words } from './words.ts'

interface Props {
  projectId: string
  /** Those that match, newest first. */
  shown: readonly Trashed[]
  isRestoring: boolean
  /** Gives those that are back. */
  restore: (items: readonly Trashed[]) => Promise<Trashed[]>
}

/** The items of the trash, to restore one by one or as a selection. */
export function TrashTable({ projectId, shown, isRestoring, restore }: Props) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const reason = useWhyNot(projectId)
  const whyNot = ({ kind, name, environment, secretPath }: Trashed): string | undefined => {
    const place = { projectId, environment, secretPath }
    const whole = { ...place, secretPath: joinPath(secretPath, name) }
    return reason('secrets.write', kind === 'secret' ? inFolder(place) : andBelow(whole))
  }
  const restorable = shown.filter((item) => whyNot(item) === undefined)
  const chosen = restorable.filter(({ id }) => selected.has(id))
  const toggle = (ids: readonly string[], on: boolean) => {
    const next = new Set(selected)
    for (const id of ids) {
      if (on) next.add(id)
      else next.delete(id)
    }
    setSelected(next)
  }
  const bringBack = async (items: readonly Trashed[]) => {
    if (isRestoring) return
    const back = await restore(items)
    toggle(
      back.map(({ id }) => id),
      false,
    )
  }
  return (
    <>
      {shown.length === 0 ? (
        <p className="py-6 text-center text-base text-soft">{words.trashTable.noMatch}</p>
      ) : (
        <Table label={words.trashTable.title}>
          <thead>
            <tr>
              {restorable.length > 0 && (
                <Th className="w-9">
                  <Checkbox
                    label={words.trashTable.selectAll}
                    checked={chosen.length === restorable.length ? true : chosen.length > 0 ? 'indeterminate' : false}
                    onChange={(on) =>
                      toggle(
                        restorable.map(({ id }) => id),
                        on,
                      )
                    }
                  />
                </Th>
              )}
              <Th>{words.trashTable.name}</Th>
              <Th className="max-sm:hidden">{words.trashTable.wasIn}</Th>
              <Th className="max-md:hidden">{words.trashTable.deleted}</Th>
              <Th className="max-lg:hidden">{words.trashTable.deletesPermanently}</Th>
              <ActionsTh />
            </tr>
          </thead>
          <VirtualRows
            rows={shown}
            idOf={({ id }) => id}
            height={53}
            render={(item, virtual) => (
              <TrashRow
                key={item.id}
                {...virtual}
                projectId={projectId}
                item={item}
                selectable={restorable.length > 0}
                selected={selected.has(item.id)}
                onSelect={(on) => toggle([item.id], on)}
                denied={whyNot(item)}
                onRestore={() => void bringBack([item])}
              />
            )}
          />
        </Table>
      )}
      <SelectionBar
        label={words.trashTable.selectedItems}
        selected={chosen.length === 0 ? undefined : words.trashTable.selected(chosen.length)}
        onClear={() => setSelected(new Set())}
      >
        <Button size="sm" variant="primary" busy={isRestoring} onClick={() => void bringBack(chosen)}>
          {!isRestoring && <RotateCcw aria-hidden className="size-3.5" />}{' '}
          {words.trashTable.restore(words.trashTable.nItems(chosen.length))}
        </Button>
      </SelectionBar>
    </>
  )
}
