import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { Button } from '../../components/ui/button.tsx'
import { trpc } from '../../lib/trpc.ts'
import type { Place, Sync } from '../../lib/types.ts'
import { count } from '../../lib/words.ts'
import { DeleteConsequence } from './readers.tsx'

export function DeleteSelected({
  place,
  keys,
  readers,
  onDone,
}: {
  place: Place
  keys: string[]
  readers: readonly Sync[]
  onDone: () => void
}) {
  const [asking, setAsking] = useState(false)
  const utils = trpc.useUtils()
  const remove = trpc.secrets.deleteMany.useMutation()
  const what = count(keys.length, 'secret')
  const deleteAll = async () => {
    await remove.mutateAsync({ ...place, secrets: keys.map((secretKey) => ({ secretKey })) })
    onDone()
    await utils.secrets.rows.invalidate(place)
  }
  return (
    <>
      <Button size="sm" variant="quietDanger" onClick={() => setAsking(true)}>
        <Trash2 aria-hidden className="size-3.5" /> Delete {what}
      </Button>
      {asking && (
        <Confirm
          title={`Delete ${what}?`}
          label={`Delete ${what}`}
          onConfirm={deleteAll}
          onClose={() => setAsking(false)}
        >
          <p className="max-h-40 overflow-y-auto font-mono text-sm break-all">{keys.join(', ')}</p>
          <DeleteConsequence readers={readers} />
        </Confirm>
      )}
    </>
  )
}
