import { inFolder, useRights } from '../session/rights.ts'
import { trpc } from '../server/trpc.ts'
import type { FolderRef } from '../server/types.ts'

/**
 * Every folder whose secrets they may see, in the order of `environments`, outermost first; undefined until it is
 * known. A user who can see all of the project gets the root of each environment, and nothing is asked.
 */
export function useOwnFolders(projectId: string, environments: readonly { slug: string }[] | undefined) {
  const { rights } = useRights(projectId)
  const all = rights?.may('secrets.read-names') === true
  const root = (environment: string): FolderRef => ({ projectId, environment, secretPath: '/' })
  const asked =
    rights === undefined || all
      ? []
      : (environments ?? []).filter(({ slug }) => rights.may('folders.read', inFolder(root(slug))))
  const folders = trpc.useQueries((t) =>
    asked.map(({ slug }) => t.folders.list({ projectId, environment: slug, path: '/', recursive: true })),
  )
  if (!environments || !rights) return undefined
  if (all) return environments.map(({ slug }) => root(slug))
  if (folders.some(({ isPending }) => isPending)) return undefined
  return asked.flatMap(({ slug }, index) =>
    ['/', ...(folders[index]?.data ?? []).map(({ path }) => path).sort()]
      .map((secretPath): FolderRef => ({ projectId, environment: slug, secretPath }))
      .filter((place) => rights.may('secrets.read-names', inFolder(place))),
  )
}
