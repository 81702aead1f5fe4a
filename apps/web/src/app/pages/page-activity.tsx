import { getRouteApi } from '@tanstack/react-router'
import { ActivityPage } from '../../features/activity/activity-page.tsx'

const route = getRouteApi('/inside/p/$projectId/activity')

export function Activity() {
  const { projectId } = route.useParams()
  return <ActivityPage key={projectId} projectId={projectId} filters={route.useSearch()} />
}
