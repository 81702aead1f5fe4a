import { getRouteApi } from '@tanstack/react-router'
import { AccessPage } from '../../features/access/page/access-page.tsx'

const route = getRouteApi('/inside/p/$projectId/access')

export const Access = () => <AccessPage projectId={route.useParams().projectId} view={route.useSearch()} />
