import { namesOf } from '@keyferry/schemas/secret-path'
import { markStale } from '../../../lib/server/stale.ts'
import { direct } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'

/** Creates a folder with those on the way to it; one that exists stays as it is. */
export async function createFolders({ projectId, environment, secretPath }: FolderRef): Promise<void> {
  const present = await direct.folders.list.query({ projectId, environment, path: '/', recursive: true })
  const missing = missingFolders(secretPath, new Set(present.map(({ path }) => path)))
  for (const { path, name } of missing) await direct.folders.create.mutate({ projectId, environment, path, name })
  if (missing.length > 0) await Promise.all([markStale('folders.create'), markStale('secrets.updateMany')])
}

/** The folders on the way to `path` that do not exist, outermost first. */
function missingFolders(path: string, present: ReadonlySet<string>): { path: string; name: string }[] {
  const names = namesOf(path)
  return names.flatMap((name, depth) =>
    present.has(`/${names.slice(0, depth + 1).join('/')}`)
      ? []
      : [{ path: `/${names.slice(0, depth).join('/')}`, name }],
  )
}
