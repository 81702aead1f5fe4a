/** Reading syncs. */
import { NotFound, type Actor, type Context } from '@keyferry/kernel'
import type { syncsSummary } from '@keyferry/schemas'
import type { z } from 'zod'
import { destination, destinations } from '../destinations/registry.ts'
import { findSync, syncRow, type SyncAddress } from '../sync/find.ts'
import { selectSyncs, toRows, type SyncRow } from '../sync/row.ts'

/** The destinations a sync can have, by title. */
export function listSyncOptions(_ctx: Context, _actor: Actor, _input: object) {
  return Promise.resolve(
    destinations()
      .map(({ name, title }) => ({ name: title, destination: name }))
      .sort((a, b) => a.name.localeCompare(b.name)),
  )
}

/** The syncs of a project, or those to one kind of destination. Throws `NotFound` for an unknown destination. */
export async function listSyncs(
  ctx: Context,
  _actor: Actor,
  input: { projectId: string; destination?: string },
): Promise<SyncRow[]> {
  if (input.destination !== undefined) destination(input.destination)
  const { destination: name } = input
  const rows = await selectSyncs(ctx.db)
    .where('syncs.projectId', '=', input.projectId)
    .$call((query) => (name === undefined ? query : query.where('syncs.destination', '=', name)))
    .execute()
  return toRows(ctx, rows)
}

/** What every page of a project shows of its syncs: of `rows`. */
export function summaryOf(rows: readonly SyncRow[]): z.output<typeof syncsSummary> {
  const names = (of: (row: SyncRow) => string | undefined): string[] =>
    [...new Set(rows.flatMap((row) => of(row) ?? []))].toSorted()
  return {
    total: rows.length,
    needAttention: rows.filter(({ status }) => status === 'needs-attention').map(({ id, name }) => ({ id, name })),
    destinations: names(({ destination }) => destination),
    environments: names(({ environment }) => environment?.slug),
  }
}

/** The syncs that use a connection, in whatever project. */
export async function listSyncsOfConnection(
  ctx: Context,
  _actor: Actor,
  { connectionId }: { connectionId: string },
): Promise<SyncRow[]> {
  return toRows(ctx, await selectSyncs(ctx.db).where('syncs.connectionId', '=', connectionId).execute())
}

/** Throws `NotFound`. */
export async function getSync(ctx: Context, _actor: Actor, input: SyncAddress): Promise<SyncRow> {
  const { id } = await findSync(ctx, input)
  return syncRow(ctx, id)
}

/** Throws `NotFound`. */
export async function getSyncByName(
  ctx: Context,
  _actor: Actor,
  input: { destination: string; projectId: string; syncName: string },
): Promise<SyncRow> {
  destination(input.destination)
  const rows = await selectSyncs(ctx.db)
    .where('syncs.projectId', '=', input.projectId)
    .where('syncs.destination', '=', input.destination)
    .where('syncs.name', '=', input.syncName)
    .execute()
  const [row] = await toRows(ctx, rows)
  if (!row) throw new NotFound(`There is no ${input.destination} sync with the name ${input.syncName} in this project`)
  return row
}
