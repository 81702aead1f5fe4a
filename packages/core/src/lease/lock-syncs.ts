import { inList, type Tables } from '@keyferry/db'
import { expressionBuilder, sql, type Kysely, type RawBuilder, type SelectQueryBuilder } from 'kysely'

/**
 * The ids of the syncs that `syncs` finds, their rows locked until the transaction ends. Every transaction locks
 * them in the order of their ids, so that no two wait for each other.
 */
export const lockSyncs = <DB extends Tables, T extends keyof DB & string>(
  syncs: SelectQueryBuilder<DB, 'syncs' | T, { id: string }>,
) => syncs.orderBy(sql.ref('syncs.id')).forNoKeyUpdate('syncs')

/** The same of syncs by id. */
export const lockSyncsById = (db: Kysely<Tables>, ids: readonly string[] | RawBuilder<readonly string[]>) =>
  lockSyncs(
    expressionBuilder<Tables>()
      .selectFrom('syncs')
      .where((eb) => inList(db, eb.ref('syncs.id'), ids))
      .select('syncs.id'),
  )
