import { randomBytes, randomUUID } from 'node:crypto'
import type { TestContext } from '@keyferry/core/testing'
import { transact } from '@keyferry/kernel'

/** An identity with a token that ends `expiresIn` milliseconds from now. For tests only. */
export async function machine({ ctx }: TestContext, name: string, expiresIn = 86_400_000) {
  const now = ctx.now().getTime()
  const at = new Date(now).toISOString()
  const identityId = randomUUID()
  const clientSecretId = randomUUID()
  const token = `kfa_${randomBytes(32).toString('base64url')}`
  const kept = { identityId, createdAt: at, updatedAt: at }
  const counts = { uses: 0, usesLimit: 0, ttl: 0 }
  const expiresAt = new Date(now + expiresIn).toISOString()
  await transact(ctx, async (tx) => {
    await tx.insertInto('identities').values({ id: identityId, name, createdAt: at, updatedAt: at }).execute()
    await tx
      .insertInto('universalAuths')
      .values({ ...kept, clientId: randomUUID(), settings: '{}', failures: 0 })
      .execute()
    await tx
      .insertInto('clientSecrets')
      .values({ ...kept, ...counts, id: clientSecretId, description: '', prefix: '', hash: randomUUID(), revoked: 0 })
      .execute()
    const times = { expiresAt, endsAt: expiresAt, createdAt: at }
    await tx
      .insertInto('accessTokens')
      .values({
        id: randomUUID(),
        identityId,
        clientSecretId,
        hash: ctx.authority.hashToken(token),
        ...counts,
        ...times,
      })
      .execute()
  })
  return { identityId, clientSecretId, token }
}
