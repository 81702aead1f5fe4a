import { useState } from 'react'
import { Confirm } from '../../../components/confirm.tsx'
import { Checkbox } from '../../../components/ui/checkbox.tsx'
import { TextField } from '../../../components/ui/field.tsx'
import { chunks } from '../../../lib/server/chunks.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { direct } from '../../../lib/server/trpc.ts'
import { offerUndo } from '../../../lib/server/undo.ts'
import type { FolderRef, BriefSync } from '../../../lib/server/types.ts'
import { useEdited } from '../values/edited.ts'
import { words } from '../words.ts'

/** The most keys that one call excludes. */
const AT_ONCE = 100

interface Props {
  place: FolderRef
  keys: readonly string[]
  /** The syncs that can be chosen. */
  syncs: readonly BriefSync[]
  onDone: () => void
  onClose: () => void
}

/** Excludes secrets from syncs, with a reason that stays with them. */
export function ExcludeSecrets({ place, keys, syncs, onDone, onClose }: Props) {
  const [reason, setReason] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>(() =>
    syncs.filter((sync) => isSourceOf(sync, place)).map(({ id }) => id),
  )
  useEdited(place, keys)
  const what = keys.length === 1 ? (keys[0] ?? '') : words.selectedActions.secrets(keys.length)
  const from = syncs.filter(({ id }) => chosen.includes(id))
  const exclude = async () => {
    for (const { destination, id: syncId } of from)
      for (const some of chunks(keys, AT_ONCE))
        await direct.syncs.excludeKeys.mutate({ destination, syncId, keys: some, reason: reason.trim() })
    onDone()
    offerUndo(words.excludeSecrets.excluded(what, from.length), undo)
    await markStale('syncs.excludeKeys')
  }
  const undo = async () => {
    try {
      for (const { destination, id: syncId } of from)
        for (const some of chunks(keys, AT_ONCE))
          await direct.syncs.includeKeys.mutate({ destination, syncId, keys: some })
      return words.excludeSecrets.included(what)
    } finally {
      await markStale('syncs.includeKeys')
    }
  }
  return (
    <Confirm
      title={words.excludeSecrets.title(what)}
      label={words.excludeSecrets.exclude(from.length)}
      danger={false}
      ready={from.length > 0 && reason.trim() !== ''}
      onConfirm={exclude}
      onClose={onClose}
    >
      <p>{words.excludeSecrets.text(keys.length)}</p>
      <ul aria-label={words.excludeSecrets.syncs} className="grid max-h-56 gap-2 overflow-y-auto">
        {syncs.map((sync) => (
          <li key={sync.id} className="flex items-center gap-2">
            <Checkbox
              label={sync.name}
              checked={chosen.includes(sync.id)}
              onChange={(isOn) =>
                setChosen(isOn ? [...chosen, sync.id] : chosen.filter((syncId) => syncId !== sync.id))
              }
            />
            <span className="min-w-0 break-words">{sync.name}</span>
            {!isSourceOf(sync, place) && <span className="text-sm text-soft">{words.excludeSecrets.indirect}</span>}
          </li>
        ))}
      </ul>
      <TextField
        label={words.excludeSecrets.reason}
        help={words.excludeSecrets.reasonHelp}
        maxLength={200}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
    </Confirm>
  )
}

const isSourceOf = ({ environment, folder }: BriefSync, place: FolderRef): boolean =>
  environment?.slug === place.environment && folder?.path === place.secretPath
