/**
 * The settings of the instance. Each has its row, sealed, from when the organization is set up, so one that is missing
 * was taken away: it does not mean the default.
 */
import { amend, contentOf, keptQuery, type Db, type Slot } from '@keyferry/db'
import type { Tx } from '../context.ts'
import { IntegrityBroken } from '../errors.ts'
import type { Authority } from './authority.ts'

/** Each as it is until somebody changes it. `pauses`: of syncs (`core/sync/pauses.ts`). */
const DEFAULTS = { 'sign-in-policy': '{}', pauses: '{}' } as const

export type SettingName = keyof typeof DEFAULTS

const settings = keptQuery((db, slot: Slot<{ name: string }>) =>
  db.selectFrom('instanceSettings').where('name', '=', slot('name')).select('value'),
)

/** Throws `IntegrityBroken` when its row is missing. */
export async function readSetting(db: Db | Tx, name: SettingName): Promise<string> {
  const [row] = await settings(db, { name })
  if (row) return row.value
  if (!(await db.selectFrom('organizations').select('id').executeTakeFirst())) return DEFAULTS[name]
  throw new IntegrityBroken(`The row ${name} of instanceSettings was deleted outside Keyferry. Restore a backup.`)
}

/** In the caller's transaction; changes of one setting wait for each other. Throws `IntegrityBroken` like a read. */
export async function changeSetting(tx: Tx, name: SettingName, change: (value: string) => string): Promise<void> {
  await tx.selectFrom('instanceSettings').where('name', '=', name).select('name').forUpdate().execute()
  if (!(await amend(tx, 'instanceSettings', name, { value: change(await readSetting(tx, name)) })))
    throw new Error(`the setting ${name} vanished`)
}

/**
 * Adds the rows that are not there: those of a new store, or of one from before they always were. `tx` is without
 * seals.
 */
export async function insertSettings(authority: Pick<Authority, 'seal'>, tx: Tx): Promise<void> {
  const values = { ...DEFAULTS, pauses: await earlierPauses(tx) }
  const rows = Object.entries(values).map(([name, value]) => ({
    name,
    value,
    seal: authority.seal('instanceSettings', contentOf('instanceSettings', { name, value })),
  }))
  await tx
    .withTables<{ instanceSettings: { name: string; value: string; seal: string } }>()
    .insertInto('instanceSettings')
    .values(rows)
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute()
}

interface EarlierPause {
  subject: string
  why: string
  pausedBy: string
  createdAt: string
  until: string | null
}

/** Pauses were rows of a table of their own, without seals. They are believed this once. */
async function earlierPauses(tx: Tx): Promise<string> {
  const rows = await tx
    .withTables<{ pauses: EarlierPause }>()
    .selectFrom('pauses')
    .select(['subject', 'why', 'pausedBy', 'createdAt', 'until'])
    .execute()
  return JSON.stringify(
    Object.fromEntries(
      rows.map(({ subject, why, pausedBy: by, createdAt: since, until }) => [subject, { why, by, since, until }]),
    ),
  )
}
