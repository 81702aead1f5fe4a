/** Variables and pages of them as Vercel shows them. */
import { createHash } from 'node:crypto'
import { badRequest } from './answers.ts'
import type { Variable } from './variables.ts'

/** `clear`: an encrypted value is shown. A sensitive one never is. */
export function rowOf(variable: Variable, clear: boolean): Record<string, unknown> {
  const isEncrypted = variable.type === 'encrypted' || variable.type === 'secret'
  return {
    ...variable,
    value: variable.type === 'sensitive' ? '' : isEncrypted && !clear ? ciphertextOf(variable) : variable.value,
    decrypted: isEncrypted && clear,
    createdBy: 'user_keyferry',
    updatedBy: null,
    // The vendor's own client refuses a listing without it.
    securityIssues: [],
  }
}

const ciphertextOf = ({ id, value }: Variable): string =>
  Buffer.from(JSON.stringify({ v: 'v2', c: createHash('sha256').update(`${id} ${value}`).digest('hex') })).toString(
    'base64',
  )

interface Page<T> {
  rows: T[]
  pagination: { count: number; next: number | null; prev: number | null }
}

/** The newest `limit` rows (20 by default, 100 at most) that are older than `until` or `from`. */
export function pageOf<T extends { createdAt: number }>(all: readonly T[], query: URLSearchParams): Page<T> {
  const limit = Number(query.get('limit') ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) throw badRequest('`limit` should be between 1 and 100')
  const until = Number(query.get('until') ?? query.get('from') ?? Number.MAX_SAFE_INTEGER)
  const rest = all.filter(({ createdAt }) => createdAt < until).toSorted((a, b) => b.createdAt - a.createdAt)
  const rows = rest.slice(0, limit)
  const next = rest.length > limit ? (rows.at(-1)?.createdAt ?? null) : null
  return { rows, pagination: { count: rows.length, next, prev: rows[0]?.createdAt ?? null } }
}
