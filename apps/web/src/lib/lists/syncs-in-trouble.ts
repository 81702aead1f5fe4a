import { trpc } from '../server/trpc.ts'

/** How many syncs of a project need attention; none until it is known. */
export function useSyncsInTrouble(projectId: string | undefined): number {
  const { data } = trpc.syncs.summary.useQuery({ projectId: projectId ?? '' }, { enabled: projectId !== undefined })
  return data?.needAttention.length ?? 0
}
