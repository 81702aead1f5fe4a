import { useEffect, useRef } from 'react'
import { toast } from '../../lib/toast.ts'
import { setTroubleMark } from '../../lib/pages/trouble-mark.ts'
import { useSyncsInTrouble } from '../../lib/lists/syncs-in-trouble.ts'
import { direct, trpc } from '../../lib/server/trpc.ts'
import { words } from '../words.ts'

/** The most syncs that are asked about at once. */
const AT_ONCE = 50

/** Marks the browser's tab while syncs of the project need attention, and says when one is back in sync. */
export function TroubleWatch({ projectId }: { projectId: string }) {
  const { data, dataUpdatedAt } = trpc.syncs.summary.useQuery({ projectId })
  const trouble = useSyncsInTrouble(projectId)
  const seen = useRef(new Set<string>())
  useEffect(() => {
    if (!data) return
    const now = new Set(data.needAttention.map(({ id }) => id))
    const gone = [...seen.current].filter((id) => !now.has(id)).slice(0, AT_ONCE)
    for (const id of now) seen.current.add(id)
    if (gone.length > 0) void sayBackInSync(projectId, gone, seen.current)
    // Also when a summary is as before: a sync that needs attention no longer is on its way first.
  }, [projectId, data, dataUpdatedAt])
  useEffect(() => {
    setTroubleMark(trouble)
    return () => setTroubleMark(0)
  }, [trouble])
  return null
}

/** Forgets those of `ids` that are in sync, by name, or deleted. The others are asked about again. */
async function sayBackInSync(projectId: string, ids: readonly string[], seen: Set<string>): Promise<void> {
  const page = await direct.syncs.page
    .query({ projectId, syncIds: ids.join(','), limit: AT_ONCE })
    .catch(() => undefined)
  for (const id of page ? ids : []) {
    const sync = page?.syncs.find((each) => each.id === id)
    if (sync && sync.status !== 'in-sync') continue
    if (seen.delete(id) && sync) toast.success(words.troubleWatch.backSync(sync.name))
  }
}
