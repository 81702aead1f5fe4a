import { getRouteApi } from '@tanstack/react-router'
import { NewConnectionPage } from '../../features/connections/new-connection-page.tsx'

const inProject = getRouteApi('/inside/p/$projectId/connections/new')
const atInstance = getRouteApi('/inside/connections/new')

export const NewConnection = () => (
  <NewConnectionPage projectId={inProject.useParams().projectId} app={inProject.useSearch().app} />
)
export const NewInstanceConnection = () => <NewConnectionPage projectId={undefined} app={atInstance.useSearch().app} />
