import { getRouteApi } from '@tanstack/react-router'
import { AccessPage } from '../features/access/access-page.tsx'
import { MachinePage } from '../features/access/machine-page.tsx'

const access = getRouteApi('/inside/p/$projectId/access')
const machine = getRouteApi('/inside/p/$projectId/access/machines/$identityId')

export const Access = () => <AccessPage projectId={access.useParams().projectId} view={access.useSearch()} />
export function Machine() {
  const { projectId, identityId } = machine.useParams()
  return <MachinePage key={identityId} projectId={projectId} identityId={identityId} />
}
