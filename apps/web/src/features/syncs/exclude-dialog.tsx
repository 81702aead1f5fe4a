import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { TextField } from '../../components/ui/field.tsx'
import { markStale } from '../../lib/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Sync } from '../../lib/types.ts'

/** Excludes a secret from a sync, with a reason that stays with it. */
export function ExcludeDialog({ sync, secret, onClose }: { sync: Sync; secret: string; onClose: () => void }) {
  const { id: syncId, destination, name } = sync
  const [reason, setReason] = useState('')
  const exclude = trpc.syncs.excludeKeys.useMutation()
  return (
    <Confirm
      title={`Exclude ${secret} from ${name}?`}
      label="Exclude key"
      danger={false}
      ready={reason.trim() !== ''}
      onConfirm={async () => {
        await exclude.mutateAsync({ destination, syncId, keys: [secret], reason: reason.trim() })
        await markStale('syncs.excludeKeys')
        toast.success(`${secret} is excluded.`)
      }}
      onClose={onClose}
    >
      <p>
        The sync no longer writes or deletes this key. A copy that is already at the destination stays as it is; delete
        it there if it should go.
      </p>
      <TextField
        label="Reason"
        help="Shown with the key, and in the audit log."
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </Confirm>
  )
}
