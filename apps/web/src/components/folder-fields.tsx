import { trpc } from '../lib/trpc.ts'
import { PathSelect } from './path-select.tsx'
import { SelectField } from './ui/field.tsx'

interface Value {
  environment: string
  secretPath: string
}

interface Props {
  projectId: string
  value: Value
  onChange: (value: Value) => void
  /** What the path is to what is being done. */
  pathLabel: string
}

/** Picks an environment and one of its folders. */
export function FolderFields({ projectId, value, onChange, pathLabel }: Props) {
  const { data: project } = trpc.projects.get.useQuery({ projectId })
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      <SelectField
        label="Environment"
        value={value.environment}
        onChange={(event) => onChange({ environment: event.target.value, secretPath: '/' })}
      >
        {project?.environments.map(({ slug, name }) => (
          <option key={slug} value={slug}>
            {name}
          </option>
        ))}
      </SelectField>
      <PathSelect
        projectId={projectId}
        environment={value.environment}
        value={value.secretPath}
        onChange={(secretPath) => onChange({ ...value, secretPath })}
        label={pathLabel}
        needs="secrets.write"
      />
    </div>
  )
}
