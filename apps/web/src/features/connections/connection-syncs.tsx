import { Link } from '@tanstack/react-router'
import { Failure } from '../../components/failure.tsx'
import { byStatus, SyncReason, SyncStatusBadge } from '../../components/syncs/sync-status.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { RowTh, Table, Td, Th, Tr } from '../../components/ui/table.tsx'
import { VirtualRows } from '../../components/rows/virtual-rows.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

/** Every sync that uses a connection, in whatever project, problems first. */
export function ConnectionSyncs({ connectionId }: { connectionId: string }) {
  const { data, error, refetch } = trpc.syncs.ofConnection.useQuery({ connectionId })
  const { data: projects } = trpc.projects.list.useQuery()
  if (error) return <Failure what={words.connectionSyncs.unreadable} error={error} retry={refetch} />
  if (!data) return <SkeletonRows label={words.connectionSyncs.loading} rows={2} />
  if (data.length === 0) return <p className="text-sm text-soft">{words.connectionSyncs.none}</p>
  return (
    <Table label={words.connectionSyncs.title}>
      <thead>
        <tr>
          <Th>{words.connectionSyncs.name}</Th>
          <Th className="max-sm:hidden">{words.connectionSyncs.project}</Th>
          <Th className="max-lg:hidden">{words.connectionSyncs.source}</Th>
          <Th className="max-md:hidden">{words.connectionSyncs.destination}</Th>
          <Th>{words.connectionSyncs.status}</Th>
        </tr>
      </thead>
      <VirtualRows
        rows={data.toSorted(byStatus)}
        idOf={({ id }) => id}
        height={45}
        render={(sync, { index, measure }) => (
          <Tr key={sync.id} ref={measure} data-index={index} aria-label={sync.name}>
            <RowTh className="max-w-72">
              <Link
                to="/p/$projectId/syncs/$destination/$syncId"
                params={{ projectId: sync.projectId, destination: sync.destination, syncId: sync.id }}
                data-shortcut="Enter"
                className="font-semibold break-words text-ink hover:text-accent hover:underline"
              >
                {sync.name}
              </Link>
            </RowTh>
            <Td className="break-words text-soft max-sm:hidden">
              {projects?.find(({ id }) => id === sync.projectId)?.name}
            </Td>
            <Td className="font-mono text-xs break-all text-soft max-lg:hidden">
              {sync.environment?.slug}:{sync.folder?.path}
            </Td>
            <Td className="wrap-anywhere text-soft max-md:hidden">{sync.targetLabel}</Td>
            <Td>
              <span className="grid justify-items-start gap-0.5">
                <SyncStatusBadge status={sync.status} />
                <SyncReason sync={sync} />
              </span>
            </Td>
          </Tr>
        )}
      />
    </Table>
  )
}
