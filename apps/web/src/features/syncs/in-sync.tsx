import { count } from '@keyferry/schemas/count'
import { Time } from '../../components/time.tsx'
import type { Sync } from '../../lib/types.ts'

/** First axis: has every change made here reached the target? */
export function InSync({ sync }: { sync: Sync }) {
  if (sync.inSync && sync.drift !== null && sync.drift.count > 0) {
    return (
      <span className="text-warn">
        {count(sync.drift.count, 'key')} drifted
        {sync.drift.checkedAt !== null && (
          <span className="text-soft">
            , seen <Time iso={sync.drift.checkedAt} />
          </span>
        )}
      </span>
    )
  }
  if (sync.inSync) {
    return (
      <span className="text-good">
        In sync
        {sync.syncedAt !== null && (
          <span className="text-soft">
            {' '}
            since <Time iso={sync.syncedAt} />
          </span>
        )}
      </span>
    )
  }
  return (
    <span className="text-warn">
      Behind
      {sync.behindSince !== null && (
        <span className="text-soft">
          {' '}
          since <Time iso={sync.behindSince} />
        </span>
      )}
    </span>
  )
}

/** Second axis: do its runs get through? In a word and a sentence. */
export function healthOf(sync: Sync): { word: string; tone: 'good' | 'warn' | 'bad' | 'neutral'; why: string | null } {
  if (sync.folder === null) return { word: 'Degraded', tone: 'bad', why: 'The source folder was deleted.' }
  switch (sync.state) {
    case 'blocked':
      return { word: 'Blocked', tone: 'bad', why: sync.blocked?.message ?? sync.message }
    case 'failed':
      return { word: 'Failing', tone: 'bad', why: sync.message }
    case 'partial':
      return { word: 'Degraded', tone: 'warn', why: sync.message }
    case 'pending':
    case 'running':
      return sync.retryAt !== null && sync.message !== null
        ? { word: 'Retrying', tone: 'warn', why: sync.message }
        : { word: 'Healthy', tone: 'good', why: null }
    case 'succeeded':
      return sync.drift?.repairsStopped === true || (sync.leaving !== null && sync.leaving.retryAt !== null)
        ? { word: 'Degraded', tone: 'warn', why: null }
        : { word: 'Healthy', tone: 'good', why: null }
  }
}
