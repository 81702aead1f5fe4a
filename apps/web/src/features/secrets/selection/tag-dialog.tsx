import { useState } from 'react'
import { Confirm } from '../../../components/confirm.tsx'
import { chunks } from '../../../lib/server/chunks.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef, SecretRow } from '../../../lib/server/types.ts'
import { TagsField } from './tags-field.tsx'
import { useEdited } from '../values/edited.ts'
import { words } from '../words.ts'

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
  useEdited(
    place,
    rows.map(({ key }) => key),
  )
  const what = words.tagDialog.secrets(rows.length)
  const save = async () => {
    const secrets = rows.map(({ key, tags }) => ({
      key,
      tagIds: [...new Set([...tags.map(({ id }) => id), ...tagIds])],
    }))
    for (const some of chunks(secrets)) await update.mutateAsync({ ...place, secrets: some })
    await markStale('secrets.updateMany')
    onDone()
    toast.success(words.tagDialog.tagged(what))
  }
  return (
    <Confirm
      title={words.tagDialog.title(what)}
      label={words.tagDialog.addTags}
      danger={false}
      ready={tagIds.length > 0}
      onConfirm={save}
      onClose={onClose}
    >
      <TagsField projectId={place.projectId} value={tagIds} onChange={setTagIds} />
    </Confirm>
  )
}
