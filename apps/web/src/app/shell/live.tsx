import type { settingsSubject } from '@keyferry/schemas'
import { useEffect, useMemo, useState } from 'react'
import type { z } from 'zod'
import { nameOfDeletion } from '../../components/deletion/pending-deletion.tsx'
import { changedSyncs } from '../../lib/live/changed-syncs.ts'
import { setFeedDown } from '../../lib/server/connection.ts'
import { isFeedDown } from '../../lib/live/feed-down.ts'
import { feedOpening } from '../../lib/live/feed-opening.ts'
import { setProgress } from '../../lib/live/live.ts'
import { paced } from '../../lib/live/paced.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from '../words.ts'

type SettingsSubject = z.output<typeof settingsSubject>

/** A running sync reports every key; the screens need that no more often than this. */
const RUNNING_REFRESH_MS = 1000
/** Hundreds of runs may end in a second; the first is shown at once. */
const ENDED_REFRESH_MS = 300
/** The list of connections is long and seldom changes by a run. */
const CONNECTIONS_REFRESH_MS = 5000
/** Wait before a feed that ended is opened again: as long as browsers wait before they connect again. */
const REOPEN_MS = 3000

/** Listens to a project's live events and has what they name fetched again. Shows nothing. */
export function Live({ projectId }: { projectId: string }) {
  const marks = useMemo(() => marksOf(projectId), [projectId])
  useEffect(() => () => Object.values(marks).forEach(({ stop }) => stop()), [marks])
  const [wasDown, setDown] = useState(false)
  const opening = useMemo(
    () =>
      feedOpening((since) => {
        // A proxy that buffers: the server is there.
        setDown(false)
        void markStale('feed.opened', { since })
      }),
    [],
  )
  useEffect(() => {
    opening.began()
    return opening.settled
  }, [opening, projectId])
  const end = () => {
    opening.settled()
    void markStale('feed.ended')
  }

  const { status, error, reset } = trpc.syncs.events.useSubscription(
    { projectId, saysOpened: true },
    {
      onStarted: opening.began,
      onComplete: end,
      onError: end,
      onData: ({ data: event }) => {
        opening.settled()
        switch (event.kind) {
          case 'opened':
            void markStale('feed.settings')
            return void markStale('feed.opened', { since: performance.now() - event.quietMs })
          case 'secrets':
            void markStale('feed.secrets')
            return marks.waiting.add(event.folderId)
          case 'settings':
            return marks.settings.add(event.about)
          case 'pauses':
            return void markStale('feed.pauses')
          case 'deletion-ended':
            if (event.outcome === 'given-up')
              toast.error(words.live.notDeleted(nameOfDeletion({ ...event, kind: event.subject })))
            return void markStale('feed.deletion-ended')
          case 'sync-deleted':
            setProgress(event.syncId, undefined)
            return marks.deleted.add(event.syncId)
          case 'sync': {
            const isRunning = event.state === 'running'
            setProgress(event.syncId, isRunning ? { done: event.done, total: event.total } : undefined)
            if (isRunning) return marks.running.add(event.syncId)
            marks.connections.add(event.syncId)
            return marks.ended.add(event.syncId)
          }
        }
      },
    },
  )
  const over = status === 'idle' || status === 'error'
  useEffect(() => {
    if (!over) return
    const timer = setTimeout(() => {
      opening.began()
      reset()
    }, REOPEN_MS)
    return () => clearTimeout(timer)
  }, [over, reset, opening])
  const isDown = isFeedDown(wasDown, { status, error })
  if (isDown !== wasDown) setDown(isDown)
  useEffect(() => {
    setFeedDown(isDown)
    return () => setFeedDown(false)
  }, [isDown])
  return null
}

/** What is fetched again after an event about a sync, and when. */
function marksOf(projectId: string) {
  const readAgain = changedSyncs(projectId)
  const mark = (change: 'feed.running' | 'feed.sync' | 'feed.sync-deleted') => (syncIds: ReadonlySet<string>) => {
    readAgain(syncIds)
    void markStale(change, { syncIds })
  }
  return {
    running: paced(RUNNING_REFRESH_MS, mark('feed.running')),
    ended: paced(ENDED_REFRESH_MS, mark('feed.sync'), { isEager: true }),
    connections: paced(CONNECTIONS_REFRESH_MS, () => void markStale('feed.connections'), { isEager: true }),
    deleted: paced(ENDED_REFRESH_MS, mark('feed.sync-deleted'), { isEager: true }),
    // Not at once: the page of what this tab deleted is left by then.
    settings: paced<SettingsSubject>(ENDED_REFRESH_MS, (subjects) => {
      for (const subject of subjects) void markStale(`feed.${subject}`)
    }),
    // The event of a folder does not say which syncs have something to send now.
    waiting: paced(RUNNING_REFRESH_MS, () => void markStale('feed.waiting')),
  }
}
