import { useNavigate } from '@tanstack/react-router'
import { ClipboardPaste, Download, Plus, Table2 } from 'lucide-react'
import { useCallback, useDeferredValue, useMemo, useState } from 'react'
import { Failure } from '../../components/failure.tsx'
import { LeaveGuard } from '../../components/leave-guard.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { Empty } from '../../components/page.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { Shortcut } from '../../components/shortcut.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx'
import { Tabs } from '../../components/ui/tabs.tsx'
import { usePageTitle } from '../../lib/crumbs.ts'
import { statusOf } from '../../lib/errors.ts'
import { folderPage } from '../../lib/folder-page.ts'
import { andBelow, inFolder, useRights } from '../../lib/rights.ts'
import { trpc } from '../../lib/trpc.ts'
import type { FolderRef, SecretRow } from '../../lib/types.ts'
import { ClosedFolder } from './closed-folder.tsx'
import { FolderHeader } from './folder-header.tsx'
import { FolderTree } from './folder-tree.tsx'
import { ImportsChip } from './imports-chip.tsx'
import { MissingFolder } from './missing-folder.tsx'
import { SecretsTable } from './secrets-table.tsx'
import { usePastedFile } from './use-pasted-file.ts'
import { useSearch } from '../../lib/use-search.ts'
import { words } from './words.ts'

const AddSecret = onDemand(
  async () => (await import('./add-secret.tsx')).AddSecret,
  <Skeleton className="h-23 rounded-lg md:h-12.5" />,
)
const ExportDialog = onDemand(async () => (await import('./export-dialog.tsx')).ExportDialog)
const PastedLines = onDemand(async () => (await import('./pasted-lines.tsx')).PastedLines)
const HistoryDrawer = onDemand(async () => (await import('../secret-history/history-drawer.tsx')).HistoryDrawer)

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
  const unreadable = rights?.whyNot('secrets.read-values', inFolder(place))
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
  const [isExporting, setExporting] = useState(false)
  const [pasted, setPasted] = useState<string>()
  const isWritable = rights !== undefined && notWritten === undefined && !isClosed
  const onDrop = usePastedFile(isWritable && pasted === undefined, setPasted)
  const text = useDeferredValue(wanted.trim().toLowerCase())
  const all = rows.data?.rows
  const isSearching = text !== ''
  const searched = useMemo(
    () => (isSearching ? all?.map((row) => ({ row, text: textOf(row) })) : undefined),
    [all, isSearching],
  )
  const found = useMemo(
    () => (searched ? searched.filter((each) => each.text.includes(text)).map(({ row }) => row) : (all ?? [])),
    [all, searched, text],
  )
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
        environmentName={environments.find(({ slug }) => slug === environment)?.name ?? environment}
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
            <div className="flex min-h-9 flex-wrap items-center gap-2">
              <FolderTree place={place} />
              <SearchField label={words.secretsPage.searchSecrets} value={wanted} onChange={setWanted} />
              <ImportsChip place={place} environments={environments} />
              <p className="text-sm text-soft" aria-live="polite">
                {all &&
                  (found.length === all.length
                    ? words.secretsPage.secrets(found.length)
                    : words.secretsPage.text(found.length, all.length))}
              </p>
              <div className="ml-auto flex flex-wrap gap-2">
                <Button denied={unreadable} disabled={isEmpty} onClick={() => setExporting(true)}>
                  <Download aria-hidden className="size-4" /> {words.secretsPage.export}
                </Button>
                <RouteButton
                  to="/p/$projectId/secrets/$environment/paste"
                  params={{ projectId, environment }}
                  search={path === undefined ? {} : { path }}
                  denied={notWritten}
                >
                  <ClipboardPaste aria-hidden className="size-4" /> {words.secretsPage.paste}
                </RouteButton>
                {notWritten === undefined && (
                  <Button
                    variant="primary"
                    data-shortcut="n"
                    aria-expanded={isAdding}
                    onClick={() => setView({ add: '' })}
                  >
                    <Plus aria-hidden className="size-4" /> {words.secretsPage.newSecret} <Shortcut name="N" />
                  </Button>
                )}
              </div>
            </div>
            {pasted !== undefined && (
              <PastedLines place={place} content={pasted} onClose={() => setPasted(undefined)} />
            )}
            {isWritable && isAdding && pasted === undefined && (
              <AddSecret
                key={adding ?? ''}
                place={place}
                initialKey={adding ?? ''}
                onLines={setPasted}
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
      {isExporting && <ExportDialog place={place} onClose={() => setExporting(false)} />}
      {history !== undefined && !isClosed && (
        <HistoryDrawer place={place} secretKey={history} onClose={() => setView({ history: undefined })} />
      )}
    </div>
  )
}

/** What a search finds it by; no name of a key or a tag has a line end. */
const textOf = ({ key, tags, comment }: SecretRow): string =>
  [key, ...tags.map(({ name }) => name), comment].join('\n').toLowerCase()
