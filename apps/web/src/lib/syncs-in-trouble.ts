import { trpc } from './trpc.ts'
import type { Sync } from './types.ts'

/** The syncs of a project that need attention; none until they are known. */
export function useSyncsInTrouble(projectId: string | undefined): readonly Sync[] {
  const { data } = trpc.syncs.list.useQuery({ projectId: projectId ?? '' }, { enabled: projectId !== undefined })
  return data?.filter(({ status }) => status === 'needs-attention') ?? []
}
