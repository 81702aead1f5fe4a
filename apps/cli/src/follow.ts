import type { KeyferryClient } from '@keyferry/client'
import { Failure } from './failure.ts'
import type { Sync } from './plan-text.ts'

export interface SyncRef {
  destination: string
  syncId: string
}

interface Progress {
  done: number
  total: number
}

/**
 * The sync once a run that is not `before` has ended and no other is due at once. Looks when a live event comes, and
 * every few seconds for events that were missed. Throws `Failure` when `limitMs` passes first.
 */
export async function followed(
  client: KeyferryClient,
  ref: SyncRef,
  {
    projectId,
    before,
    limitMs,
    onProgress,
  }: { projectId: string; before: string | null; limitMs: number; onProgress(progress: Progress): void },
): Promise<Sync> {
  const { promise, resolve, reject } = Promise.withResolvers<Sync>()
  let looking = false
  let again = false
  const look = async (): Promise<void> => {
    again = true
    if (looking) return
    looking = true
    while (again) {
      again = false
      const sync = await client.syncs.get.query(ref)
      if (hasSettled(sync, before)) resolve(sync)
    }
    looking = false
  }
  const onLook = (): void => void look().catch(reject)
  const feed = client.syncs.events.subscribe(
    { projectId },
    {
      onStarted: onLook,
      onData({ data }) {
        if (data.kind !== 'sync' || data.syncId !== ref.syncId) return
        if (data.state === 'running') onProgress(data)
        onLook()
      },
      onError: reject,
    },
  )
  const missed = setInterval(onLook, 3_000)
  const late = setTimeout(
    () =>
      reject(
        new Failure(
          `The run did not end within ${limitMs / 1000} s`,
          'It continues in the background: check with `keyferry syncs list`, or wait longer with --timeout.',
        ),
      ),
    limitMs,
  )
  try {
    return await promise
  } finally {
    clearTimeout(late)
    clearInterval(missed)
    feed.unsubscribe()
  }
}

const hasSettled = ({ lastRun, state }: Sync, before: string | null): boolean =>
  lastRun !== null && lastRun.id !== before && lastRun.finishedAt !== null && state !== 'pending' && state !== 'running'
