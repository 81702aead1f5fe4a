import { count } from '@keyferry/schemas/count'
import { Time } from '../../components/time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import type { Sync } from '../../lib/types.ts'
import { useTrigger } from './use-trigger.ts'

/** The sync was pointed elsewhere, and what it wrote before has not gone yet. */
export function LeavingNotice({ sync }: { sync: Sync }) {
  const { trigger, busy, denied } = useTrigger(sync)
  const { leaving } = sync
  if (leaving === null) return null
  const { keys, message, retryAt } = leaving
  return (
    <Notice
      kind={retryAt === null ? 'info' : 'warn'}
      title={keys === 0 ? 'Leaving its old place' : `Still leaving its old place: ${count(keys, 'key')}`}
      action={
        retryAt !== null && (
          <Button size="sm" busy={busy} denied={denied} onClick={trigger}>
            Try now
          </Button>
        )
      }
    >
      {message}
      {retryAt !== null && (
        <>
          {' '}
          Tries again <Time iso={retryAt} until />.
        </>
      )}
    </Notice>
  )
}
