import { referencesIn, type Tx } from '@keyferry/kernel'

/** Ids of the folders of a project that values refer to. */
export async function referencedFolders(tx: Tx, projectId: string, values: readonly string[]): Promise<string[]> {
  const places = new Set<string>()
  for (const value of values)
    for (const reference of referencesIn(value))
      if (reference.kind === 'absolute') places.add(`${reference.environment} ${reference.path}`)
  if (places.size === 0) return []
  const rows = await tx
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('environments.projectId', '=', projectId)
    .select(['folders.id', 'folders.path', 'environments.slug'])
    .execute()
  return rows.flatMap(({ id, path, slug }) => (places.has(`${slug} ${path}`) ? id : []))
}
