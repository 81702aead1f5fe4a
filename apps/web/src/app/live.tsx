import { useEffect, useRef } from 'react'
import { nameOfDeletion } from '../components/pending-deletion.tsx'
import { setConnected, setProgress } from '../lib/live.ts'
import { toast } from '../lib/toast.ts'
import { trpc } from '../lib/trpc.ts'

const RUNNING_REFRESH_MS = 1000
/** Wait before a feed that ended is opened again: as long as browsers wait before they connect again. */
const REOPEN_MS = 3000

/** Listens to a project's live events and has what they name fetched again. Shows nothing. */
export function Live({ projectId }: { projectId: string }) {
  const utils = trpc.useUtils()
  const soon = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(soon.current), [])

  const refreshSyncs = () => {
    clearTimeout(soon.current)
    soon.current = undefined
    void utils.syncs.list.invalidate()
    void utils.syncs.get.invalidate()
    void utils.syncs.keys.invalidate()
    void utils.syncs.runs.invalidate()
    void utils.syncs.run.invalidate()
  }
  /** A running sync reports every key; the screens need that no more often than once a second. */
  const refreshSoon = () => {
    soon.current ??= setTimeout(refreshSyncs, RUNNING_REFRESH_MS)
  }
  const refreshEnded = () => {
    refreshSyncs()
    void utils.syncs.plan.invalidate()
    // A run finds out whether the credentials work.
    void utils.connections.list.invalidate()
  }
  const refreshSecrets = () => {
    void utils.secrets.rows.invalidate()
    void utils.secrets.versions.invalidate()
    void utils.folders.list.invalidate()
    void utils.imports.list.invalidate()
    void utils.tree.invalidate()
    void utils.history.invalidate()
  }
  const refreshTree = () => {
    void utils.projects.invalidate()
    void utils.folders.invalidate()
    refreshSecrets()
    void utils.syncs.list.invalidate()
  }
  /** Also when the project itself is gone. */
  const refreshRights = () => {
    void utils.instance.me.invalidate()
    void utils.projects.invalidate()
    void utils.tree.deletions.invalidate()
  }

  const { status, error, reset } = trpc.syncs.events.useSubscription(
    { projectId },
    {
      // What happened before the feed stood is not repeated.
      onStarted: () => {
        refreshTree()
        refreshEnded()
      },
      // A session or a membership that ended is noticed by the next query.
      onComplete: refreshRights,
      onError: refreshRights,
      onData: ({ data: event }) => {
        if (event.kind === 'secrets') {
          refreshSecrets()
          refreshSoon()
          return
        }
        if (event.kind === 'deletion-ended') {
          refreshTree()
          if (event.outcome === 'given-up')
            toast.error(`${nameOfDeletion({ ...event, kind: event.subject })} was not deleted: a sync still reads it.`)
          return
        }
        if (event.kind === 'sync' && event.state === 'running') {
          setProgress(event.syncId, { done: event.done, total: event.total })
          refreshSoon()
          return
        }
        setProgress(event.syncId, undefined)
        if (event.kind === 'sync-deleted') {
          // Asking for it again would flash an error on its page, which the person who deleted it is about to leave.
          void utils.syncs.list.invalidate()
          void utils.tree.deletions.invalidate()
          return
        }
        refreshEnded()
      },
    },
  )
  const over = status === 'idle' || status === 'error'
  useEffect(() => {
    if (!over) return
    const timer = setTimeout(reset, REOPEN_MS)
    return () => clearTimeout(timer)
  }, [over, reset])
  const down = over || (status === 'connecting' && error !== null)
  useEffect(() => {
    setConnected(!down)
    return () => setConnected(true)
  }, [down])
  return null
}
