import { useNavigate } from '@tanstack/react-router'
import { Table2 } from 'lucide-react'
import { useCallback, useState } from 'react'
import { Failure } from '../../../components/failure.tsx'
import { onDemand } from '../../../components/on-demand.tsx'
import { RouteButton } from '../../../components/route-button.tsx'
import { Tabs } from '../../../components/ui/tabs.tsx'
import { usePageTitle } from '../../../lib/pages/crumbs.ts'
import { statusOf } from '../../../lib/server/errors.ts'
import { folderPage } from '../../../lib/pages/folder-page.ts'
import { andBelow, inFolder, useRights } from '../../../lib/session/rights.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { FolderHeader } from '../folders/folder-header.tsx'
import { FolderSecrets, type View } from './folder-secrets.tsx'
import { usePastedFile } from '../../paste/use-pasted-file.ts'
import { words } from '../words.ts'

const ClosedFolder = onDemand(async () => (await import('../folders/closed-folder.tsx')).ClosedFolder)
const MissingFolder = onDemand(async () => (await import('../folders/missing-folder.tsx')).MissingFolder)
const HistoryDrawer = onDemand(async () => (await import('../../secret-history/history-drawer.tsx')).HistoryDrawer)

interface Props {
  place: FolderRef
  search: string
  /** The key whose versions are open. */
  history: string | undefined
  /** The form for a new secret is open, with this key, which may be blank. */
  adding: string | undefined
}

/** The page of a folder: its heading, the environments, and its secrets or why they can't be shown. */
export function SecretsPage({ place, search, history, adding }: Props) {
  const { projectId, environment, secretPath } = place
  const navigate = useNavigate({ from: '/p/$projectId/secrets/$environment' })
  const project = trpc.projects.get.useQuery({ projectId })
  const { rights } = useRights(projectId)
  const isClosed = rights?.may('secrets.read-names', inFolder(place)) === false
  const isWritable = rights?.may('secrets.write', inFolder(place)) === true && !isClosed
  const rows = trpc.secrets.rows.useQuery(place, { enabled: !isClosed })
  usePageTitle(`${environment}:${secretPath}`, secretPath === '/' ? false : secretPath)
  /** The same at every rendering, so that the rows that get it stay as drawn. */
  const setView = useCallback(
    (view: View) => void navigate({ search: (before) => ({ ...before, ...view }), replace: true }),
    [navigate],
  )
  const [pasted, setPasted] = useState<string>()
  const onDrop = usePastedFile(isWritable && pasted === undefined, setPasted)
  const environments = project.data?.environments ?? []
  return (
    <div {...onDrop}>
      <FolderHeader
        place={place}
        environments={environments}
        actions={
          <RouteButton
            to="/p/$projectId/compare"
            params={{ projectId }}
            search={secretPath === '/' ? {} : { path: secretPath }}
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
        ) : statusOf(rows.error) === 404 ? (
          <MissingFolder
            place={place}
            noEnvironment={project.data !== undefined && environments.every(({ slug }) => slug !== environment)}
          />
        ) : rows.error ? (
          <Failure what={words.secretsPage.unreadable} error={rows.error} retry={rows.refetch} />
        ) : (
          <FolderSecrets
            place={place}
            environments={environments}
            rows={rows.data?.rows}
            isWritable={isWritable}
            search={search}
            adding={adding}
            onView={setView}
            pasted={pasted}
            onPasted={setPasted}
          />
        )}
      </Tabs>
      {history !== undefined && !isClosed && (
        <HistoryDrawer place={place} secretKey={history} onClose={() => setView({ history: undefined })} />
      )}
    </div>
  )
}
