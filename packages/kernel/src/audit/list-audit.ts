import type * as schemas from '@keyferry/schemas'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { Actor, Context } from '../context.ts'
import type { AuditRow } from './audit.ts'

/** The audit log, newest first, a page at a time. Filters that are not given hold for everything. */
export async function listAudit(
  ctx: Context,
  _actor: Actor,
  input: z.output<typeof schemas.listAudit>,
): Promise<z.output<typeof schemas.listedAudit>> {
  const { projectId, actor, action, except, environment, from, to, text, cursor, limit } = input
  let query = ctx.db
    .selectFrom('audit')
    .selectAll()
    .orderBy('seq', 'desc')
    .limit(limit + 1)
  if (projectId !== undefined) query = query.where('projectId', '=', projectId)
  if (actor !== undefined) query = query.where((eb) => eb.or([eb('actor', '=', actor), eb('actorId', '=', actor)]))
  if (action !== undefined) {
    const some = action.split(',')
    query = query.where((eb) => eb.or(some.map((one) => beginsWith('action', one.trim()))))
  }
  if (except !== undefined)
    query = query.where(
      'action',
      'not in',
      except.split(',').map((one) => one.trim()),
    )
  if (environment !== undefined) query = query.where(holds('details', JSON.stringify({ environment }).slice(1, -1)))
  if (from !== undefined) query = query.where('at', '>=', new Date(from).toISOString())
  if (to !== undefined) query = query.where('at', '<', new Date(to).toISOString())
  if (text !== undefined) query = query.where(holds('details', text))
  if (cursor !== undefined) query = query.where('seq', '<', cursor)
  const rows = await query.execute()
  const shown = rows.slice(0, limit)
  return {
    entries: shown.map(entryOf),
    nextCursor: rows.length > limit ? (shown.at(-1)?.seq ?? null) : null,
  }
}

/** A row as it is shown, exported and streamed. */
export const entryOf = ({ actorKind, actorId, actor, details, prevHash: _, marks: __, ...row }: AuditRow) => ({
  ...row,
  actor: { kind: actorKind, id: actorId, name: actor },
  details: JSON.parse(details),
})

const escaped = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&')

// An action is given whole, or cut after its dot.
const beginsWith = (column: string, text: string) =>
  text.endsWith('.')
    ? sql<boolean>`${sql.ref(column)} like ${`${escaped(text)}%`} escape '\\'`
    : sql<boolean>`${sql.ref(column)} = ${text}`
const holds = (column: string, text: string) =>
  sql<boolean>`lower(${sql.ref(column)}) like ${`%${escaped(text.toLowerCase())}%`} escape '\\'`
