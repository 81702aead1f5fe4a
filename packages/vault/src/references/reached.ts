/** Whether somebody may know the folders that the results of a sync say something about. */
import { placesOf, reachableFolderIds } from '@keyferry/access'
import type { Context, Tx } from '@keyferry/kernel'
import { namerOf, type Asker } from './out-of-reach.ts'

/** As the column keeps it: folder ids. */
export interface Reached {
  now: readonly string[]
  before: readonly string[]
}

/** As a run keeps it; null: not known. */
export function reachedOf({ reached }: { reached: string | null }): string | null {
  if (reached === null) return null
  const { now, before }: Reached = JSON.parse(reached)
  return JSON.stringify([...new Set([...now, ...before])])
}

/** What results say something about. */
export interface Results {
  /** Of a run, or of the sync (`reachedOf`). */
  reached: string | null
  /** The folder that the sync reads now. */
  source: string | null
}

type Asking = Asker & { db: Context['db'] | Tx }

/** Whether the caller may not know all folders that results say something about. */
export async function isOutOfReach(ctx: Asking, projectId: string, results: Results): Promise<boolean> {
  return (await areOutOfReach(ctx, projectId, [results]))[0] ?? true
}

/** The same for each of a list of one project, in as many statements as for one. */
export async function areOutOfReach(
  ctx: Asking,
  projectId: string,
  results: readonly Results[],
): Promise<readonly boolean[]> {
  const names = namerOf(ctx, projectId)
  if (!names) return results.map(() => false)
  const sources = new Set(results.flatMap(({ source }) => source ?? []))
  // Together they are one batch.
  const behind = new Map(
    await Promise.all([...sources].map(async (id) => [id, await reachableFolderIds(ctx.db, id)] as const)),
  )
  const folders = results.map(({ reached, source }): Set<string> | null => {
    if (reached === null) return null
    const kept: string[] = JSON.parse(reached)
    return new Set([...kept, ...(behind.get(source ?? '') ?? [])])
  })
  const ids = new Set(folders.flatMap((each) => [...(each ?? [])]))
  const places = new Map((await placesOf(ctx.db, [...ids])).map((place) => [place.folderId, place]))
  return folders.map(
    (each) =>
      each === null ||
      [...each].some((id) => {
        const place = places.get(id)
        return place === undefined || !names(place)
      }),
  )
}
