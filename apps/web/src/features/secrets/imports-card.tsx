import { ArrowDown, ArrowUp, Import, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { toast } from '../../lib/toast.ts'
import { onDemand } from '../../components/on-demand.tsx'
import { Button } from '../../components/ui/button.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { messageOf } from '../../lib/errors.ts'
import { inFolder, useWhyNot } from '../../lib/rights.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef, Project } from '../../lib/types.ts'

const AddImport = onDemand(async () => (await import('./add-import.tsx')).AddImport)

/** What this folder takes over from others. The folder's own keys win, then the lower import. */
export function ImportsCard({ place, environments }: { place: FolderRef; environments: Project['environments'] }) {
  const { projectId, environment, secretPath: path } = place
  const at = { projectId, environment, path }
  const [adding, setAdding] = useState(false)
  const denied = useWhyNot(projectId)('secrets.write', inFolder(place))
  const { data: imports } = trpc.imports.list.useQuery(at)
  const settled = {
    onSettled: () => markStale('imports.update'),
    onError: (error: unknown) => toast.error(messageOf(error)),
  }
  const update = trpc.imports.update.useMutation(settled)
  const remove = trpc.imports.delete.useMutation(settled)
  const move = (importId: string, position: number) => update.mutate({ ...at, importId, import: { position } })

  return (
    <section aria-label="Imports" className="flex flex-wrap items-center gap-2">
      <span className="flex items-center gap-1.5 text-sm text-soft">
        <Import aria-hidden className="size-4" />
        {imports && imports.length > 0 ? 'Imports (later overrides earlier):' : 'No imports'}
      </span>
      {imports?.map(({ id, environment, path, position }, index) => {
        const name = `${environment.slug}:${path}`
        return (
          <span
            key={id}
            className="flex items-center gap-0.5 rounded-md border border-line bg-surface px-2 py-0.5 has-[button]:pr-0.5 font-mono text-sm"
          >
            {name}
            {denied === undefined && (
              <>
                <IconButton
                  icon={ArrowUp}
                  label={`Move import ${name} earlier`}
                  disabled={index === 0}
                  onClick={() => move(id, position - 1)}
                />
                <IconButton
                  icon={ArrowDown}
                  label={`Move import ${name} later`}
                  disabled={index === imports.length - 1}
                  onClick={() => move(id, position + 1)}
                />
                <IconButton
                  icon={X}
                  label={`Remove import ${name}`}
                  onClick={() => remove.mutate({ ...at, importId: id })}
                />
              </>
            )}
          </span>
        )
      })}
      <Button size="sm" variant="ghost" denied={denied} onClick={() => setAdding(true)}>
        <Plus aria-hidden className="size-3.5" /> Add import
      </Button>
      {adding && <AddImport place={place} environments={environments} onClose={() => setAdding(false)} />}
    </section>
  )
}
