import { wasSignedIn } from '../lib/session/signed-in.ts'
import { api } from '../lib/server/trpc.ts'
import { router } from './router.tsx'

/**
 * Requests what the open address shows, its code and the rows of a folder, together with who is signed in: each of them
 * would else wait for the one before. Only for pages of somebody who is signed in, as at the last visit.
 */
export function requestFirstPage(): void {
  const { pathname, search } = router.latestLocation
  const [routes, { projectId, environment }] = router.getMatchedRoutes(pathname)
  if (!wasSignedIn() || !routes.some(({ id }) => id === '/inside')) return
  void api.instance.me.prefetch()
  for (const route of routes) void router.loadRouteChunk(route)
  if (routes.at(-1)?.id !== '/inside/p/$projectId/secrets/$environment') return
  const { path = '/' } = search
  if (projectId === undefined || environment === undefined || typeof path !== 'string') return
  void api.secrets.rows.prefetch({ projectId, environment, secretPath: path })
}
