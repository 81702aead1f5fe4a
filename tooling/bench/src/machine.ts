import { createHash, randomUUID } from 'node:crypto'
import { transact, type Context } from '@keyferry/kernel'

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** Every hash that a token may be stored as, where there is no key. */
export const plainHashes = (token: string): readonly string[] => [sha256(token)]

/** A machine that is a member, with an access token of this hash; its id. */
export async function machine(ctx: Context, projectId: string, hash: string): Promise<string> {
  const id = randomUUID()
  const at = ctx.now().toISOString()
  const kept = { createdAt: at, updatedAt: at }
  const counts = { uses: 0, usesLimit: 0, ttl: 0 }
  await transact(ctx, async (tx) => {
    await tx
      .insertInto('identities')
      .values({ id, name: 'bench', ...kept })
      .execute()
    await tx
      .insertInto('universalAuths')
      .values({ identityId: id, clientId: id, settings: '{}', failures: 0, ...kept })
      .execute()
    await tx
      .insertInto('clientSecrets')
      .values({ id, identityId: id, description: '', prefix: '', hash: id, revoked: 0, ...counts, ...kept })
      .execute()
    await tx
      .insertInto('accessTokens')
      .values({
        id,
        identityId: id,
        clientSecretId: id,
        hash,
        ...counts,
        expiresAt: '2099',
        endsAt: '2099',
        createdAt: at,
      })
      .execute()
    await tx
      .insertInto('memberships')
      .values({ id, projectId, principalKind: 'identity', principalId: id, role: 'developer', scopes: null, ...kept })
      .execute()
  })
  return id
}
