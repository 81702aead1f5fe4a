import { useNavigate } from '@tanstack/react-router'
import { AccessDenied } from '../../components/pages/access-denied.tsx'
import { Failure } from '../../components/failure.tsx'
import { Empty, PageHeader } from '../../components/pages/page.tsx'
import { onDemand } from '../../components/on-demand.tsx'
import { RouteButton } from '../../components/route-button.tsx'
import { SearchField } from '../../components/search-field.tsx'
import { Skeleton, SkeletonRows } from '../../components/ui/skeleton.tsx'
import { SwitchField } from '../../components/ui/switch-field.tsx'
import { usePageTitle } from '../../lib/pages/crumbs.ts'
import { statusOf } from '../../lib/server/errors.ts'
import { useRights } from '../../lib/session/rights.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { useSearch } from '../../lib/lists/use-search.ts'
import { ComparedKeys } from './compared-keys.tsx'
import { isSame } from './is-same.ts'
import { words } from './words.ts'

const FolderPicker = onDemand(
  async () => (await import('../../components/fields/folder-picker.tsx')).FolderPicker,
  <Skeleton className="h-15" />,
)

interface Props {
  projectId: string
  view: { path?: string | undefined; only?: string | undefined; q?: string | undefined }
}

/** The keys of a folder, with a column for each environment. */
export function ComparePage({ projectId, view }: Props) {
  usePageTitle(words.comparePage.compareEnvironments)
  const navigate = useNavigate()
  const { path = '/', only, q = '' } = view
  const { rights } = useRights(projectId)
  const denied = rights?.whyNot('secrets.read-values')
  const matrix = trpc.tree.matrix.useQuery(
    { projectId, secretPath: path },
    { enabled: rights?.grant?.role !== 'viewer' },
  )
  const setView = (next: Props['view']) =>
    void navigate({
      to: '/p/$projectId/compare',
      params: { projectId },
      search: { path: path === '/' ? undefined : path, only, q: q || undefined, ...next },
      replace: true,
    })
  const [wanted, setWanted] = useSearch(q, (text) => setView({ q: text || undefined }))
  const isOnlyDifferences = only === 'differences'
  const { data } = matrix
  if (rights?.grant?.role === 'viewer' && denied !== undefined)
    return (
      <AccessDenied
        projectId={projectId}
        page={words.comparePage.compareEnvironments}
        title={words.comparePage.denied}
        why={denied}
      />
    )
  const differing = (data?.rows ?? []).filter((row) => !isSame(row)).length
  return (
    <>
      <PageHeader title={words.comparePage.compareEnvironments} text={words.comparePage.text} />
      {matrix.error && statusOf(matrix.error) !== 404 ? (
        <Failure what={words.comparePage.unreadable} error={matrix.error} retry={matrix.refetch} />
      ) : data === undefined ? (
        <SkeletonRows label={words.comparePage.loading} rows={8} />
      ) : data.environments.length < 2 ? (
        <Empty
          title={words.comparePage.nothing}
          action={
            rights?.may('project.manage') === true ? (
              <RouteButton to="/p/$projectId/settings" params={{ projectId }}>
                {words.comparePage.addEnvironment}
              </RouteButton>
            ) : undefined
          }
        >
          {data.environments.length === 1
            ? words.comparePage.readableInOne(path)
            : words.comparePage.readableInNone(path)}
        </Empty>
      ) : (
        <div className="grid grid-cols-1 gap-2">
          <div className="flex flex-wrap items-end gap-3">
            <div className="w-72 max-w-full">
              <FolderPicker
                projectId={projectId}
                environment={data.environments[0] ?? ''}
                value={path}
                onChange={(to) => setView({ path: to === '/' ? undefined : to })}
                label={words.comparePage.folder}
                needs="secrets.read-values"
              />
            </div>
            <SearchField label={words.comparePage.searchKeys} value={wanted} onChange={setWanted} />
            <div className="flex min-h-9 items-center">
              <SwitchField
                label={words.comparePage.differencesOnly}
                checked={isOnlyDifferences}
                onChange={(on) => setView({ only: on ? 'differences' : undefined })}
              />
            </div>
            <p aria-live="polite" className="pb-2 text-sm text-soft">
              {words.comparePage.keysDiffer(differing, data.rows.length)}
            </p>
          </div>
          <ComparedKeys
            key={path}
            projectId={projectId}
            matrix={data}
            wanted={wanted}
            isOnlyDifferences={isOnlyDifferences}
          />
        </div>
      )}
    </>
  )
}
