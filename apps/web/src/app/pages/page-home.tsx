import { getRouteApi } from '@tanstack/react-router'
import { OverviewPage } from '../../features/overview/overview-page.tsx'

const project = getRouteApi('/inside/p/$projectId')

export const ProjectHome = () => <OverviewPage projectId={project.useParams().projectId} />
