/** What a create, preview or edit body says of source, connection and target, checked against what exists. */
import { BadRequest, Invalid, NotFound, type Context, type Tx } from '@keyferry/kernel'
import type { createSync } from '@keyferry/schemas'
import { findFolder } from '@keyferry/vault'
import type { z } from 'zod'
import type { SyncSpec } from '../apply/target.ts'
import { refuseNotAllowed } from '../connections/allowed.ts'
import { connectionFor, isAsRead, type ConnectionRow } from '../connections/find.ts'
import { resolveTarget } from '../connections/resolve-target.ts'
import type { DestinationDefinition } from '../destinations/destination.ts'
import { destination } from '../destinations/registry.ts'
import { refuseUnreadable } from '../drift/values.ts'
import { parseOptions } from '../sync/options.ts'

export type CreateBody = z.output<typeof createSync>
type PreviewBody = Omit<CreateBody, 'planHash' | 'name'>

export interface CheckedBody {
  definition: DestinationDefinition
  connection: ConnectionRow
  spec: SyncSpec
}

/**
 * Refuses before anything changes: unknown destination, connection of another app, missing folder, fields that break a
 * rule.
 */
export async function checkBody(ctx: Context, body: PreviewBody): Promise<CheckedBody> {
  const definition = destination(body.destination)
  const { connection, target } = await placeFor(ctx, definition, body)
  const options = parseOptions(definition, target, body.options)
  const spec = {
    id: null,
    destination: definition.name,
    projectId: body.projectId,
    connectionId: connection.id,
    folderId: await sourceFolder(ctx, body),
    target: JSON.stringify(target),
    targetKey: targetKey(definition, connection, target),
    options: JSON.stringify(options),
  }
  await refuseUnreadable(ctx, spec)
  return { definition, connection, spec }
}

/**
 * The connection and the target that a sync is given, names resolved to the vendor's ids. Throws like `connectionFor`
 * and `targetOf`, and `BadRequest` with the vendor's reason when a name does not resolve.
 */
export async function placeFor(
  ctx: Context,
  definition: DestinationDefinition,
  { projectId, connectionId, target: typed }: Pick<CreateBody, 'projectId' | 'connectionId' | 'target'>,
): Promise<{ connection: ConnectionRow; target: Record<string, unknown> }> {
  const parsed = targetOf(definition, typed)
  const connection = await connectionFor(ctx, definition, connectionId, { projectId, target: parsed })
  const target = await resolveTarget(ctx, definition, connectionId, parsed)
  if (target !== parsed) refuseNotAllowed(connection, projectId, target)
  return { connection, target }
}

/** Throws `Invalid` with paths below `target`. */
export function targetOf(definition: DestinationDefinition, config: Record<string, unknown>): Record<string, unknown> {
  const parsed = definition.target.safeParse(config)
  if (parsed.success) return parsed.data
  throw new Invalid(parsed.error.issues.map((issue) => ({ ...issue, path: ['target', ...issue.path] })))
}

export interface SourcePlace {
  projectId: string
  environment: string
  secretPath: string
}

/**
 * Whether what was checked before the transaction, while a vendor may have been asked, still stands: the connection as
 * it was read, and at `source` the same folder. Under the project's lock; until the transaction ends it stays so.
 */
export async function stillStands(
  tx: Tx,
  { connection, folderId, source }: { connection: ConnectionRow; folderId: string; source: SourcePlace | null },
): Promise<boolean> {
  if (!(await isAsRead(tx, connection))) return false
  return source === null || (await sourceFolder({ db: tx }, source)) === folderId
}

/** The source's folder id; a missing one is a `BadRequest` here, as for every consumer of this API. */
export async function sourceFolder({ db }: { db: Context['db'] | Tx }, source: SourcePlace): Promise<string> {
  try {
    const { folder } = await findFolder(db, source)
    return folder.id
  } catch (error) {
    if (error instanceof NotFound) throw new BadRequest(error.message)
    throw error
  }
}

/** Where it writes, vendor's host and account included: two connections to one account meet at one key. */
export function targetKey(
  definition: DestinationDefinition,
  connection: ConnectionRow,
  target: Record<string, unknown>,
): string {
  return `${definition.name} ${connection.place} ${definition.targetKey(target)}`
}
