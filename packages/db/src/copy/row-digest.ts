/** Digests of rows that are the same for both databases. */
import { createHash } from 'node:crypto'

/** A row by the database's names of its columns. Postgres gives a `bigint` as text. */
export type Row = Readonly<Record<string, string | number | null>>

const MODULUS = 2n ** 256n

/** A digest of one row, of any order of its columns. */
export function rowDigest(row: Row): bigint {
  const columns = Object.keys(row).sort()
  const content = JSON.stringify(columns.map((column) => [column, textOf(row[column])]))
  return BigInt(`0x${createHash('sha256').update(content).digest('hex')}`)
}

const textOf = (value: string | number | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value)

/** The digest of rows together, in any order. */
export const sumDigests = (sum: bigint, digest: bigint): bigint => (sum + digest) % MODULUS
