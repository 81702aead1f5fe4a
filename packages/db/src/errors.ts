/** True when the database refused a row because another one has the same unique key. */
export function isUniqueViolation(error: unknown): boolean {
  const code = codeOf(error)
  return code === '23505' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY'
}

/**
 * True when the database refused a row that refers to one that is gone, or the end of one that others refer to. The
 * check before the write saw another state.
 */
export function isReferenceViolation(error: unknown): boolean {
  const code = codeOf(error)
  return code === '23503' || code === 'SQLITE_CONSTRAINT_FOREIGNKEY'
}

/**
 * True when two transactions got into each other's way and this one was undone whole: the same again may well succeed.
 * Never on SQLite, where they wait for each other from their beginning (sqlite-driver.ts).
 */
export function isCollision(error: unknown): boolean {
  const code = codeOf(error)
  return code === '40P01' || code === '40001'
}

/** True when a lock took longer than `lock_timeout`. */
export const isLockTimeout = (error: unknown): boolean => codeOf(error) === '55P03'

/** What a store that does not work suffers from. */
export type StoreTrouble = 'unreachable' | 'refused' | 'read-only' | 'full' | 'damaged' | 'failing' | 'overloaded'

/** Codes of node's sockets and SQLSTATEs; class 08 is added below. */
const TROUBLES = new Map<string, StoreTrouble>([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'].map(
    (code) => [code, 'unreachable'] as const,
  ),
  // The server ends, starts, or an operator cut the connection.
  ...['57P01', '57P02', '57P03', '57P05', '25P03'].map((code) => [code, 'unreachable'] as const),
  // Wrong password, no right to connect, no such database, no right to the table.
  ...['28P01', '28000', '3D000', '42501'].map((code) => [code, 'refused'] as const),
  ['25006', 'read-only'],
  ['SQLITE_READONLY', 'read-only'],
  ['53100', 'full'],
  ['SQLITE_FULL', 'full'],
  ...['SQLITE_CORRUPT', 'XX001', 'XX002'].map((code) => [code, 'damaged'] as const),
  // Also where a quota is used up, or the file system became read-only: SQLite doesn't tell them from a broken disk.
  ...['SQLITE_IOERR', 'SQLITE_CANTOPEN', '58030'].map((code) => [code, 'failing'] as const),
  // Too many connections, no memory, a statement or a lock that took longer than we let it, or a collision at every
  // retry.
  ...['53300', '53200', '57014', '55P03', '40P01', '40001', 'SQLITE_BUSY'].map((code) => [code, 'overloaded'] as const),
])
/** pg and its pool give these no code. */
const PHRASES = [
  'Connection terminated',
  'Client has encountered a connection error',
  'Client was closed',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
]

/** Why the store could not do it just now, or null when the trouble is another: the statement's, or ours. */
export function storeTrouble(error: unknown): StoreTrouble | null {
  if (error instanceof AggregateError) return error.errors.map(storeTrouble).find((trouble) => trouble !== null) ?? null
  if (!(error instanceof Error)) return null
  const code = codeOf(error)
  if (code !== undefined) {
    if (/^08[0-9A-Z]{3}$/.test(code)) return 'unreachable'
    // SQLite's extended codes begin with the plain one.
    const known =
      TROUBLES.get(code) ??
      (code.startsWith('SQLITE_') ? TROUBLES.get(code.split('_').slice(0, 2).join('_')) : undefined)
    if (known) return known
  }
  return PHRASES.some((phrase) => error.message.includes(phrase)) ? 'unreachable' : null
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
