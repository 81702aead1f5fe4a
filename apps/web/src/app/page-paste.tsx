import { getRouteApi } from '@tanstack/react-router'
import { PastePage } from '../features/secrets/paste-page.tsx'

const route = getRouteApi('/inside/p/$projectId/secrets/$environment/paste')

export function Paste() {
  const { projectId, environment } = route.useParams()
  return <PastePage place={{ projectId, environment, secretPath: route.useSearch().path ?? '/' }} />
}
