import { useNavigate } from '@tanstack/react-router'
import { Table2 } from 'lucide-react'
import { useCallback, useState } from 'react'
import { Failure } from '../../../components/failure.tsx'
import { LeaveGuard } from '../../../components/leaving/leave-guard.tsx'
import { onDemand } from '../../../components/on-demand.tsx'
import { Empty } from '../../../components/pages/page.tsx'
import { RouteButton } from '../../../components/route-button.tsx'
import { Skeleton, SkeletonRows } from '../../../components/ui/skeleton.tsx'
import { Tabs } from '../../../components/ui/tabs.tsx'
import { usePageTitle } from '../../../lib/pages/crumbs.ts'
import { statusOf } from '../../../lib/server/errors.ts'
import { folderPage } from '../../../lib/pages/folder-page.ts'
import { andBelow, inFolder, useRights } from '../../../lib/session/rights.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { FolderHeader } from '../folders/folder-header.tsx'
import { SecretsBar } from './secrets-bar.tsx'
import { SecretsTable } from './secrets-table.tsx'
import { isFound, useFoundSecrets } from './use-found-secrets.ts'
import { usePastedFile } from '../../paste/use-pasted-file.ts'
import { useSearch } from '../../../lib/lists/use-search.ts'
import { words } from '../words.ts'

const AddSecret = onDemand(
  async () => (await import('./add-secret.tsx')).AddSecret,
  <Skeleton className="h-23 rounded-lg md:h-12.5" />,
)
const ClosedFolder = onDemand(async () => (await import('../folders/closed-folder.tsx')).ClosedFolder)
const MissingFolder = onDemand(async () => (await import('../folders/missing-folder.tsx')).MissingFolder)
const PastedLines = onDemand(async () => (await import('../../paste/pasted-lines.tsx')).PastedLines)
const HistoryDrawer = onDemand(async () => (await import('../../secret-history/history-drawer.tsx')).HistoryDrawer)

interface Props {
  place: FolderRef
  search: string
  /** The key whose versions are open. */
  history: string | undefined
  /** The form for a new secret is open, with this key, which may be blank. */
  adding: string | undefined
}

/** The secrets of a folder. */
export function SecretsPage({ place, search, history, adding }: Props) {
  const { projectId, environment, secretPath } = place
  const navigate = useNavigate({ from: '/p/$projectId/secrets/$environment' })
  const project = trpc.projects.get.useQuery({ projectId })
  const { rights } = useRights(projectId)
  const isClosed = rights?.may('secrets.read-names', inFolder(place)) === false
  const notWritten = rights?.whyNot('secrets.write', inFolder(place))
  const rows = trpc.secrets.rows.useQuery(place, { enabled: !isClosed })
  usePageTitle(`${environment}:${secretPath}`, secretPath === '/' ? false : secretPath)

  const path = secretPath === '/' ? undefined : secretPath
  /** The same at every rendering, so that the rows that get it stay as drawn. */
  const setView = useCallback(
    (view: { q?: string | undefined; history?: string | undefined; add?: string | undefined }) =>
      void navigate({ search: (before) => ({ ...before, ...view }), replace: true }),
    [navigate],
  )
  const openHistory = useCallback((key: string) => setView({ history: key }), [setView])
  const override = useCallback((key: string) => setView({ add: key }), [setView])
  const [wanted, setWanted] = useSearch(search, (q) => setView({ q: q || undefined }))
  const [pasted, setPasted] = useState<string>()
  const isWritable = rights !== undefined && notWritten === undefined && !isClosed
  const onDrop = usePastedFile(isWritable && pasted === undefined, setPasted)
  const all = rows.data?.rows
  const found = useFoundSecrets(all, wanted)
  const showAdded = (keys: readonly string[]) => {
    const hidden = keys.filter((key) => !isFound(key, wanted))
    if (hidden.length > 0)
      toast.success(words.secretsPage.hidden(hidden), {
        label: words.secretsPage.clearSearch,
        onClick: () => setWanted(''),
      })
  }
  const environments = project.data?.environments ?? []
  const isMissing = statusOf(rows.error) === 404
  const isEmpty = all?.length === 0
  // The form of an empty folder stays for the next secret, and for what is typed while somebody else adds one, until it
  // is closed.
  const [isOffered, setOffered] = useState<boolean>()
  if (isEmpty && isOffered === undefined) setOffered(true)
  const isAdding = adding !== undefined || isOffered === true
  const stopAdding = () => {
    setOffered(false)
    setView({ add: undefined })
  }

  return (
    <div {...onDrop}>
      <LeaveGuard />
      <FolderHeader
        place={place}
        environments={environments}
        actions={
          <RouteButton
            to="/p/$projectId/compare"
            params={{ projectId }}
            search={path === undefined ? {} : { path }}
            denied={rights?.whyNot('secrets.read-values', andBelow(place))}
          >
            <Table2 aria-hidden className="size-4" /> {words.secretsPage.compare}
          </RouteButton>
        }
      />
      <Tabs
        label={words.secretsPage.environments}
        value={environment}
        onChange={(slug) => void navigate(folderPage(projectId, slug, secretPath))}
        tabs={environments.map(({ slug, name }) => ({ value: slug, label: name }))}
      >
        {isClosed ? (
          <ClosedFolder place={place} />
        ) : isMissing ? (
          <MissingFolder
            place={place}
            noEnvironment={project.data !== undefined && environments.every(({ slug }) => slug !== environment)}
          />
        ) : rows.error ? (
          <Failure what={words.secretsPage.unreadable} error={rows.error} retry={rows.refetch} />
        ) : (
          <div className="grid grid-cols-1 gap-2">
            <SecretsBar
              place={place}
              environments={environments}
              wanted={wanted}
              onSearch={setWanted}
              rows={all}
              found={found.length}
              isAdding={isAdding}
              onAdd={() => setView({ add: '' })}
            />
            {pasted !== undefined && (
              <PastedLines place={place} content={pasted} onAdded={showAdded} onClose={() => setPasted(undefined)} />
            )}
            {isWritable && isAdding && pasted === undefined && (
              <AddSecret
                key={adding ?? ''}
                place={place}
                initialKey={adding ?? ''}
                onLines={setPasted}
                onAdded={(key) => showAdded([key])}
                onClose={stopAdding}
              />
            )}
            {all === undefined ? (
              <SkeletonRows label={words.secretsPage.loading} rows={8} />
            ) : isEmpty ? (
              <Empty title={words.secretsPage.empty}>
                {isWritable ? words.secretsPage.emptyText : words.secretsPage.emptyReadOnly}
              </Empty>
            ) : found.length === 0 ? (
              <p className="py-6 text-center text-base text-soft">{words.secretsPage.noMatch(wanted)}</p>
            ) : (
              <SecretsTable place={place} rows={found} onHistory={openHistory} onOverride={override} />
            )}
          </div>
        )}
      </Tabs>
      {history !== undefined && !isClosed && (
        <HistoryDrawer place={place} secretKey={history} onClose={() => setView({ history: undefined })} />
      )}
    </div>
  )
}
