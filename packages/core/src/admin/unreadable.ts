/**
 * What a rotation of a data key could not decrypt. The old key alone may open it, once its row is mended, so it is kept
 * until an operator decides.
 */
import { inList, type Db } from '@keyferry/db'
import type { Tx } from '@keyferry/kernel'

/** A sealed text that does not open where it is. */
export interface Unreadable {
  what: string
  folderId: string
  key: string
  version: string
}

/** More are not kept by name. */
const NAMED = 20

/** By what the text was to be opened with (`associatedData`). */
export const unreadableAt = ([what = '', , folderId = '', key = '', version = '']: readonly string[]): Unreadable => ({
  what: what === 'secret' ? 'value' : what,
  folderId,
  key,
  version,
})

/** Both, each once, as many as are named. */
export function merged(known: readonly Unreadable[], found: readonly Unreadable[]): Unreadable[] {
  const all = new Map([...known, ...found].map((one) => [JSON.stringify(one), one]))
  return [...all.values()].slice(0, NAMED)
}

/** Texts such as `the value of API_KEY in dev:/api, version 3`. A folder that is in the trash is named by its id. */
export async function describeUnreadable(db: Db | Tx, list: readonly Unreadable[]): Promise<string[]> {
  if (list.length === 0) return []
  const ids = [...new Set(list.map(({ folderId }) => folderId))]
  const folders = await db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where((eb) => inList(db, eb.ref('folders.id'), ids))
    .select(['folders.id', 'folders.path', 'environments.slug'])
    .execute()
  const places = new Map(folders.map(({ id, slug, path }) => [id, `${slug}:${path}`]))
  return list.map(({ what, folderId, key, version }) => {
    const place = places.get(folderId) ?? `deleted folder ${folderId}`
    return key === '' ? `the ${what} of ${place}` : `the ${what} of ${key} in ${place}, version ${version}`
  })
}
