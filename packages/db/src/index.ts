export type { Selectable, Transaction } from 'kysely'
export { amend } from './statements/amend.ts'
export { byBytes } from './statements/byte-order.ts'
export { changeAndInsert, changeAndInsertAtOnce } from './statements/change-and-insert.ts'
export { chunks } from './statements/chunks.ts'
export { databaseTime, storedTime } from './statements/clock.ts'
export { copier } from './copy/copy.ts'
export { withoutDiskWait } from './sqlite/disk-wait.ts'
export { endMissing, type ToEnd } from './seals/end-missing.ts'
export { isCollision, isReferenceViolation, isUniqueViolation, storeTrouble, type StoreTrouble } from './errors.ts'
export { insertRows } from './statements/insert-rows.ts'
export { keptQuery, type Slot } from './statements/kept-queries.ts'
export { boundRows, inList, listTable, valuesTable, type ColumnTypes } from './statements/lists.ts'
export { returnFreePages } from './sqlite/free-pages.ts'
export { letOthersWrite, lockRows, lockTable, oneProcessAtATime, unlessOtherProcess } from './statements/locks.ts'
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
} from './seals/marks.ts'
export { onReservedConnection } from './reserved-connection.ts'
export { inSnapshot, readStart } from './seals/read-start.ts'
export { CONNECTION_SECONDS, openPostgres, openSqlite, type Db, type Dialect, type PooledConnections } from './open.ts'
export { preparing } from './prepared-statements.ts'
export {
  ACCOUNT_TABLES,
  isSealedTable,
  NEEDED_TABLES,
  SEALED_TABLES,
  type MarkedTable,
  type SealedTable,
} from './seals/sealed-tables.ts'
export { groupsOf } from './seals/row-groups.ts'
export { contentOf, isSealed, KeyRotated, type Sealer } from './seals/sealer.ts'
export { withOwnNames, withoutSeals, withSeals } from './seals/seals.ts'
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
} from './copy/store-copy.ts'
export type * from './tables.ts'
export { textEnd } from './statements/text-end.ts'
export { batchWriter } from './statements/batch-writer.ts'
export { batchLoader, REQUEST_TURNS, requestTurnsPassed } from './statements/batch-loader.ts'
export { timeSlice } from './sqlite/time-slice.ts'
