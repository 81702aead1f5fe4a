/** How the console shows things to one person. */
import { transactChecked, type Actor, type Context } from '@keyferry/kernel'
import { density, type displayPreferences } from '@keyferry/schemas'
import type { z } from 'zod'

type Display = z.output<typeof displayPreferences>

/** As the person chose, or the defaults. */
export async function readDisplay({ db }: Pick<Context, 'db'>, { id }: Actor): Promise<Display> {
  const row = await db
    .selectFrom('displayPreferences')
    .where('userId', '=', id)
    .select(['timeZone', 'density'])
    .executeTakeFirst()
  return { timeZone: row?.timeZone ?? null, density: density.catch('compact').parse(row?.density) }
}

/** Changes what is given. */
export async function setDisplay(
  ctx: Context,
  actor: Actor,
  input: { [Field in keyof Display]?: Display[Field] | undefined },
): Promise<Display> {
  const before = await readDisplay(ctx, actor)
  const next = {
    timeZone: input.timeZone === undefined ? before.timeZone : input.timeZone,
    density: input.density ?? before.density,
  }
  await transactChecked(ctx, (tx) =>
    tx
      .insertInto('displayPreferences')
      .values({ userId: actor.id, ...next })
      .onConflict((conflict) => conflict.column('userId').doUpdateSet(next))
      .execute(),
  )
  return next
}
