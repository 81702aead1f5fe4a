import { useState } from 'react'
import { onDemand } from '../../../components/on-demand.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { messageOf } from '../../../lib/server/errors.ts'
import { atSource, useWhyNot } from '../../../lib/session/rights.ts'
import { toast } from '../../../lib/toast.ts'
import { api } from '../../../lib/server/trpc.ts'
import type { ListedSync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

const ExcludeDialog = onDemand(async () => (await import('./exclude-dialog.tsx')).ExcludeDialog)

/** Excludes the one key that the destination refuses. `storedKey`: its name at the destination. */
export function ExcludeButton({ sync, storedKey }: { sync: ListedSync; storedKey: string }) {
  const { id: syncId, destination, name, projectId } = sync
  const denied = useWhyNot(projectId)('syncs.manage', atSource(sync))
  const [isBusy, setBusy] = useState(false)
  const [secret, setSecret] = useState<string>()
  const open = async () => {
    setBusy(true)
    try {
      const keys = await api.syncs.keys.fetch({ destination, syncId })
      setSecret(keys.find(({ key }) => key === storedKey)?.sourceKey ?? storedKey)
    } catch (error) {
      toast.error(words.excludeButton.unreadable(storedKey, messageOf(error)))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button
        size="sm"
        variant="quietDanger"
        busy={isBusy}
        denied={denied}
        aria-label={words.excludeButton.excludeNamed(storedKey, name)}
        onClick={() => void open()}
      >
        {words.excludeButton.exclude}
      </Button>
      {secret !== undefined && <ExcludeDialog sync={sync} secret={secret} onClose={() => setSecret(undefined)} />}
    </>
  )
}
