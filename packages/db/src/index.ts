export type { Selectable, Transaction } from 'kysely'
export { isUniqueViolation } from './errors.ts'
export { migrate, openPostgres, openSqlite, type Db, type Dialect } from './open.ts'
export type * from './tables.ts'
