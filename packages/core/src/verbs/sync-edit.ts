/** What an edit makes of a sync, read and checked before it is written. */
import type { SyncTable } from '@keyferry/db'
import { BadRequest, refuseStale, type Context } from '@keyferry/kernel'
import type { updateSync } from '@keyferry/schemas'
import type { Selectable } from 'kysely'
import type { z } from 'zod'
import type { SyncSpec } from '../apply/target.ts'
import { connectionFor, type ConnectionRow } from '../connections/find.ts'
import { resolveTarget } from '../connections/resolve-target.ts'
import type { DestinationDefinition } from '../destinations/destination.ts'
import { destination } from '../destinations/registry.ts'
import { refuseUnreadable } from '../drift/values.ts'
import { findSync } from '../sync/find.ts'
import { patchOptions, type StoredOptions } from '../sync/options.ts'
import { blockageWithoutOwner } from '../sync/owner.ts'
import { sourcePlace } from '../sync/source-place.ts'
import { placeFor, sourceFolder, targetKey, targetOf, type SourcePlace } from './source.ts'

type Patch = z.output<typeof updateSync>

export interface Edit {
  patch: Patch
  stored: Selectable<SyncTable>
  connection: ConnectionRow
  /** Where it is to read; null: where it does. */
  source: SourcePlace | null
  spec: SyncSpec & { id: string }
  options: StoredOptions
  autoSync: boolean
  /** It writes to another place. */
  moved: boolean
  /** The change can reach the target. */
  reaches: boolean
}

/** Throws like `createSync`, and `Conflict` when the sync is of another version than the caller has read. */
export async function readEdit(ctx: Context, patch: Patch): Promise<Edit> {
  const stored = await findSync(ctx, patch)
  refuseStale(patch.ifVersion, stored.version)
  const definition = destination(stored.destination)
  const before = targetOf(definition, JSON.parse(stored.target))
  const { projectId } = stored
  const connectionId = patch.connectionId ?? stored.connectionId
  const { connection, target } =
    patch.target === undefined && connectionId === stored.connectionId
      ? {
          connection: await connectionFor(ctx, definition, connectionId, { projectId, target: before }),
          target: before,
        }
      : await placeFor(ctx, definition, { projectId, connectionId, target: patch.target ?? before })
  const source = await newSource(ctx, stored, patch)
  const options = patchOptions(definition, target, JSON.parse(stored.options), patch.options ?? {})
  const spec = {
    id: stored.id,
    destination: stored.destination,
    projectId: stored.projectId,
    connectionId: connection.id,
    folderId: source === null ? stored.folderId : await sourceFolder(ctx, source),
    target: JSON.stringify(target),
    targetKey: await keyAfter(ctx, { definition, connection, before, target }, stored),
    options: JSON.stringify(options),
  }
  await refuseUnreadable(ctx, spec)
  const autoSync = patch.autoSync ?? stored.autoSync === 1
  const moved = spec.targetKey !== stored.targetKey
  const reaches =
    moved ||
    spec.connectionId !== stored.connectionId ||
    spec.folderId !== stored.folderId ||
    spec.target !== stored.target ||
    spec.options !== stored.options ||
    (autoSync && stored.autoSync === 0) ||
    // An editor becomes its owner.
    (await blockageWithoutOwner(ctx.db, stored)) !== null
  return { patch, stored, connection, source, spec, options, autoSync, moved, reaches }
}

/**
 * Where the edited sync writes. A target that only gets another spelling keeps the key it was stored under: a sync that
 * seems to move would remove at its old place what it writes at the new one.
 */
async function keyAfter(
  ctx: Context,
  {
    definition,
    connection,
    before,
    target,
  }: {
    definition: DestinationDefinition
    connection: ConnectionRow
    before: Record<string, unknown>
    target: Record<string, unknown>
  },
  stored: Selectable<SyncTable>,
): Promise<string> {
  const after = targetKey(definition, connection, target)
  if (connection.id !== stored.connectionId || after === stored.targetKey) return after
  const isSame = async (): Promise<boolean> => {
    if (targetKey(definition, connection, before) === after) return true
    try {
      const resolved = await resolveTarget(ctx, definition, connection.id, before)
      return targetKey(definition, connection, resolved) === after
    } catch (error) {
      // The old place is gone, so it is no other name of the new one.
      if (error instanceof BadRequest && error.details?.kind === 'missing') return false
      throw error
    }
  }
  return (await isSame()) ? stored.targetKey : after
}

/** Where it is to read from now on; null: where it does. */
async function newSource(ctx: Context, stored: Selectable<SyncTable>, patch: Patch): Promise<SourcePlace | null> {
  if (patch.environment === undefined && patch.secretPath === undefined) return null
  const present = await sourcePlace(ctx.db, stored.folderId)
  return {
    projectId: stored.projectId,
    environment: patch.environment ?? present.environment,
    secretPath: patch.secretPath ?? present.secretPath,
  }
}
