import { getRouteApi } from '@tanstack/react-router'
import { NewConnectionPage } from '../features/connections/new-connection-page.tsx'

const route = getRouteApi('/inside/p/$projectId/connections/new')

export const NewConnection = () => (
  <NewConnectionPage projectId={route.useParams().projectId} app={route.useSearch().app} />
)
