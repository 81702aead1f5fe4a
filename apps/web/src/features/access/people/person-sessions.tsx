import { Failure } from '../../../components/failure.tsx'
import { Time } from '../../../components/time.tsx'
import { SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import { deviceOf } from '../../account/device.ts'
import { words } from '../words.ts'

/** Where a person is signed in. For instance admins. */
export function PersonSessions({ userId }: { userId: string }) {
  const { data, error, refetch } = trpc.people.sessions.useQuery({ userId })
  if (error) return <Failure what={words.personSessions.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.personSessions.loading} rows={2} />
  if (data.length === 0) return <p>{words.personSessions.theyNotSignedAnywhere}</p>
  return (
    <ul aria-label={words.personSessions.sessions} className="max-h-60 divide-y divide-line overflow-y-auto">
      {data.map(({ id, device, address, lastSeenAt }) => (
        <li key={id} className="grid py-2">
          <span className="font-medium">{deviceOf(device ?? '').words}</span>
          <span className="text-soft">
            {address ?? words.personSessions.addressUnknown} {words.personSessions.seen} <Time iso={lastSeenAt} />
          </span>
        </li>
      ))}
    </ul>
  )
}
