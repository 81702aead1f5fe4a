import type { ReactNode } from 'react'
import { MissingFolder } from '../features/secrets/missing-folder.tsx'
import { trpc } from '../lib/trpc.ts'
import type { FolderRef } from '../lib/types.ts'

/** A page about a folder, unless its environment is none that the reader knows. */
export function KnownEnvironment({ place, children }: { place: FolderRef; children: ReactNode }) {
  const { data: project } = trpc.projects.get.useQuery({ projectId: place.projectId })
  const isUnknown = project?.environments.every(({ slug }) => slug !== place.environment) === true
  return isUnknown ? <MissingFolder place={place} noEnvironment /> : children
}
