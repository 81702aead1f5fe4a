/** The one form of trouble: what, why, since when, how often, when again, what waits, and the action. */
import { Link } from '@tanstack/react-router'
import { CountDown } from '../../../components/syncs/count-down.tsx'
import { reasonOf } from '../../../components/syncs/sync-status.tsx'
import { Time } from '../../../components/time.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import type { ListedSync } from '../../../lib/server/types.ts'
import { BannerActions } from './banner-actions.tsx'
import { BannerDetails } from './banner-details.tsx'
import { words } from '../words.ts'

/** Statuses that say everything with their chip and their progress. */
const QUIET: readonly ListedSync['status'][] = ['in-sync', 'syncing']

/**
 * Nothing for a sync that is in sync or on its way. `named`: on a page of several syncs, with the sync's name and link.
 */
export function SyncBanner({ sync, named = false }: { sync: ListedSync; named?: boolean }) {
  const { status, reason, since, projectId, destination, id } = sync
  if (reason === null || QUIET.includes(status)) return null
  const kind = status === 'needs-attention' ? 'bad' : status === 'paused' ? 'info' : 'warn'
  const attempts = 'attempts' in reason && reason.attempts > 1 ? words.syncBanner.attempts(reason.attempts) : null
  const retryAt = 'retryAt' in reason ? reason.retryAt : null
  const ends = reason.code === 'paused' ? reason.until : null
  return (
    <Notice
      kind={kind}
      isListed={named}
      title={
        <>
          {named && (
            <>
              <Link
                to="/p/$projectId/syncs/$destination/$syncId"
                params={{ projectId, destination, syncId: id }}
                className="text-accent underline"
              >
                {sync.name}
              </Link>
              {': '}
            </>
          )}
          {reasonOf(sync)}
        </>
      }
      action={<BannerActions sync={sync} reason={reason} />}
    >
      {/* A countdown, and keys that are read later: with the title announced once, not again at every second. */}
      <div className="grid gap-1.5" aria-live="off">
        <p className="text-soft first-letter:uppercase empty:hidden">
          {since !== null && <Time iso={since} />}
          {attempts !== null && ` · ${attempts}`}
          {retryAt !== null && (
            <>
              {words.syncBanner.nextAttempt}
              <CountDown iso={retryAt} />
            </>
          )}
          {ends !== null && (
            <>
              {words.syncBanner.ends}
              <Time iso={ends} until />
            </>
          )}
        </p>
        <BannerDetails sync={sync} reason={reason} />
      </div>
    </Notice>
  )
}
