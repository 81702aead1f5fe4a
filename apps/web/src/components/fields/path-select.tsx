import type { Action } from '@keyferry/schemas/policy'
import { messageOf } from '../../lib/server/errors.ts'
import { inFolder, useRights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { SelectField } from '../ui/field.tsx'
import { words } from '../words.ts'

/** Picks one of the folders that exist in an environment. */
export function PathSelect({
  projectId,
  environment,
  value,
  onChange,
  label = words.pathSelect.secretPath,
  help,
  needs = 'secrets.read-names',
}: {
  projectId: string
  environment: string
  value: string
  onChange: (path: string) => void
  label?: string
  help?: string
  /** What they must be allowed to do in a folder for it to be offered. */
  needs?: Action
}) {
  const { data, error } = trpc.folders.list.useQuery(
    { projectId, environment, path: '/', recursive: true },
    { enabled: environment !== '' },
  )
  const { rights } = useRights(projectId)
  const offered = (secretPath: string) => rights?.may(needs, inFolder({ projectId, environment, secretPath })) !== false
  const paths = ['/', ...(data ?? []).map((folder) => folder.path)].filter(offered).sort()
  return (
    <SelectField
      label={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      help={help}
      error={error ? words.pathSelect.unreadable(messageOf(error)) : undefined}
    >
      {!paths.includes(value) && (
        <option value={value} disabled={!offered(value)}>
          {offered(value) ? value : words.pathSelect.chooseFolder}
        </option>
      )}
      {paths.map((path) => (
        <option key={path} value={path}>
          {path === '/' ? words.pathSelect.root : path}
        </option>
      ))}
    </SelectField>
  )
}
