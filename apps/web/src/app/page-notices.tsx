import { getRouteApi } from '@tanstack/react-router'
import { NoticesPage } from '../features/notices/notices-page.tsx'

const route = getRouteApi('/inside/p/$projectId/notices')

export const Notices = () => <NoticesPage projectId={route.useParams().projectId} />
