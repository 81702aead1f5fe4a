import { getRouteApi } from '@tanstack/react-router'
import { ConnectionPage } from '../features/connections/connection-page.tsx'
import { ConnectionsPage, InstanceConnectionsPage } from '../features/connections/connections-page.tsx'

const project = getRouteApi('/inside/p/$projectId')
const inProject = getRouteApi('/inside/p/$projectId/connections/$connectionId')
const atInstance = getRouteApi('/inside/connections/$connectionId')

export const Connections = () => <ConnectionsPage projectId={project.useParams().projectId} />
export const Connection = () => <ConnectionPage {...inProject.useParams()} />
export const InstanceConnections = InstanceConnectionsPage
export const InstanceConnection = () => (
  <ConnectionPage projectId={undefined} connectionId={atInstance.useParams().connectionId} />
)
