import { count } from '@keyferry/schemas/count'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { markStale } from '../../lib/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef, SecretRow } from '../../lib/types.ts'
import { TagsField } from './tags-field.tsx'

interface Props {
  place: FolderRef
  rows: readonly SecretRow[]
  onDone: () => void
  onClose: () => void
}

/** Adds tags to several secrets; those that they have stay. */
export function TagDialog({ place, rows, onDone, onClose }: Props) {
  const [tagIds, setTagIds] = useState<string[]>([])
  const update = trpc.secrets.updateMany.useMutation()
  const what = count(rows.length, 'secret')
  const save = async () => {
    const secrets = rows.map(({ key, tags }) => ({
      key,
      tagIds: [...new Set([...tags.map(({ id }) => id), ...tagIds])],
    }))
    await update.mutateAsync({ ...place, secrets })
    await markStale('secrets.updateMany')
    onDone()
    toast.success(`Tagged ${what}.`)
  }
  return (
    <Confirm
      title={`Tag ${what}`}
      label="Add tags"
      danger={false}
      ready={tagIds.length > 0}
      onConfirm={save}
      onClose={onClose}
    >
      <TagsField projectId={place.projectId} value={tagIds} onChange={setTagIds} />
    </Confirm>
  )
}
