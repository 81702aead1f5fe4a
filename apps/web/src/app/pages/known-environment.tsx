import type { ReactNode } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { trpc } from '../../lib/server/trpc.ts'
import type { FolderRef } from '../../lib/server/types.ts'

const MissingFolder = onDemand(
  async () => (await import('../../features/secrets/folders/missing-folder.tsx')).MissingFolder,
)

/** A page about a folder, unless its environment is none that the reader knows. */
export function KnownEnvironment({ place, children }: { place: FolderRef; children: ReactNode }) {
  const { data: project } = trpc.projects.get.useQuery({ projectId: place.projectId })
  const isUnknown = project?.environments.every(({ slug }) => slug !== place.environment) === true
  return isUnknown ? <MissingFolder place={place} noEnvironment /> : children
}
