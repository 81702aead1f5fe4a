import { BadRequest } from '@keyferry/kernel'

export type Where = { projectId: string; environment: string; secretPath: string }

/** Folders that one batch may write to. */
const MAX_FOLDERS = 100

/**
 * The items of each folder, in the order in which folders are named first. Throws `BadRequest` for too many folders.
 */
export function byFolder<Item extends { secretPath?: string }>(
  where: Where,
  items: readonly Item[],
): { at: Where; items: Item[] }[] {
  const groups = new Map<string, { at: Where; items: Item[] }>()
  for (const item of items) {
    const secretPath = item.secretPath ?? where.secretPath
    const group = groups.get(secretPath) ?? { at: { ...where, secretPath }, items: [] }
    groups.set(secretPath, group)
    group.items.push(item)
  }
  if (groups.size > MAX_FOLDERS)
    throw new BadRequest(`One request writes to at most ${MAX_FOLDERS} folders; this one names ${groups.size}`)
  return [...groups.values()]
}
