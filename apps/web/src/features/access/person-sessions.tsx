import { Failure } from '../../components/failure.tsx'
import { Time } from '../../components/time.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { trpc } from '../../lib/trpc.ts'
import { deviceOf } from '../account/device.ts'

/** Where a person is signed in. For instance admins. */
export function PersonSessions({ userId }: { userId: string }) {
  const { data, error, refetch } = trpc.people.sessions.useQuery({ userId })
  if (error) return <Failure what="The sessions could not be read" error={error} retry={refetch} />
  if (!data) return <SkeletonRows label="Loading the sessions" rows={2} />
  if (data.length === 0) return <p>They are not signed in anywhere.</p>
  return (
    <ul aria-label="Sessions" className="max-h-60 divide-y divide-line overflow-y-auto">
      {data.map(({ id, device, address, lastSeenAt }) => (
        <li key={id} className="grid py-2">
          <span className="font-medium">{deviceOf(device ?? '').words}</span>
          <span className="text-soft">
            {address ?? 'Address unknown'} · seen <Time iso={lastSeenAt} />
          </span>
        </li>
      ))}
    </ul>
  )
}
