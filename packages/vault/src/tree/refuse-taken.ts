import { BadRequest, type Tx } from '@keyferry/kernel'

/** Throws `BadRequest` when the environment has a folder at `path`. */
export async function refuseTaken(tx: Tx, environment: { id: string; slug: string }, path: string): Promise<void> {
  const taken = await tx
    .selectFrom('folders')
    .where('environmentId', '=', environment.id)
    .where('path', '=', path)
    .select('id')
    .executeTakeFirst()
  if (!taken) return
  const text = `"${path}" in environment "${environment.slug}"`
  throw new BadRequest(`Folder with specified name already exists: ${text}`, {
    mentions: [{ text, environment: environment.slug, path }],
  })
}
