/**
 * Times until which something waits, such as the next try of a run. They are kept in the store, and the clock may be
 * set back after they were written: then waiting them out would take as long as the clock was wrong. So a time that no
 * present back-off reaches counts as over.
 */
import { sql, type RawBuilder } from 'kysely'
import type { Context } from './context.ts'

/** Clocks of different processes differ a little. */
const CLOCK_DIFFERENCE_MS = 60_000

export interface BackOffWindow {
  now: string
  /** No back-off that begins now ends later. */
  latest: string
}

/** `longestMs`: the longest back-off of what is asked about. */
export function backOffWindow(ctx: Pick<Context, 'now'>, longestMs: number): BackOffWindow {
  const now = ctx.now()
  return { now: now.toISOString(), latest: new Date(now.getTime() + longestMs + CLOCK_DIFFERENCE_MS).toISOString() }
}

/** `until`: null for what does not wait. */
export const isBackOffOver = (until: string | null, { now, latest }: BackOffWindow): boolean =>
  until === null || until <= now || until > latest

/** The same in a query. `column`: `table.column`. */
export function whereBackOffOver(column: string, { now, latest }: BackOffWindow): RawBuilder<boolean> {
  const until = sql.ref(column)
  return sql<boolean>`(${until} is null or ${until} <= ${now} or ${until} > ${latest})`
}
