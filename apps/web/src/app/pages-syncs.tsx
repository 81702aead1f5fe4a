import { getRouteApi } from '@tanstack/react-router'
import { SyncPage } from '../features/syncs/sync-page.tsx'
import { SyncsPage } from '../features/syncs/syncs-page.tsx'

const syncs = getRouteApi('/inside/p/$projectId/syncs')
const sync = getRouteApi('/inside/p/$projectId/syncs/$destination/$syncId')

export const Syncs = () => <SyncsPage projectId={syncs.useParams().projectId} filters={syncs.useSearch()} />

export function Sync() {
  const { projectId, destination, syncId } = sync.useParams()
  return <SyncPage key={syncId} projectId={projectId} destination={destination} syncId={syncId} view={sync.useSearch()} />
}
