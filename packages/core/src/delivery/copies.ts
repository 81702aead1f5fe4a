/** What the ledger has of some secrets, at every place of some syncs, and what their last runs say of them. */
import { inList } from '@keyferry/db'
import type { Context, DataKey } from '@keyferry/kernel'
import { storedReasonText } from '@keyferry/schemas'
import { sql } from 'kysely'
import { LEDGER_COLUMNS, entryOf, isOurs, type LedgerEntry } from '../apply/ledger.ts'

export type StoredCopy = LedgerEntry & { syncId: string; targetKey: string; key: string }

export interface CopiesQuery {
  syncIds: readonly string[]
  /** Names at the targets. */
  names: readonly string[]
  /** Finds its copies under any name. */
  secret?: { id: string; key: string }
}

/** Rows that Keyferry did not write are left out. */
export async function copiesOf(ctx: Context, dataKey: DataKey, query: CopiesQuery): Promise<StoredCopy[]> {
  const { syncIds, names, secret } = query
  const rows = await ctx.db
    .selectFrom('ledger')
    .where((eb) => inList(ctx.db, eb.ref('ledger.syncId'), syncIds))
    .where((eb) => {
      const named = inList(ctx.db, eb.ref('ledger.key'), names)
      if (!secret) return named
      const made = sql<boolean>`${eb.ref('ledger.madeOf')} like ${`%"${secret.id}"%`}`
      const older = eb.and([eb('ledger.madeOf', 'is', null), eb('ledger.sourceKey', '=', secret.key)])
      return eb.or([named, made, older])
    })
    .select(LEDGER_COLUMNS)
    .execute()
  const written = rows.filter((row) => isOurs(ctx, dataKey, row))
  return written.map((row) => {
    const entry = entryOf(row)
    const { syncId, targetKey, key } = row
    return { ...entry, digest: dataKey.upgradeDigest(entry.digest), syncId, targetKey, key }
  })
}

export type Trouble = { failure: string | null; rejection: string | null }

/** By run id and name: why the run did not write it. */
export async function troubleOf(
  ctx: Context,
  runIds: readonly string[],
  names: readonly string[],
): Promise<(runId: string | null, name: string) => Trouble> {
  const rows = await ctx.db
    .selectFrom('outcomes')
    .where((eb) => inList(ctx.db, eb.ref('runId'), runIds))
    .where((eb) => inList(ctx.db, eb.ref('key'), names))
    .where('state', '!=', 'done')
    .select(['runId', 'key', 'state', 'reason'])
    .execute()
  const troubled = new Map(rows.map((row) => [`${row.runId} ${row.key}`, row]))
  return (runId, name) => {
    const row = troubled.get(`${runId} ${name}`)
    return {
      failure: row && row.state !== 'rejected' ? storedReasonText(row.reason) : null,
      rejection: row?.state === 'rejected' ? storedReasonText(row.reason) : null,
    }
  }
}
