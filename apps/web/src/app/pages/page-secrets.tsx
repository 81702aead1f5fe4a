import { getRouteApi } from '@tanstack/react-router'
import { useMemo } from 'react'
import { SecretsPage } from '../../features/secrets/table/secrets-page.tsx'

const secrets = getRouteApi('/inside/p/$projectId/secrets/$environment')

export function Secrets() {
  const { projectId, environment } = secrets.useParams()
  const { path = '/', q, history, add } = secrets.useSearch()
  const place = useMemo(() => ({ projectId, environment, secretPath: path }), [projectId, environment, path])
  // A new place is a new page: nothing typed or revealed is carried over.
  return <SecretsPage key={`${environment}:${path}`} place={place} search={q ?? ''} history={history} adding={add} />
}
