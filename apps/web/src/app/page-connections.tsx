import { getRouteApi } from '@tanstack/react-router'
import { ConnectionsPage } from '../features/connections/connections-page.tsx'

const project = getRouteApi('/inside/p/$projectId')

export const Connections = () => <ConnectionsPage projectId={project.useParams().projectId} />
