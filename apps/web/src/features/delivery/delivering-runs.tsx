import { Link } from '@tanstack/react-router'
import { Time } from '../../components/time.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { FolderRef } from '../../lib/server/types.ts'
import { words } from './words.ts'

/** The runs that wrote one version of a secret to its destinations. Shows nothing while none did. */
export function DeliveringRuns({
  place,
  secretKey,
  version,
}: {
  place: FolderRef
  secretKey: string
  version: number
}) {
  const { data } = trpc.delivery.secret.useQuery({ ...place, key: secretKey })
  const runs = data?.runs.filter((run) => run.version === version) ?? []
  if (runs.length === 0) return null
  return (
    <ul aria-label={words.deliveringRuns.runsDeliveredVersionNamed(version)} className="grid gap-0.5 text-sm text-soft">
      {runs.map(({ runId, syncId, syncName, destination, key, at }) => (
        <li key={`${runId} ${key}`}>
          {words.deliveringRuns.deliveredTo}{' '}
          <Link
            to="/p/$projectId/syncs/$destination/$syncId"
            params={{ projectId: place.projectId, destination, syncId }}
            search={{ tab: 'runs', run: runId }}
            className="text-accent underline"
          >
            {syncName}
          </Link>{' '}
          {key !== secretKey && (
            <>
              {words.deliveringRuns.as} <span className="font-mono break-all">{key}</span>{' '}
            </>
          )}
          <Time iso={at} />
        </li>
      ))}
    </ul>
  )
}
