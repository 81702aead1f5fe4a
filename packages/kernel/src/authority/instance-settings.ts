/**
 * The settings of the instance. Each has its row from the start, sealed, so one that is missing was taken away: it does
 * not mean the default.
 */
import { contentOf, type Db } from '@keyferry/db'
import type { Tx } from '../context.ts'
import { IntegrityBroken } from '../errors.ts'
import type { Authority } from './authority.ts'

/** Each as it is until somebody changes it. */
const DEFAULTS = [{ name: 'sign-in-policy', value: '{}' }] as const

export type SettingName = (typeof DEFAULTS)[number]['name']

/** Throws `IntegrityBroken` when its row is missing. */
export async function readSetting(db: Db | Tx, name: SettingName): Promise<string> {
  const row = await db.selectFrom('instanceSettings').where('name', '=', name).select('value').executeTakeFirst()
  if (row) return row.value
  throw new IntegrityBroken(`The row ${name} of instanceSettings was deleted outside Keyferry. Restore a backup.`)
}

/**
 * Adds the rows that are not there: those of a new store, or of one from before they always were. `tx` is without
 * seals.
 */
export async function insertSettings(authority: Pick<Authority, 'seal'>, tx: Tx): Promise<void> {
  const rows = DEFAULTS.map((row) => ({
    ...row,
    seal: authority.seal('instanceSettings', contentOf('instanceSettings', row)),
  }))
  await tx
    .withTables<{ instanceSettings: { name: string; value: string; seal: string } }>()
    .insertInto('instanceSettings')
    .values(rows)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
}
