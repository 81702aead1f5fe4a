import { getRouteApi } from '@tanstack/react-router'
import { SettingsPage } from '../../features/settings/settings-page.tsx'

const project = getRouteApi('/inside/p/$projectId')

export const Settings = () => <SettingsPage projectId={project.useParams().projectId} />
