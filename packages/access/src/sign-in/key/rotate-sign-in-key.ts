import { amend, withOwnNames } from '@keyferry/db'
import { audit, maintain, renewInstanceSecret, type Actor, type Context } from '@keyferry/kernel'
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import { endSessionsIn } from '../../people/end-sessions.ts'
import { signInSecret } from './sign-in-secret.ts'

type Factors = {
  twoFactor: { id: string; secret: string; backupCodes: string }
  account: { id: string; accessToken: string | null; refreshToken: string | null; idToken: string | null }
}

/**
 * Changes the key that sign-in derives its own from, all in one transaction: second factors are encrypted with the new
 * one, and everybody has to sign in again. No process may run meanwhile: it would continue with the old key. Returns
 * how many second factors there are, and what ended.
 */
export function rotateSignInKey(
  ctx: Context,
  actor: Actor,
): Promise<{ factors: number; sessions: number; accessTokens: number }> {
  return maintain(ctx, async (tx) => {
    const { before, after } = await renewInstanceSecret(ctx, tx)
    const again = async (data: string): Promise<string> =>
      symmetricEncrypt({ key: signInSecret(after), data: await symmetricDecrypt({ key: signInSecret(before), data }) })
    const present = new Set((await tx.introspection.getTables()).map(({ name }) => name))
    const accounts = withOwnNames(tx).withTables<Factors>()
    const factors = present.has('twoFactor')
      ? await accounts.selectFrom('twoFactor').select(['id', 'secret', 'backupCodes']).execute()
      : []
    for (const { id, secret, backupCodes } of factors)
      await amend(accounts, 'twoFactor', id, { secret: await again(secret), backupCodes: await again(backupCodes) })
    if (present.has('account')) {
      // Sealed with the earlier key, and never read.
      await accounts.updateTable('account').set({ accessToken: null, refreshToken: null }).execute()
      // It says which provider an account is linked to.
      const linked = await accounts.selectFrom('account').select(['id', 'idToken']).execute()
      for (const { id, idToken } of linked)
        if (idToken !== null)
          await accounts
            .updateTable('account')
            .set({ idToken: await again(idToken) })
            .where('id', '=', id)
            .execute()
    }
    const ended = await endSessionsIn(tx)
    await audit(ctx, tx, actor, 'instance.rotate-key', null, { key: 'sign-in', rows: factors.length })
    return { factors: factors.length, ...ended }
  })
}
