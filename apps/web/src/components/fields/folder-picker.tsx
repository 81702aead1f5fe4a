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
  help?: string
}

/** Picks one of the folders of an environment whose names one may read, from its tree. */
export function FolderPicker({ projectId, environment, value, onChange, help }: Props) {
  const { data, error, isFetching } = trpc.folders.list.useQuery(
    { projectId, environment, path: '/', recursive: true },
    { enabled: environment !== '' },
  )
  const { rights } = useRights(projectId)
  const offered = (secretPath: string) =>
    rights?.may('secrets.read-names', inFolder({ projectId, environment, secretPath })) !== false
  const paths = ['/', ...(data ?? []).map((folder) => folder.path)].filter(offered).sort()
  return (
    <Combobox
      label={words.folderPicker.secretPath}
      help={help}
      error={error ? words.folderPicker.unreadable(messageOf(error)) : undefined}
      options={paths.map((path) => ({
        value: path,
        label: path === '/' ? '/ (root)' : path,
        depth: path === '/' ? 0 : path.split('/').length - 1,
      }))}
      value={value}
      onChange={onChange}
      busy={isFetching}
    />
  )
}
