import { useState } from 'react'
import { FolderPicker } from '../../../components/fields/folder-picker.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Actions, Dialog } from '../../../components/ui/dialog.tsx'
import { SelectField } from '../../../components/ui/field.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef, Project } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

interface Props {
  place: FolderRef
  environments: Project['environments']
  onClose: () => void
}

/** Importing a folder requires read access to it. */
export function AddImport({ place, environments, onClose }: Props) {
  const { projectId, environment, secretPath: path } = place
  const [from, setFrom] = useState(environment)
  const [fromPath, setFromPath] = useState(path)
  const create = trpc.imports.create.useMutation({
    onSuccess: async () => {
      await markStale('imports.create')
      onClose()
    },
  })
  const isItself = from === environment && fromPath === path
  return (
    <Dialog open onClose={onClose} title={words.addImport.title} description={words.addImport.text(environment, path)}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          create.mutate({ projectId, environment, path, import: { environment: from, path: fromPath } })
        }}
      >
        {create.error && <Notice kind="bad">{messageOf(create.error)}</Notice>}
        <SelectField
          label={words.addImport.fromEnvironment}
          value={from}
          onChange={(event) => {
            setFrom(event.target.value)
            // The same folder of another environment.
            setFromPath(path)
          }}
        >
          {environments.map(({ slug, name }) => (
            <option key={slug} value={slug}>
              {name}
            </option>
          ))}
        </SelectField>
        <FolderPicker
          projectId={projectId}
          environment={from}
          value={fromPath}
          onChange={setFromPath}
          label={words.addImport.fromSecretPath}
          needs="secrets.read-values"
        />
        {isItself && <p className="text-sm text-soft">{words.addImport.isItself(environment, path)}</p>}
        <Actions>
          <Button onClick={onClose}>{words.addImport.cancel}</Button>
          <Button type="submit" variant="primary" disabled={isItself} busy={create.isPending}>
            {words.addImport.import}
          </Button>
        </Actions>
      </form>
    </Dialog>
  )
}
