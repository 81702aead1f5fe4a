/** Who needs a second factor: nobody, instance admins or everybody. */
import { audit, transactChecked, type Actor, type Context, type Tx } from '@keyferry/kernel'
import { changeSetting, readSetting } from '@keyferry/kernel/authority'
import { signInPolicy } from '@keyferry/schemas'
import type { z } from 'zod'
import { isInstanceAdmin } from '../../grants/grants.ts'

type Policy = z.output<typeof signInPolicy>
const NAME = 'sign-in-policy'

export async function getSignInPolicy(ctx: Pick<Context, 'db'>): Promise<Policy> {
  return read(ctx.db)
}

/** Holds from the next request on. */
export async function updateSignInPolicy(ctx: Context, actor: Actor, policy: Policy): Promise<Policy> {
  await transactChecked(ctx, async (tx) => {
    const before = await read(tx)
    await changeSetting(tx, NAME, () => JSON.stringify(policy))
    const { requireSecondFactor: from } = before
    await audit(ctx, tx, actor, 'instance.sign-in-policy', null, {
      from,
      requireSecondFactor: policy.requireSecondFactor,
    })
  })
  return policy
}

/** Whether the policy keeps this person, who has no second factor, from everything but setting one up. */
export async function needsSecondFactor(db: Context['db'], userId: string): Promise<boolean> {
  const { requireSecondFactor } = await read(db)
  if (requireSecondFactor === 'everybody') return true
  return requireSecondFactor === 'admins' && isInstanceAdmin(db, userId)
}

async function read(db: Context['db'] | Tx): Promise<Policy> {
  return signInPolicy.parse(JSON.parse(await readSetting(db, NAME)))
}
