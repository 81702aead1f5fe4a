import type { ComponentProps } from 'react'
import { trpc } from '../../lib/server/trpc.ts'
import { FolderPicker } from './folder-picker.tsx'
import { SelectField } from '../ui/field.tsx'
import { words } from '../words.ts'

interface Value {
  environment: string
  secretPath: string
}

interface Props {
  projectId: string
  value: Value
  /** Another environment begins at its root folder. */
  onChange: (value: Value) => void
  /** Of the two fields, beside what they need to work. */
  environment?: Pick<ComponentProps<typeof SelectField>, 'help' | 'error' | 'ref' | 'onBlur'>
  path?: Pick<ComponentProps<typeof FolderPicker>, 'label' | 'help' | 'needs'>
}

/** Picks an environment and one of its folders. */
export function FolderFields({ projectId, value, onChange, environment, path }: Props) {
  const { data: project } = trpc.projects.get.useQuery({ projectId })
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label={words.folderFields.environment}
        {...environment}
        value={value.environment}
        onChange={(event) => onChange({ environment: event.target.value, secretPath: '/' })}
      >
        {project?.environments.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </SelectField>
      <FolderPicker
        projectId={projectId}
        environment={value.environment}
        value={value.secretPath}
        onChange={(secretPath) => onChange({ ...value, secretPath })}
        {...path}
      />
    </div>
  )
}
