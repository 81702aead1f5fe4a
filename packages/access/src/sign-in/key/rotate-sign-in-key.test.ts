import { withOwnNames } from '@keyferry/db'
import { onEveryDatabase } from '@keyferry/db/testing'
import { instanceSecret } from '@keyferry/kernel'
import { testContext } from '@keyferry/kernel/testing'
import { symmetricDecrypt, symmetricEncrypt } from 'better-auth/crypto'
import { expect, it } from 'vitest'
import { createAuth, migrateAuth } from '../auth.ts'
import { rotateSignInKey } from './rotate-sign-in-key.ts'
import { signInSecret } from './sign-in-secret.ts'

onEveryDatabase('the sign-in key', (open) => {
  it('is changed with what it encrypts, and everybody signs in again', async () => {
    const t = await testContext(open)
    await migrateAuth(t.ctx.db, t.ctx.log)
    const before = await instanceSecret(t.ctx)
    const auth = createAuth({ ctx: t.ctx, rootKey: before, baseUrl: 'http://127.0.0.1:4400', oidc: null })
    const passwordHash = await auth.hashNewPassword('a long password')
    const { id: userId } = await auth
      .within(withOwnNames(t.ctx.db))
      .createUser({ email: 'a@example.com', passwordHash, name: 'A' })
    type Rows = {
      account: { userId: string; idToken: string | null }
      twoFactor: { id: string; userId: string; secret: string; backupCodes: string; verified: number | boolean }
    }
    const factors = () => withOwnNames(t.ctx.db).withTables<Rows>()
    const sealed = (data: string) => symmetricEncrypt({ key: signInSecret(before), data })
    await factors()
      .insertInto('twoFactor')
      .values({
        id: 'f',
        userId,
        secret: await sealed('totp'),
        backupCodes: await sealed('codes'),
        verified: t.ctx.db.dialect === 'sqlite' ? 1 : true,
      })
      .execute()
    await factors()
      .updateTable('account')
      .set({ idToken: await sealed('token') })
      .where('userId', '=', userId)
      .execute()

    expect(await rotateSignInKey(t.ctx, t.actor)).toMatchObject({ factors: 1 })
    const after = await instanceSecret(t.ctx)
    expect(after).toHaveLength(32)
    expect(after.equals(before)).toBe(false)
    const row = await factors().selectFrom('twoFactor').select(['secret', 'backupCodes']).executeTakeFirstOrThrow()
    const opened = (data: string, key: Buffer) => symmetricDecrypt({ key: signInSecret(key), data })
    expect([await opened(row.secret, after), await opened(row.backupCodes, after)]).toEqual(['totp', 'codes'])
    const { idToken } = await factors().selectFrom('account').select('idToken').executeTakeFirstOrThrow()
    expect(await opened(idToken ?? '', after)).toBe('token')
    await expect(opened(row.secret, before)).rejects.toThrow()
    await t.close()
  })
})
