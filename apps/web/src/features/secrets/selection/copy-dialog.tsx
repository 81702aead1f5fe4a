import { useState } from 'react'
import { Confirm } from '../../../components/confirm.tsx'
import { FolderFields } from '../../../components/fields/folder-fields.tsx'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { copySecrets } from './copy-secrets.ts'
import { useEdited } from '../values/edited.ts'
import { words } from '../words.ts'

interface Props {
  place: FolderRef
  keys: readonly string[]
  /** The environment that is offered first. */
  environment: string
  onDone?: () => void
  onClose: () => void
}

/** Copies secrets to the same folder of another environment, or to another folder; says what it overwrites. */
export function CopyDialog({ place, keys, environment, onDone, onClose }: Props) {
  const { projectId } = place
  const [to, setTo] = useState({ environment, secretPath: place.secretPath })
  const target: FolderRef = { projectId, ...to }
  const isHere = to.environment === place.environment && to.secretPath === place.secretPath
  const rows = trpc.secrets.rows.useQuery(target, { enabled: !isHere, retry: false })
  const syncs = trpc.syncs.briefs.useQuery({ projectId })
  const present = (rows.data?.rows ?? []).filter(({ key, origin }) => origin.kind === 'own' && keys.includes(key))
  const readers = (syncs.data ?? []).filter(
    ({ environment, folder }) => environment?.slug === to.environment && folder?.path === to.secretPath,
  )
  useEdited(place, keys)
  const what = keys.length === 1 ? (keys[0] ?? '') : words.copyDialog.secrets(keys.length)
  const where = `${to.environment}:${to.secretPath}`
  const copy = async () => {
    await copySecrets(place, target, keys, new Map(present.map(({ key, version }) => [key, version])))
    onDone?.()
    toast.success(words.copyDialog.copied(what, where))
  }
  return (
    <Confirm
      title={words.copyDialog.title(what, to.environment)}
      label={
        present.length > 0 ? words.copyDialog.copyOverwrite(present.length) : words.copyDialog.copy(to.environment)
      }
      danger={present.length > 0}
      ready={!isHere && !rows.isPending}
      onConfirm={copy}
      onClose={onClose}
    >
      <FolderFields
        projectId={projectId}
        value={to}
        onChange={({ environment, secretPath }) =>
          // The same folder of another environment.
          setTo({ environment, secretPath: environment === to.environment ? secretPath : place.secretPath })
        }
        path={{ label: words.copyDialog.intoFolder, needs: 'secrets.write' }}
      />
      {isHere ? (
        <p className="text-sm text-soft">{words.copyDialog.sameFolder}</p>
      ) : (
        <p>
          {present.length > 0
            ? words.copyDialog.overwrites(where, present.map(({ key }) => key).join(', '))
            : words.copyDialog.creates(where)}
          {rows.error !== null && words.copyDialog.createsFolder(where)}
        </p>
      )}
      <p className="text-sm text-soft">
        {words.copyDialog.references(to.environment)}{' '}
        {readers.length === 0
          ? words.copyDialog.noReaders(where)
          : words.copyDialog.readers(readers.length, readers.map(({ name }) => name).join(', '))}
      </p>
    </Confirm>
  )
}
