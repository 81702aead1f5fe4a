import { trpc } from '../../../lib/server/trpc.ts'
import type { KeyState, StatusReason, ListedSync } from '../../../lib/server/types.ts'
import { TroubledKeys } from '../keys/troubled-keys.tsx'
import { words } from '../words.ts'

interface Props {
  sync: ListedSync
  reason: StatusReason
}

/** Why, in the words of the refusal, and the keys concerned. */
export function BannerDetails({ sync, reason }: Props) {
  switch (reason.code) {
    case 'source-incomplete':
      return (
        <>
          <p>{reason.keys === 0 ? reason.message : words.bannerDetails.untilResolved(reason.keys)}</p>
          <TroubledKeys sync={sync} keys={sync.blocked?.keys ?? []} ofSource />
        </>
      )
    case 'approval-needed':
      return (
        <>
          <p>{reason.message}</p>
          <TroubledKeys sync={sync} keys={sync.blocked?.keys ?? []} />
        </>
      )
    case 'keys-not-written':
      return <TroubledKeys sync={sync} keys={reason.named} excludes />
    case 'drifted':
      return <p>{reason.repairs ? words.bannerDetails.nextCheckRepairs : words.bannerDetails.repairNowWrites}</p>
    case 'paused':
      return reason.waiting ? <Waiting sync={sync} /> : <p>{words.bannerDetails.noChanges}</p>
    case 'changes-waiting':
    case 'never-synced':
      return <Waiting sync={sync} />
    case 'queued':
    case 'running':
    case 'removing':
    case 'secrets-removed':
      return null
    default:
      return (
        <>
          {reason.message !== '' && <p>{reason.message}</p>}
          {(reason.code === 'failed' || reason.code === 'retrying' || reason.code === 'credential-rejected') && (
            <Waiting sync={sync} />
          )}
        </>
      )
  }
}

const WAIT: readonly KeyState['state'][] = ['pending', 'failed']
const NAMED = 5

/** The keys that are not at the destination as they should be. */
function Waiting({ sync }: Pick<Props, 'sync'>) {
  const { data } = trpc.syncs.keys.useQuery(
    { destination: sync.destination, syncId: sync.id },
    { enabled: !sync.outOfReach },
  )
  const keys = data?.filter(({ state }) => WAIT.includes(state)) ?? []
  if (keys.length === 0) return null
  const more = keys.length > NAMED ? words.bannerDetails.more(keys.length - NAMED) : ''
  return (
    <p>
      {words.bannerDetails.keysWait(keys.length)}:{' '}
      <span className="font-mono break-words">
        {keys
          .slice(0, NAMED)
          .map(({ key }) => key)
          .join(', ')}
      </span>
      {more}
    </p>
  )
}
