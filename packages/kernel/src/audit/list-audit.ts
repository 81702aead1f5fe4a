import type * as schemas from '@keyferry/schemas'
import { sql } from 'kysely'
import type { z } from 'zod'
import type { Actor, Context } from '../context.ts'
import { placeAndBytes, placesWithRoom } from './audit-page.ts'
import type { AuditRow } from './audit.ts'

type Query = z.output<typeof schemas.listAudit>

/**
 * Rows that one statement looks through. Of what is seldom, most of the log may have to be read: in portions, between
 * which others have their turn.
 */
const PORTION = 5_000

/**
 * The audit log, newest first, a page at a time: of large rows it has fewer than `limit`. Filters that are not given
 * hold for everything.
 */
export async function listAudit(
  ctx: Context,
  _actor: Actor,
  input: Query,
): Promise<z.output<typeof schemas.listedAudit>> {
  const { limit } = input
  const found = (await isOfFewRows(ctx, input))
    ? await matching(ctx, input)
        .where('seq', 'in', inTime(ctx, input).select('seq'))
        .select(placeAndBytes)
        .limit(limit + 1)
        .execute()
    : await inPortions(ctx, input)
  const places = placesWithRoom(found.slice(0, limit))
  if (places.length === 0) return { entries: [], nextCursor: null }
  const rows = await ctx.db.selectFrom('audit').where('seq', 'in', places).orderBy('seq', 'desc').selectAll().execute()
  return {
    entries: rows.map(entryOf),
    nextCursor: found.length > places.length ? (places.at(-1) ?? null) : null,
  }
}

/** The first `limit` places and one more. */
async function inPortions(ctx: Context, input: Query) {
  const found: { seq: number; bytes: number | string }[] = []
  const { projectId: _, cursor, limit, ...filters } = input
  const isFiltered = Object.values(filters).some((filter) => filter !== undefined)
  for (let before = cursor; found.length <= limit;) {
    const some = { ...input, cursor: before }
    const portion = inPlace(ctx, some)
      .limit(1)
      .offset(PORTION - 1)
      .select('seq')
    const last = isFiltered ? await portion.executeTakeFirst() : undefined
    const rows = await matching(ctx, some)
      .$call((query) => (last === undefined ? query : query.where('seq', '>=', last.seq)))
      .select(placeAndBytes)
      .limit(limit + 1 - found.length)
      .execute()
    found.push(...rows)
    if (!last) break
    before = last.seq
  }
  return found
}

/** Whether the time that is given has no more rows than one statement may look through. */
async function isOfFewRows(ctx: Context, input: Query): Promise<boolean> {
  if (input.from === undefined && input.to === undefined) return false
  const beyond = await inTime(ctx, input).orderBy('at').limit(1).offset(PORTION).select('at').executeTakeFirst()
  return beyond === undefined
}

const inTime = ({ db }: Context, { from, to }: Query) =>
  db
    .selectFrom('audit')
    .$call((query) => (from === undefined ? query : query.where('at', '>=', new Date(from).toISOString())))
    .$call((query) => (to === undefined ? query : query.where('at', '<', new Date(to).toISOString())))

/** The rows of the page and of those after it, whatever they are about. */
const inPlace = ({ db }: Context, { projectId, cursor }: Query) =>
  db
    .selectFrom('audit')
    .$call((query) => (projectId === undefined ? query : query.where('projectId', '=', projectId)))
    .$call((query) => (cursor === undefined ? query : query.where('seq', '<', cursor)))
    .orderBy('seq', 'desc')

/** Those of them that pass the filters. */
function matching(ctx: Context, input: Query) {
  const { actor, action, except, environment, from, to, text } = input
  let query = inPlace(ctx, input)
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
  return query
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
