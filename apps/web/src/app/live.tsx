import { useEffect, useRef } from 'react'
import { setConnected, setProgress } from '../lib/live.ts'
import { trpc } from '../lib/trpc.ts'

const RUNNING_REFRESH_MS = 1000

/** Listens to a project's live events and has whatever they name fetched again. Shows nothing. */
export function Live({ projectId }: { projectId: string }) {
  const utils = trpc.useUtils()
  const soon = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(soon.current), [])

  const refreshSyncs = () => {
    void utils.syncs.list.invalidate()
    void utils.syncs.get.invalidate()
    void utils.syncs.keys.invalidate()
    void utils.syncs.runs.invalidate()
    void utils.syncs.run.invalidate()
  }
  /** A running sync tells of every key; the screens need that no more often than once a second. */
  const refreshSoon = () => {
    soon.current ??= setTimeout(() => {
      soon.current = undefined
      refreshSyncs()
    }, RUNNING_REFRESH_MS)
  }

  const { status, error } = trpc.syncs.events.useSubscription(
    { projectId },
    {
      // Whatever happened while the feed was away is not told again.
      onStarted: refreshSyncs,
      onData: ({ data: event }) => {
        if (event.kind === 'secrets') {
          void utils.secrets.rows.invalidate()
          void utils.secrets.versions.invalidate()
          void utils.folders.list.invalidate()
          void utils.imports.list.invalidate()
          void utils.tree.invalidate()
          void utils.history.invalidate()
          refreshSoon()
          return
        }
        if (event.kind === 'sync' && event.state === 'running') {
          setProgress(event.syncId, { done: event.done, total: event.total })
          refreshSoon()
          return
        }
        setProgress(event.syncId, undefined)
        if (event.kind === 'sync-deleted') {
          // Whoever deleted it is about to leave its page; asking for it again would flash an error there.
          void utils.syncs.list.invalidate()
          void utils.tree.deletions.invalidate()
          return
        }
        refreshSyncs()
        void utils.syncs.plan.invalidate()
      },
    },
  )
  const down = status === 'error' || (status === 'connecting' && error !== null)
  useEffect(() => {
    setConnected(!down)
    return () => setConnected(true)
  }, [down])
  return null
}
