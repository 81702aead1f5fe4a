import { trpc } from '../lib/trpc.ts'
import { messageOf } from '../lib/errors.ts'
import { SelectField } from './ui/field.tsx'

/** Picks one of the folders that exist in an environment. */
export function PathSelect({
  projectId,
  environment,
  value,
  onChange,
  label = 'Secret path',
  help,
}: {
  projectId: string
  environment: string
  value: string
  onChange: (path: string) => void
  label?: string
  help?: string
}) {
  const { data, error } = trpc.folders.list.useQuery(
    { projectId, environment, path: '/', recursive: true },
    { enabled: environment !== '' },
  )
  const paths = [...new Set(['/', value, ...(data ?? []).map((folder) => folder.path)])].sort()
  return (
    <SelectField
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      help={help}
      error={error ? `The folders could not be read: ${messageOf(error)}` : undefined}
    >
      {paths.map((path) => (
        <option key={path} value={path}>
          {path === '/' ? '/ (root)' : path}
        </option>
      ))}
    </SelectField>
  )
}
