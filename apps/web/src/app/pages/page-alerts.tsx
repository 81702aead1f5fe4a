import { getRouteApi } from '@tanstack/react-router'
import { AlertsPage } from '../../features/alerts/alerts-page.tsx'

const route = getRouteApi('/inside/p/$projectId/alerts')

export const Alerts = () => <AlertsPage projectId={route.useParams().projectId} />
