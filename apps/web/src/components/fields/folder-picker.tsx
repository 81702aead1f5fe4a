import type { Action } from '@keyferry/schemas/policy'
import { messageOf } from '../../lib/server/errors.ts'
import { inFolder, useRights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { Combobox } from '../ui/combobox.tsx'
import { words } from '../words.ts'

interface Props {
  projectId: string
  environment: string
  value: string
  onChange: (path: string) => void
  label?: string | undefined
  help?: string | undefined
  /** What they must be allowed to do in a folder for it to be offered. */
  needs?: Action | undefined
}

/** Picks one of the folders that exist in an environment, from its tree. */
export function FolderPicker({
  projectId,
  environment,
  value,
  onChange,
  label = words.folderPicker.secretPath,
  help,
  needs = 'secrets.read-names',
}: Props) {
  const { data, error, isFetching } = trpc.folders.list.useQuery(
    { projectId, environment, path: '/', recursive: true },
    { enabled: environment !== '' },
  )
  const { rights } = useRights(projectId)
  const offered = (secretPath: string) => rights?.may(needs, inFolder({ projectId, environment, secretPath })) !== false
  const paths = ['/', ...(data ?? []).map((folder) => folder.path)].filter(offered).sort()
  return (
    <Combobox
      label={label}
      help={help}
      error={error ? words.folderPicker.unreadable(messageOf(error)) : undefined}
      options={paths.map((path) => ({
        value: path,
        label: path === '/' ? words.folderPicker.root : path,
        depth: path === '/' ? 0 : path.split('/').length - 1,
      }))}
      value={value}
      chosenLabel={offered(value) ? undefined : words.folderPicker.chooseFolder}
      onChange={onChange}
      busy={isFetching}
    />
  )
}
