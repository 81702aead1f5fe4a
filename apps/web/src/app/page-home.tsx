import { getRouteApi } from '@tanstack/react-router'
import { ProjectHomePage } from '../features/projects/project-home-page.tsx'

const project = getRouteApi('/inside/p/$projectId')

export const ProjectHome = () => <ProjectHomePage projectId={project.useParams().projectId} />
