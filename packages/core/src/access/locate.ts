/** From the input of a procedure to the place it is about. */
import type { Action, Place } from '@keyferry/schemas/policy'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { NotFound } from '../errors.ts'
import { lookedUp } from '../vault/looked-up.ts'

/** What inputs name places by, as their schemas left it. */
const named = z.object({
  projectId: z.string().nullish(),
  environment: z.string().optional(),
  secretPath: z.string().optional(),
  path: z.string().optional(),
  slug: z.string().optional(),
  syncId: z.string().optional(),
  folderId: z.string().optional(),
  connectionId: z.string().optional(),
  connectionName: z.string().optional(),
})

export interface Located {
  place: Place
  /** What is answered to those who may not know that it exists: the same as if it did not. */
  missing: string
}

/**
 * A sync is where its source is; a folder where it stands now, whatever path came with its id. Null: the input names no place. Throws
 * `NotFound` for an id that nothing has.
 */
export async function locate({ db }: Pick<Context, 'db'>, action: Action, input: unknown): Promise<Located | null> {
  const missing = 'Not found'
  if (action.startsWith('instance.')) return { place: { kind: 'instance' }, missing }
  const at = named.parse(input ?? {})
  const everywhere = at.projectId === undefined || at.projectId === null
  if (action.startsWith('connections.')) {
    if (at.connectionId !== undefined || at.connectionName !== undefined) return locateConnection({ db }, at)
    if (everywhere) return { place: { kind: 'organization' }, missing }
  }
  if (at.syncId !== undefined) {
    const missing = `There is no secret sync with the id ${at.syncId}`
    const place = await db
      .selectFrom('syncs')
      .innerJoin('folders', 'folders.id', 'syncs.folderId')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('syncs.id', '=', at.syncId)
      .select(['syncs.projectId', 'environments.slug as environment', 'folders.path'])
      .executeTakeFirst()
    if (!place) throw new NotFound(missing)
    return { place: { kind: 'folder', ...place }, missing }
  }
  if (at.folderId !== undefined) {
    const missing = `Folder with ID ${at.folderId} not found`
    const place = await db
      .selectFrom('folders')
      .innerJoin('environments', 'environments.id', 'folders.environmentId')
      .where('folders.id', '=', at.folderId)
      .select(['environments.projectId', 'environments.slug as environment', 'folders.path'])
      .executeTakeFirst()
    if (!place) throw new NotFound(missing)
    return { place: { kind: 'folder', ...place }, missing }
  }
  if (at.projectId !== undefined && at.projectId !== null) {
    const { projectId, environment } = at
    const missing = `Project with ID ${projectId} not found`
    // What concerns the project is not narrowed by a place that is named beside it.
    if (environment === undefined || action.startsWith('project.'))
      return { place: { kind: 'project', projectId }, missing }
    return { place: { kind: 'folder', projectId, environment, path: at.secretPath ?? at.path ?? '/' }, missing }
  }
  if (at.slug !== undefined) {
    const missing = `Project with slug "${at.slug}" not found`
    const project = await db
      .selectFrom('projects')
      .where('slug', '=', lookedUp(at.slug))
      .select('id')
      .executeTakeFirst()
    if (!project) throw new NotFound(missing)
    return { place: { kind: 'project', projectId: project.id }, missing }
  }
  return null
}

/** A connection of no project is the organization's. */
export async function locateConnection(
  { db }: Pick<Context, 'db'>,
  { connectionId, connectionName }: { connectionId?: string | undefined; connectionName?: string | undefined },
): Promise<Located> {
  const missing =
    connectionId === undefined
      ? `App Connection with name "${connectionName ?? ''}" not found`
      : `App Connection with ID ${connectionId} not found`
  const row = await db
    .selectFrom('connections')
    .where((eb) =>
      connectionId === undefined ? eb('name', '=', lookedUp(connectionName ?? '')) : eb('id', '=', connectionId),
    )
    .select('projectId')
    .executeTakeFirst()
  if (!row) throw new NotFound(missing)
  return {
    place: row.projectId === null ? { kind: 'organization' } : { kind: 'project', projectId: row.projectId },
    missing,
  }
}
