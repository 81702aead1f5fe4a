import type { ColumnType } from 'kysely'

/** 0 or 1. */
export type Flag = number
/** ISO 8601, UTC, milliseconds: sorts as text. */
export type Timestamp = string
/** Set once, at insert. */
export type Fixed<T> = ColumnType<T, T, never>
