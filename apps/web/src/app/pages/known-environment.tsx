import type { ReactNode } from 'react'
import { onDemand } from '../../components/on-demand.tsx'
import { hasTyped } from '../../lib/focus/typed.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { FolderRef } from '../../lib/server/types.ts'

const MissingFolder = onDemand(
  async () => (await import('../../features/secrets/folders/missing-folder.tsx')).MissingFolder,
)

/** A page about a folder, unless its environment is none that the reader knows. Where something is typed, it stays. */
export function KnownEnvironment({ place, children }: { place: FolderRef; children: ReactNode }) {
  const { data: project } = trpc.projects.get.useQuery({ projectId: place.projectId })
  const isUnknown = project?.environments.every(({ slug }) => slug !== place.environment) === true
  return isUnknown && !hasTyped() ? <MissingFolder place={place} noEnvironment /> : children
}
