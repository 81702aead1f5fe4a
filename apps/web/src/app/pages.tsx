/** Routes to features: what a page takes from the URL is read here, so features know no routes but by link. */
import { getRouteApi } from '@tanstack/react-router'
import { ConnectionsPage } from '../features/connections/connections-page.tsx'
import { NewConnectionPage } from '../features/connections/new-connection-page.tsx'
import { ProjectHomePage } from '../features/projects/project-home-page.tsx'

const project = getRouteApi('/inside/p/$projectId')
const newConnection = getRouteApi('/inside/p/$projectId/connections/new')

export const ProjectHome = () => <ProjectHomePage projectId={project.useParams().projectId} />
export const Connections = () => <ConnectionsPage projectId={project.useParams().projectId} />
export const NewConnection = () => (
  <NewConnectionPage projectId={project.useParams().projectId} app={newConnection.useSearch().app} />
)
