import type { secretVersion } from '@keyferry/schemas'
import type { z } from 'zod'
import type { Actor, Context } from '../context.ts'
import { NotFound } from '../errors.ts'
import { findFolder } from './folders.ts'
import { lookedUp } from './looked-up.ts'

/**
 * What was ever written under a name in this folder, and under the earlier names of the secret that has it now, newest first.
 * Throws `NotFound` for a place that does not exist and for a name that was never used.
 */
export async function listSecretVersions(
  ctx: Context,
  _actor: Actor,
  input: { projectId: string; environment: string; secretPath: string; secretName: string },
): Promise<z.output<typeof secretVersion>[]> {
  const { folder } = await findFolder(ctx.db, input)
  const name = lookedUp(input.secretName)
  const present = await ctx.db
    .selectFrom('secrets')
    .where('folderId', '=', folder.id)
    .where('key', '=', name)
    .select('id')
    .executeTakeFirst()
  const rows = await ctx.db
    .selectFrom('secretVersions')
    .where('folderId', '=', folder.id)
    .where((eb) => eb.or([eb('key', '=', name), ...(present ? [eb('secretId', '=', present.id)] : [])]))
    .select(['key', 'version', 'deleted', 'createdAt', 'createdBy'])
    .orderBy('version', 'desc')
    .orderBy('createdAt', 'desc')
    .orderBy('key')
    .execute()
  if (rows.length === 0)
    throw new NotFound(`Secret with name "${input.secretName}" not found in ${input.environment}:${input.secretPath}`)
  return rows.map((row) => ({ ...row, deleted: row.deleted === 1 }))
}
