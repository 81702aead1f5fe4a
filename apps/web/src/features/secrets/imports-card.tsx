import { ArrowDown, ArrowUp, Import, Plus, X } from 'lucide-react'
import { useState } from 'react'
import { toast } from '../../lib/toast.ts'
import { PathSelect } from '../../components/path-select.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/errors.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Place, Project } from '../../lib/types.ts'

/** What this folder takes over from others. The folder's own keys win, then the lower import. */
export function ImportsCard({ place, environments }: { place: Place; environments: Project['environments'] }) {
  const { projectId, environment, secretPath: path } = place
  const at = { projectId, environment, path }
  const utils = trpc.useUtils()
  const [adding, setAdding] = useState(false)
  const { data: imports } = trpc.imports.list.useQuery(at)
  const settled = {
    onSettled: () => Promise.all([utils.imports.list.invalidate(), utils.secrets.rows.invalidate()]),
    onError: (error: unknown) => toast.error(messageOf(error)),
  }
  const update = trpc.imports.update.useMutation(settled)
  const remove = trpc.imports.delete.useMutation(settled)
  const move = (importId: string, position: number) => update.mutate({ ...at, importId, import: { position } })

  return (
    <section aria-label="Imports" className="flex flex-wrap items-center gap-2">
      <span className="flex items-center gap-1.5 text-sm text-soft">
        <Import aria-hidden className="size-4" />
        {imports && imports.length > 0 ? 'Imports, the later wins:' : 'Imports nothing'}
      </span>
      {imports?.map(({ id, importEnv, importPath, position }, index) => {
        const name = `${importEnv.slug}:${importPath}`
        return (
          <span
            key={id}
            className="flex items-center gap-0.5 rounded-md border border-line bg-surface py-0.5 pr-0.5 pl-2 font-mono text-sm"
          >
            {name}
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
          </span>
        )
      })}
      <Button size="sm" variant="ghost" onClick={() => setAdding(true)}>
        <Plus aria-hidden className="size-3.5" /> Add import
      </Button>
      {adding && <AddImport place={place} environments={environments} onClose={() => setAdding(false)} />}
    </section>
  )
}

function AddImport({
  place,
  environments,
  onClose,
}: {
  place: Place
  environments: Project['environments']
  onClose: () => void
}) {
  const { projectId, environment, secretPath: path } = place
  const utils = trpc.useUtils()
  const [from, setFrom] = useState(environments.find(({ slug }) => slug !== environment)?.slug ?? environment)
  const [fromPath, setFromPath] = useState('/')
  const create = trpc.imports.create.useMutation({
    onSuccess: async () => {
      await Promise.all([utils.imports.list.invalidate(), utils.secrets.rows.invalidate()])
      onClose()
    },
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title="Add import"
      description={`Into ${environment}:${path}. Keys that this folder has itself stay as they are.`}
    >
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate({ projectId, environment, path, import: { environment: from, path: fromPath } })
        }}
      >
        {create.error && <Notice kind="bad">{messageOf(create.error)}</Notice>}
        <SelectField
          label="From environment"
          value={from}
          onChange={(event) => {
            setFrom(event.target.value)
            setFromPath('/')
          }}
        >
          {environments.map(({ slug, name }) => (
            <option key={slug} value={slug}>
              {name}
            </option>
          ))}
        </SelectField>
        <PathSelect
          projectId={projectId}
          environment={from}
          value={fromPath}
          onChange={setFromPath}
          label="From secret path"
        />
        <Actions>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" busy={create.isPending}>
            Import
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
