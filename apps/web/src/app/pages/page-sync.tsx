import { getRouteApi } from '@tanstack/react-router'
import { SyncPage } from '../../features/syncs/page/sync-page.tsx'

const route = getRouteApi('/inside/p/$projectId/syncs/$destination/$syncId')

export function Sync() {
  const { projectId, destination, syncId } = route.useParams()
  return (
    <SyncPage key={syncId} projectId={projectId} destination={destination} syncId={syncId} view={route.useSearch()} />
  )
}
