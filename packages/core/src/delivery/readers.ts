/** Who read the value of a secret, by the audit log. */
import { timeSlice } from '@keyferry/db'
import { DAY_MS, type Context } from '@keyferry/kernel'
import type { SecretReader } from '@keyferry/schemas'
import { AUDIT_ACTIONS } from '@keyferry/schemas/audit'
import { z } from 'zod'

const WINDOW_MS = 30 * DAY_MS
/** Rows of the log that one receipt reads, and of one statement. */
const MAX_ROWS = 50_000
const PAGE = 1000
const READS: ReadonlySet<string> = new Set(
  Object.entries(AUDIT_ACTIONS).flatMap(([action, { about }]) => (about === 'readings' ? action : [])),
)

export interface ReadersQuery {
  projectId: string
  /** Where the value shows: of a folder, the keys that are made of it. */
  places: readonly { environment: string; secretPath: string; keys: ReadonlySet<string> }[]
  /** Its own place, whose reads name the version that was read. */
  own: { environment: string; secretPath: string; key: string }
  /** The first version that has the present value, and when it was written. */
  since: { version: number; at: string }
}

const details = z.object({
  environment: z.string().optional(),
  secretPath: z.string().optional(),
  key: z.string().optional(),
  keys: z.array(z.string()).optional(),
  version: z.number().optional(),
  from: z.string().optional(),
  recursive: z.boolean().optional(),
})
type Details = z.output<typeof details>

/**
 * The last read of each person and machine within 30 days, newest first, and how far back the log was read: less than
 * that where it is very long. A list of many secrets does not name them and counts for all.
 */
export async function readersOf(
  ctx: Context,
  query: ReadersQuery,
): Promise<{ readers: SecretReader[]; since: string }> {
  const start = new Date(ctx.now().getTime() - WINDOW_MS).toISOString()
  const readers = new Map<string, SecretReader>()
  const slice = timeSlice()
  let before: { seq: number; at: string } | null = null
  for (let rows = 0; rows < MAX_ROWS; rows += PAGE) {
    const page = await rowsBefore(ctx, query.projectId, before?.seq ?? null)
    for (const row of page) {
      if (slice.isOver()) await slice.rest()
      if (row.at < start) return { readers: [...readers.values()], since: start }
      const id = `${row.actorKind} ${row.actorId}`
      if (!READS.has(row.action) || readers.has(id)) continue
      const read = details.safeParse(JSON.parse(row.details))
      if (!read.success || !concerns(query, read.data)) continue
      const actor = { kind: row.actorKind, id: row.actorId, name: row.actor }
      readers.set(id, { actor, readAt: row.at, isNewest: isNewest(query, read.data, row.at) })
    }
    before = page.at(-1) ?? before
    if (page.length < PAGE) return { readers: [...readers.values()], since: start }
  }
  return { readers: [...readers.values()], since: before?.at ?? start }
}

const rowsBefore = (ctx: Context, projectId: string, seq: number | null) =>
  ctx.db
    .selectFrom('audit')
    .where('projectId', '=', projectId)
    .$call((query) => (seq === null ? query : query.where('seq', '<', seq)))
    .orderBy('seq', 'desc')
    .limit(PAGE)
    .select(['seq', 'at', 'action', 'actorKind', 'actorId', 'actor'])
    // A change can name thousands of keys.
    .select((eb) =>
      eb
        .case()
        .when('action', 'in', [...READS])
        .then(eb.ref('details'))
        .else('{}')
        .end()
        .as('details'),
    )
    .execute()

function concerns({ places }: ReadersQuery, read: Details): boolean {
  return places.some(({ environment, secretPath, keys }) => {
    const path = read.secretPath ?? '/'
    const isThere =
      path === secretPath || (read.recursive === true && secretPath.startsWith(path === '/' ? path : `${path}/`))
    if (environment !== read.environment || !isThere) return false
    if (read.key !== undefined) return keys.has(read.key)
    return read.keys === undefined || read.recursive === true || read.keys.some((key) => keys.has(key))
  })
}

/** A read of a single secret names the version that it got; of others the time decides. */
function isNewest({ own, since }: ReadersQuery, read: Details, at: string): boolean {
  const source = read.from ?? `${read.environment ?? ''}:${read.secretPath ?? '/'}`
  const isOwn = read.key === own.key && source === `${own.environment}:${own.secretPath}`
  return isOwn && read.version !== undefined ? read.version >= since.version : at >= since.at
}
