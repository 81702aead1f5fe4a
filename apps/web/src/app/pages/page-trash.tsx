import { getRouteApi } from '@tanstack/react-router'
import { TrashPage } from '../../features/trash/trash-page.tsx'

const route = getRouteApi('/inside/p/$projectId/trash')

export const Trash = () => <TrashPage projectId={route.useParams().projectId} filters={route.useSearch()} />
