/** Live events of a sync. Sent after the commit: they name what to fetch again, and losing one only delays a screen. */
import type { Context } from '@keyferry/kernel'
import type { LiveEvent } from '@keyferry/schemas'

type SyncEvent = Extract<LiveEvent, { kind: 'sync' }>
type Events = Pick<Context, 'events'>

/** The sync changed and is in `state` now. `progress`: keys that a run has handled, of how many. */
export function publishSync(
  { events }: Events,
  { id: syncId, projectId }: { id: string; projectId: string },
  state: SyncEvent['state'],
  progress: Pick<SyncEvent, 'done' | 'total'> = { done: 0, total: 0 },
): void {
  events.publish({ kind: 'sync', projectId, syncId, state, ...progress })
}

/** The sync is gone. */
export function publishSyncDeleted(
  { events }: Events,
  { id: syncId, projectId }: { id: string; projectId: string },
): void {
  events.publish({ kind: 'sync-deleted', projectId, syncId })
}
