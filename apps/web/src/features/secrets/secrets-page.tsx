import { useNavigate } from '@tanstack/react-router'
import { ClipboardPaste, GitCompare } from 'lucide-react'
import { Failure } from '../../components/failure.tsx'
import { LeaveGuard } from '../../components/leave-guard.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Empty, PageHeader } from '../../components/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { statusOf } from '../../lib/errors.ts'
import { andBelow, inFolder, useRights } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef } from '../../lib/types.ts'
import { ClosedFolder } from './closed-folder.tsx'
import { FolderBar } from './folder-bar.tsx'
import { folderPage } from '../../lib/folder-page.ts'
import { ImportsCard } from './imports-card.tsx'
import { SecretsTable } from './secrets-table.tsx'

const AddSecret = onDemand(
  async () => (await import('./add-secret.tsx')).AddSecret,
  <Skeleton className="h-58 rounded-lg md:h-22" />,
)

const HistoryDrawer = onDemand(async () => (await import('./history-drawer.tsx')).HistoryDrawer)

interface Props {
  place: FolderRef
  search: string
  /** The key whose versions are open. */
  history: string | undefined
}

export function SecretsPage({ place, search, history }: Props) {
  const { projectId, environment, secretPath } = place
  const navigate = useNavigate()
  const project = trpc.projects.get.useQuery({ projectId })
  const { rights } = useRights(projectId)
  const closed = rights?.may('secrets.read-names', inFolder(place)) === false
  const unreadable = rights?.whyNot('secrets.read-values', inFolder(place))
  const notWritten = rights?.whyNot('secrets.write', inFolder(place))
  const rows = trpc.secrets.rows.useQuery(place, { enabled: !closed })
  const syncs = trpc.syncs.list.useQuery({ projectId })
  usePageTitle(`Secrets of ${environment}`, false)

  const readers = (syncs.data ?? []).filter(
    (sync) => sync.environment?.slug === environment && sync.folder?.path === secretPath,
  )
  const setView = (view: { q?: string | undefined; history?: string | undefined }) =>
    navigate({
      to: '/p/$projectId/secrets/$environment',
      params: { projectId, environment },
      search: { path: secretPath === '/' ? undefined : secretPath, q: search || undefined, history, ...view },
      replace: true,
    })

  return (
    <>
      <LeaveGuard />
      <PageHeader
        title="Secrets"
        text={unreadable ?? 'Values are hidden until revealed.'}
        actions={
          <>
            <RouteButton
              to="/p/$projectId/compare"
              params={{ projectId }}
              search={{ left: environment, path: secretPath === '/' ? undefined : secretPath }}
              denied={rights?.whyNot('secrets.read-values', andBelow(place))}
            >
              <GitCompare aria-hidden className="size-4" /> Compare
            </RouteButton>
            <RouteButton
              to="/p/$projectId/secrets/$environment/paste"
              params={{ projectId, environment }}
              search={secretPath === '/' ? {} : { path: secretPath }}
              denied={notWritten}
            >
              <ClipboardPaste aria-hidden className="size-4" /> Paste .env
            </RouteButton>
          </>
        }
      />
      <Tabs
        label="Environments"
        value={environment}
        onChange={(slug) =>
          void navigate({ to: '/p/$projectId/secrets/$environment', params: { projectId, environment: slug } })
        }
        tabs={(project.data?.environments ?? []).map(({ slug, name }) => ({ value: slug, label: name }))}
      >
        <div className="grid grid-cols-1 gap-4">
          <FolderBar place={place} />
          {closed ? (
            <ClosedFolder place={place} />
          ) : statusOf(rows.error) === 404 ? (
            <NoFolder
              place={place}
              noEnvironment={project.data?.environments.every(({ slug }) => slug !== environment) === true}
            />
          ) : rows.error ? (
            <Failure what="The secrets of this folder could not be read" error={rows.error} retry={rows.refetch} />
          ) : (
            <>
              <ImportsCard place={place} environments={project.data?.environments ?? []} />
              {notWritten === undefined && <AddSecret place={place} />}
              {rows.data ? (
                <SecretsTable
                  place={place}
                  rows={rows.data.rows}
                  readers={readers}
                  search={search}
                  onSearch={(q) => void setView({ q: q || undefined })}
                  onHistory={(key) => void setView({ history: key })}
                />
              ) : (
                <SkeletonRows label="Loading secrets" rows={8} />
              )}
            </>
          )}
        </div>
      </Tabs>
      {history !== undefined && !closed && (
        <HistoryDrawer place={place} secretKey={history} onClose={() => void setView({ history: undefined })} />
      )}
    </>
  )
}

/** It was never there, or somebody deleted, renamed or moved it. */
function NoFolder({ place, noEnvironment }: { place: FolderRef; noEnvironment: boolean }) {
  const { projectId, environment, secretPath } = place
  return (
    <Empty
      title={
        noEnvironment ? `There is no environment ${environment}` : `There is no folder ${secretPath} in ${environment}`
      }
      action={
        <>
          {noEnvironment ? (
            <RouteButton to="/p/$projectId/secrets" params={{ projectId }}>
              Go to the first environment
            </RouteButton>
          ) : (
            <RouteButton {...folderPage(projectId, environment, '/')}>Go to the root folder</RouteButton>
          )}
          <RouteButton to="/p/$projectId/trash" params={{ projectId }}>
            Open Trash
          </RouteButton>
        </>
      }
    >
      It may have been renamed, moved or deleted. What was deleted can be restored for 30 days.
    </Empty>
  )
}
