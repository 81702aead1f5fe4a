import { useEffect, useRef } from 'react'
import { toast } from '../lib/toast.ts'
import { setTroubleMark } from '../lib/trouble-mark.ts'
import { useSyncsInTrouble } from '../lib/syncs-in-trouble.ts'
import { trpc } from '../lib/trpc.ts'
import { words } from './words.ts'

/** Marks the browser's tab while syncs of the project need attention, and says when one is back in sync. */
export function TroubleWatch({ projectId }: { projectId: string }) {
  const { data: syncs } = trpc.syncs.list.useQuery({ projectId })
  const trouble = useSyncsInTrouble(projectId).length
  const seen = useRef(new Set<string>())
  useEffect(() => {
    for (const { id, name, status } of syncs ?? []) {
      if (status === 'needs-attention') seen.current.add(id)
      else if (status === 'in-sync' && seen.current.delete(id)) toast.success(words.troubleWatch.backSync(name))
    }
  }, [syncs])
  useEffect(() => {
    setTroubleMark(trouble)
    return () => setTroubleMark(0)
  }, [trouble])
  return null
}
