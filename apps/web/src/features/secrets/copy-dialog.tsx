import { count } from '@keyferry/schemas/count'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { FolderFields } from '../../components/folder-fields.tsx'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'
import { copySecrets } from './copy-secrets.ts'

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
  const syncs = trpc.syncs.list.useQuery({ projectId })
  const present = (rows.data?.rows ?? []).filter(({ key, origin }) => origin.kind === 'own' && keys.includes(key))
  const readers = (syncs.data ?? []).filter(
    ({ environment, folder }) => environment?.slug === to.environment && folder?.path === to.secretPath,
  )
  const what = keys.length === 1 ? (keys[0] ?? '') : count(keys.length, 'secret')
  const where = `${to.environment}:${to.secretPath}`
  const copy = async () => {
    await copySecrets(place, target, keys)
    onDone?.()
    toast.success(`Copied ${what} to ${where}.`)
  }
  return (
    <Confirm
      title={`Copy ${what} to ${to.environment}?`}
      label={present.length > 0 ? `Copy and overwrite ${present.length}` : `Copy to ${to.environment}`}
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
        path={{ label: 'Into folder', needs: 'secrets.write' }}
      />
      {isHere ? (
        <p className="text-sm text-soft">Choose another environment or folder.</p>
      ) : (
        <p>
          {present.length > 0
            ? `${where} already has ${present.map(({ key }) => key).join(', ')}. The current value stays in the history.`
            : `${where} has none of these keys yet. They are created with value, comment and tags.`}
          {rows.error !== null && ` The folder ${where} is created first.`}
        </p>
      )}
      <p className="text-sm text-soft">
        References are copied as they are written, so they may point elsewhere in {to.environment}.{' '}
        {readers.length === 0
          ? `No sync reads ${where} directly.`
          : `${count(readers.length, 'sync sends', 'syncs send')} the new values: ${readers.map(({ name }) => name).join(', ')}.`}
      </p>
    </Confirm>
  )
}
