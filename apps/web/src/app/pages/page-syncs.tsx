import { getRouteApi } from '@tanstack/react-router'
import { SyncsPage } from '../../features/syncs/list/syncs-page.tsx'

const route = getRouteApi('/inside/p/$projectId/syncs')

export const Syncs = () => <SyncsPage projectId={route.useParams().projectId} filters={route.useSearch()} />
