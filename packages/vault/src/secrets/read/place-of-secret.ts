import { NotFound, type Context } from '@keyferry/kernel'

/** Where a secret is, and its key. Throws `NotFound`. */
export async function placeOfSecret(
  { db }: Pick<Context, 'db'>,
  secretId: string,
): Promise<{ projectId: string; environment: string; secretPath: string; key: string }> {
  const row = await db
    .selectFrom('secrets')
    .innerJoin('folders', 'folders.id', 'secrets.folderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('secrets.id', '=', secretId)
    .select(['environments.projectId', 'environments.slug as environment', 'folders.path as secretPath', 'secrets.key'])
    .executeTakeFirst()
  if (!row) throw new NotFound(`Secret with ID ${secretId} not found`)
  return row
}
