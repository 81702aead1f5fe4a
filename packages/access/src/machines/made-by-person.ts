/**
 * Client secrets that a person made. Their rights are the machine's, so they outlive the person unless somebody revokes
 * them.
 */
import { amend } from '@keyferry/db'
import { audit, timestamp, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'

type MadeSecret = z.output<typeof schemas.madeClientSecret>

/** Who is behind `actor`: the owner of an API key, or the actor itself. */
export async function makerOf(tx: Tx, { id }: Actor): Promise<string> {
  const key = await tx.selectFrom('apiKeys').where('id', '=', id).select('ownerId').executeTakeFirst()
  return key?.ownerId ?? id
}

/** Those that are not revoked, by machine, oldest first. */
export async function clientSecretsBy(db: Context['db'] | Tx, userId: string): Promise<MadeSecret[]> {
  return db
    .selectFrom('clientSecrets')
    .innerJoin('identities', 'identities.id', 'clientSecrets.identityId')
    .where('clientSecrets.createdBy', '=', userId)
    .where('clientSecrets.revoked', '=', 0)
    .select([
      'clientSecrets.id as clientSecretId',
      'clientSecrets.identityId',
      'identities.name as identityName',
      'clientSecrets.description',
      'clientSecrets.prefix as clientSecretPrefix',
      'clientSecrets.createdAt',
    ])
    .orderBy('identities.name')
    .orderBy('clientSecrets.createdAt')
    .orderBy('clientSecrets.id')
    .execute()
}

/** The tokens that they gave out stop working at once. */
export async function revokeClientSecrets(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  secrets: readonly Pick<MadeSecret, 'identityId' | 'clientSecretId'>[],
): Promise<void> {
  for (const { clientSecretId, identityId } of secrets) {
    await amend(tx, 'clientSecrets', clientSecretId, { revoked: 1 })
    await tx
      .updateTable('clientSecrets')
      .set({ updatedAt: timestamp(ctx) })
      .where('id', '=', clientSecretId)
      .execute()
    await tx.deleteFrom('accessTokens').where('clientSecretId', '=', clientSecretId).execute()
    await audit(ctx, tx, actor, 'identity.client-secret.revoke', null, { identityId, clientSecretId })
  }
}
