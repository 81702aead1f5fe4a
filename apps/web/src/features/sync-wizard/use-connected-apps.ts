import { trpc } from '../../lib/server/trpc.ts'

/** A page of the API. Where a project has more connections, an app may stay unmarked. */
const LIMIT = 100

/** The apps that syncs of the project have connections for; undefined while they are loaded. */
export function useConnectedApps(projectId: string, isNeeded: boolean): ReadonlySet<string> | undefined {
  // Nothing announces a connection that somebody else added.
  const { data, isLoading } = trpc.connections.page.useQuery(
    { projectId, limit: LIMIT },
    { enabled: isNeeded, staleTime: 0 },
  )
  return isLoading ? undefined : new Set(data?.connections.map(({ destination }) => destination))
}
