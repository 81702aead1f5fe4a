import type { KeyferryClient } from '@keyferry/client'
import type { SyncRef } from './setup.ts'

/**
 * Resolves when no sync has work left: each is at its target, or stands still and says why. Looks when a live event
 * comes, not on a timer. Throws when `limitMs` passes first.
 */
export async function settled(
  client: KeyferryClient,
  projectId: string,
  syncs: readonly SyncRef[],
  limitMs: number,
): Promise<void> {
  const done = Promise.withResolvers<void>()
  let looking = false
  let again = false
  const look = async (): Promise<void> => {
    again = true
    if (looking) return
    looking = true
    while (again) {
      again = false
      const states = await Promise.all(syncs.map((sync) => client.syncs.get.query(sync)))
      if (states.every(isSettled)) done.resolve()
    }
    looking = false
  }
  const onLook = (): void => void look().catch(done.reject)

  const feed = client.syncs.events.subscribe({ projectId }, { onStarted: onLook, onData: onLook, onError: done.reject })
  const late = setTimeout(() => done.reject(new Error(`the syncs did not settle within ${limitMs / 1000} s`)), limitMs)
  try {
    await done.promise
  } finally {
    clearTimeout(late)
    feed.unsubscribe()
  }
}

type SyncState = Awaited<ReturnType<KeyferryClient['syncs']['get']['query']>>

const isSettled = (sync: SyncState): boolean =>
  sync.state === 'succeeded'
    ? sync.inSync
    : sync.state !== 'pending' && sync.state !== 'running' && sync.retryAt === null
