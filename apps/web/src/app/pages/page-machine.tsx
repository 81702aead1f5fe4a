import { getRouteApi } from '@tanstack/react-router'
import { MachinePage } from '../../features/machines/machine-page.tsx'

const route = getRouteApi('/inside/p/$projectId/access/machines/$identityId')

export function Machine() {
  const { projectId, identityId } = route.useParams()
  return <MachinePage key={identityId} projectId={projectId} identityId={identityId} />
}
