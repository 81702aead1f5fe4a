import { ArrowDown, ArrowUp, ChevronDown, Import, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { FolderLink } from '../../../components/folder-link.tsx'
import { onDemand } from '../../../components/on-demand.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { IconButton } from '../../../components/ui/icon-button.tsx'
import { Popover } from '../../../components/ui/popover.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { inFolder, useWhyNot } from '../../../lib/session/rights.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef, Project } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

const AddImport = onDemand(async () => (await import('./add-import.tsx')).AddImport)

/** The folders that this one imports. The folder's own keys win, then the lower import. */
export function ImportsChip({ place, environments }: { place: FolderRef; environments: Project['environments'] }) {
  const { projectId, environment, secretPath: path } = place
  const at = { projectId, environment, path }
  const [isAdding, setAdding] = useState(false)
  const denied = useWhyNot(projectId)('secrets.write', inFolder(place))
  const { data: imports = [] } = trpc.imports.list.useQuery(at)
  const settled = {
    onSettled: () => markStale('imports.update'),
    onError: (error: unknown) => toast.error(messageOf(error)),
  }
  const update = trpc.imports.update.useMutation(settled)
  const remove = trpc.imports.delete.useMutation(settled)
  const move = (importId: string, position: number) => update.mutate({ ...at, importId, import: { position } })
  const add = (
    <Button
      variant="ghost"
      // The menu of the folder has it there.
      className={imports.length === 0 ? 'max-sm:hidden' : undefined}
      denied={denied}
      onClick={() => setAdding(true)}
    >
      <Plus aria-hidden className="size-4" /> {words.importsChip.addImport}
    </Button>
  )

  return (
    <>
      {imports.length === 0 ? (
        add
      ) : (
        <Popover
          label={words.importsChip.label}
          className="gap-1"
          trigger={
            <Button className="text-soft">
              <Import aria-hidden className="size-4" /> {words.importsChip.imports(imports.length)}
              <ChevronDown aria-hidden className="size-3.5" />
            </Button>
          }
        >
          {() => (
            <>
              <p className="px-2 text-xs text-faint">{words.importsChip.order}</p>
              <ul>
                {imports.map((each, index) => {
                  const name = `${each.environment.slug}:${each.path}`
                  return (
                    <li key={each.id} className="flex items-center gap-0.5 rounded-md pl-2 text-sm hover:bg-sunken">
                      <span className="mr-auto min-w-0 break-all">
                        <FolderLink place={{ projectId, environment: each.environment.slug, secretPath: each.path }} />
                      </span>
                      {denied === undefined && (
                        <>
                          <IconButton
                            icon={ArrowUp}
                            label={words.importsChip.moveImportEarlier(name)}
                            disabled={index === 0}
                            onClick={() => move(each.id, each.position - 1)}
                          />
                          <IconButton
                            icon={ArrowDown}
                            label={words.importsChip.moveImportLater(name)}
                            disabled={index === imports.length - 1}
                            onClick={() => move(each.id, each.position + 1)}
                          />
                          <IconButton
                            icon={X}
                            label={words.importsChip.removeImport(name)}
                            onClick={() => remove.mutate({ ...at, importId: each.id })}
                          />
                        </>
                      )}
                    </li>
                  )
                })}
              </ul>
              {add}
            </>
          )}
        </Popover>
      )}
      {isAdding && <AddImport place={place} environments={environments} onClose={() => setAdding(false)} />}
    </>
  )
}
