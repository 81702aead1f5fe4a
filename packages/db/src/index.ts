export type { Selectable, Transaction } from 'kysely'
export { amend } from './amend.ts'
export { changeAndInsert, changeAndInsertAtOnce } from './change-and-insert.ts'
export { chunks } from './chunks.ts'
export { databaseTime, storedTime } from './clock.ts'
export { copier } from './copy.ts'
export { withoutDiskWait } from './disk-wait.ts'
export { endMissing, type ToEnd } from './end-missing.ts'
export { isCollision, isReferenceViolation, isUniqueViolation, storeTrouble, type StoreTrouble } from './errors.ts'
export { insertRows } from './insert-rows.ts'
export { keptQuery, type Slot } from './kept-queries.ts'
export { boundRows, inList, listTable, valuesTable, type ColumnTypes } from './lists.ts'
export { returnFreePages } from './free-pages.ts'
export { letOthersWrite, lockRows, lockTable, oneProcessAtATime, unlessOtherProcess } from './locks.ts'
export { holdMigrations, migrate, missingMigrations, SchemaTooNew, unknownMigrations } from './migrate.ts'
export {
  endRowsBefore,
  markEnded,
  markGroupEnded,
  markWritten,
  takeMarks,
  type EndedRow,
  type MarkKeeper,
  type Marks,
} from './marks.ts'
export { onReservedConnection } from './reserved-connection.ts'
export { inSnapshot, readStart } from './read-start.ts'
export { openPostgres, openSqlite, type Db, type Dialect, type PooledConnections } from './open.ts'
export {
  ACCOUNT_TABLES,
  isSealedTable,
  NEEDED_TABLES,
  SEALED_TABLES,
  type MarkedTable,
  type SealedTable,
} from './sealed-tables.ts'
export { groupsOf } from './row-groups.ts'
export { contentOf, isSealed, KeyRotated, type Sealer } from './sealer.ts'
export { withOwnNames, withoutSeals, withSeals } from './seals.ts'
export {
  beginCopy,
  copyTable,
  digestTable,
  endCopy,
  holdTables,
  isSetUp,
  tablesToCopy,
  unfinishedCopy,
  type CopiedTable,
} from './store-copy.ts'
export type * from './tables.ts'
export { textEnd } from './text-end.ts'
export { batchLoader, REQUEST_TURNS, requestTurnsPassed } from './batch-loader.ts'
export { timeSlice } from './time-slice.ts'
