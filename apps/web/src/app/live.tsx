import { useEffect, useRef } from 'react'
import { nameOfDeletion } from '../components/pending-deletion.tsx'
import { setFeedDown } from '../lib/connection.ts'
import { setProgress } from '../lib/live.ts'
import { markStale } from '../lib/stale.ts'
import { toast } from '../lib/toast.ts'
import { trpc } from '../lib/trpc.ts'
import { words } from './words.ts'

const RUNNING_REFRESH_MS = 1000
/** Wait before a feed that ended is opened again: as long as browsers wait before they connect again. */
const REOPEN_MS = 3000

/** Listens to a project's live events and has what they name fetched again. Shows nothing. */
export function Live({ projectId }: { projectId: string }) {
  const soon = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(soon.current), [])
  /** A running sync reports every key; the screens need that no more often than once a second. */
  const markRunning = () => {
    soon.current ??= setTimeout(() => {
      soon.current = undefined
      void markStale('feed.running')
    }, RUNNING_REFRESH_MS)
  }

  const { status, error, reset } = trpc.syncs.events.useSubscription(
    { projectId },
    {
      onStarted: () => void markStale('feed.opened'),
      onComplete: () => void markStale('feed.ended'),
      onError: () => void markStale('feed.ended'),
      onData: ({ data: event }) => {
        switch (event.kind) {
          case 'secrets':
            void markStale('feed.secrets')
            return markRunning()
          case 'pauses':
            return void markStale('feed.sync')
          case 'deletion-ended':
            if (event.outcome === 'given-up')
              toast.error(words.live.notDeleted(nameOfDeletion({ ...event, kind: event.subject })))
            return void markStale('feed.deletion-ended')
          case 'sync-deleted':
            setProgress(event.syncId, undefined)
            return void markStale('feed.sync-deleted')
          case 'sync': {
            const isRunning = event.state === 'running'
            setProgress(event.syncId, isRunning ? { done: event.done, total: event.total } : undefined)
            if (isRunning) return markRunning()
            clearTimeout(soon.current)
            soon.current = undefined
            return void markStale('feed.sync')
          }
        }
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
    setFeedDown(down)
    return () => setFeedDown(false)
  }, [down])
  return null
}
