import { useState } from 'react'
import { Confirm } from '../../../components/confirm.tsx'
import { TextField } from '../../../components/ui/field.tsx'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { ListedSync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** Excludes a secret from a sync, with a reason that stays with it. */
export function ExcludeDialog({ sync, secret, onClose }: { sync: ListedSync; secret: string; onClose: () => void }) {
  const { id: syncId, destination, name } = sync
  const [reason, setReason] = useState('')
  const exclude = trpc.syncs.excludeKeys.useMutation()
  return (
    <Confirm
      title={words.excludeDialog.title(secret, name)}
      label={words.excludeDialog.excludeKey}
      danger={false}
      ready={reason.trim() !== ''}
      onConfirm={async () => {
        await exclude.mutateAsync({ destination, syncId, keys: [secret], reason: reason.trim() })
        await markStale('syncs.excludeKeys')
        toast.success(words.excludeDialog.excluded(secret))
      }}
      onClose={onClose}
    >
      <p>{words.excludeDialog.consequence}</p>
      <TextField
        label={words.excludeDialog.reason}
        help={words.excludeDialog.reasonHelp}
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </Confirm>
  )
}
