import { useState } from 'react'
import { PathSelect } from '../../components/path-select.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Actions, Dialog } from '../../components/ui/dialog.tsx'
import { SelectField } from '../../components/ui/field.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/errors.ts'
import { markStale } from '../../lib/stale.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef, Project } from '../../lib/types.ts'

interface Props {
  place: FolderRef
  environments: Project['environments']
  onClose: () => void
}

/** Importing a folder requires read access to it. */
export function AddImport({ place, environments, onClose }: Props) {
  const { projectId, environment, secretPath: path } = place
  const [from, setFrom] = useState(environment)
  const [fromPath, setFromPath] = useState('/')
  const create = trpc.imports.create.useMutation({
    onSuccess: async () => {
      await markStale('imports.create')
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
          needs="secrets.read-values"
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
