import { getRouteApi } from '@tanstack/react-router'
import { ConnectionPage } from '../../features/connections/connection-page.tsx'
import { ConnectionsPage, InstanceConnectionsPage } from '../../features/connections/connections-page.tsx'

const ofProject = getRouteApi('/inside/p/$projectId/connections')
const ofInstance = getRouteApi('/inside/connections')
const inProject = getRouteApi('/inside/p/$projectId/connections/$connectionId')
const atInstance = getRouteApi('/inside/connections/$connectionId')

export const Connections = () => (
  <ConnectionsPage projectId={ofProject.useParams().projectId} q={ofProject.useSearch().q} />
)
export const Connection = () => <ConnectionPage {...inProject.useParams()} />
export const InstanceConnections = () => <InstanceConnectionsPage q={ofInstance.useSearch().q} />
export const InstanceConnection = () => (
  <ConnectionPage projectId={undefined} connectionId={atInstance.useParams().connectionId} />
)
