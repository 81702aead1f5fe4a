import { timeSlice } from '@keyferry/db'
import { snapshot, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { digestReader, type FolderDigests } from './folder-digests.ts'

type Matrix = z.output<typeof schemas.environmentMatrix>

/**
 * The keys of a folder and of those below it, with which environments have the same value of each. Values are compared
 * as they are written, by their digests, and never shown. `isReadable` leaves out environments where the caller may not
 * read every value. Throws `NotFound` for an unknown project, and `TooLarge`.
 */
export function environmentMatrix(
  ctx: Context,
  _actor: Actor,
  { projectId, secretPath }: z.output<typeof schemas.matrixQuery>,
  isReadable: (environment: string) => boolean,
): Promise<Matrix> {
  return snapshot(ctx, async (tx) => {
    const digestsIn = await digestReader(ctx, tx, projectId)
    const rows = await tx
      .selectFrom('environments')
      .where('projectId', '=', projectId)
      .orderBy('position')
      .select('slug')
      .execute()
    const environments = rows.map(({ slug }) => slug).filter(isReadable)
    const columns: FolderDigests[] = []
    for (const environment of environments) columns.push(await digestsIn(environment, secretPath))
    const paths = [...new Set(columns.flatMap((column) => [...column.keys()]))].sort()
    const slice = timeSlice()
    const found: Matrix['rows'] = []
    for (const path of paths) {
      const folders = columns.map((column) => column.get(path))
      for (const key of [...new Set(folders.flatMap((folder) => [...(folder?.keys() ?? [])]))].sort()) {
        if (slice.isOver()) await slice.rest()
        found.push({ secretPath: path, key, groups: groupsOf(folders.map((folder) => folder?.get(key) ?? null)) })
      }
    }
    return { environments, rows: found }
  })
}

/** The same number for the same digest, from 0 in the order of the environments. */
function groupsOf(digests: readonly (string | null)[]): (number | null)[] {
  const seen = [...new Set(digests)].filter((digest) => digest !== null)
  return digests.map((digest) => (digest === null ? null : seen.indexOf(digest)))
}
