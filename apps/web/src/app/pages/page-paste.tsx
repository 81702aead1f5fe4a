import { getRouteApi } from '@tanstack/react-router'
import { PastePage } from '../../features/paste/paste-page.tsx'
import { KnownEnvironment } from './known-environment.tsx'

const route = getRouteApi('/inside/p/$projectId/secrets/$environment/paste')

export function Paste() {
  const { projectId, environment } = route.useParams()
  const place = { projectId, environment, secretPath: route.useSearch().path ?? '/' }
  return (
    <KnownEnvironment place={place}>
      <PastePage place={place} />
    </KnownEnvironment>
  )
}
