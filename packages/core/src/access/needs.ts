/** What a call needs beside its own action at its own place. Each takes the input as its schema left it. */
import { allows, type Access, type Place } from '@keyferry/schemas/policy'
import { z } from 'zod'
import type { Context } from '../context.ts'
import { NotFound } from '../errors.ts'
import { findFolder, foldersBelow } from '../vault/folders.ts'
import { referencesIn } from '../vault/references.ts'
import { refusal, type Need } from './demand.ts'
import { locateConnection, type Located } from './locate.ts'
import { unreadable } from './reach.ts'

export interface Asked {
  ctx: Context
  access: Access
  input: unknown
  located: Located
}

/** Throws, or names what else has to be allowed. */
export type Further = (asked: Asked) => Promise<readonly Need[]> | readonly Need[]

const values = z.object({
  secretValue: z.string().optional(),
  secrets: z.array(z.object({ secretValue: z.string().optional() })).optional(),
  content: z.string().optional(),
})

/** Whoever writes a reference reads what it refers to. */
export const writing: Further = ({ input, located }) => {
  const { place, missing } = located
  if (!('projectId' in place)) return []
  const { secretValue, secrets = [], content } = values.parse(input)
  const texts = [secretValue, content, ...secrets.map((secret) => secret.secretValue)]
  return texts.flatMap((text) => readingReferences(text ?? '', place.projectId, missing))
}

function readingReferences(text: string, projectId: string, missing: string): Need[] {
  return referencesIn(text).flatMap((reference) => {
    if (reference.kind !== 'absolute') return []
    const { environment, path } = reference
    return [{ action: 'secrets.read-values', place: { kind: 'folder', projectId, environment, path }, missing }]
  })
}

const source = z.object({
  import: z.object({ environment: z.string().optional(), path: z.string().optional() }),
  importId: z.string().optional(),
})

/** Whoever imports a folder reads it. */
export const importing: Further = async ({ ctx, input, located }) => {
  const { place, missing } = located
  if (place.kind !== 'folder') return []
  const { import: from, importId } = source.parse(input)
  if (from.environment === undefined && from.path === undefined) return []
  const present = await ctx.db
    .selectFrom('imports')
    .innerJoin('folders', 'folders.id', 'imports.sourceFolderId')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('imports.id', '=', importId ?? '')
    .select(['environments.slug as environment', 'folders.path'])
    .executeTakeFirst()
  const environment = from.environment ?? present?.environment
  const path = from.path ?? present?.path
  if (environment === undefined || path === undefined) return []
  return [
    {
      action: 'secrets.read-values',
      place: { kind: 'folder', projectId: place.projectId, environment, path },
      missing,
    },
  ]
}

const asked = z.object({
  recursive: z.boolean().optional(),
  expandSecretReferences: z.boolean().optional(),
  viewSecretValue: z.boolean().optional(),
  version: z.number().optional(),
})

/** A value with its references filled in shows values of other folders. */
export const expanding: Further = async ({ ctx, access, input, located: { place, missing } }) => {
  const { recursive, expandSecretReferences, viewSecretValue, version } = asked.parse(input)
  if (place.kind !== 'folder' || !expandSecretReferences || !viewSecretValue) return []
  const { projectId } = place
  const whole: Place = { kind: 'project', projectId }
  if (allows(access, 'secrets.read-values', whole) || !allows(access, 'secrets.read-values', place)) return []
  // The references of an old version are not kept as edges.
  if (version !== undefined) return [{ action: 'secrets.read-values', place: whole, missing }]
  const located = await folderAt(ctx, place)
  if (!located) return []
  const below = recursive ? await ctx.db.transaction().execute((tx) => foldersBelow(tx, located)) : []
  const refused = await unreadable(ctx.db, access, projectId, [located.folder.id, ...below])
  if (refused) throw refusal('secrets.read-values', refused)
  return []
}

const syncBody = z.object({
  syncId: z.string().optional(),
  environment: z.string().optional(),
  secretPath: z.string().optional(),
  connectionId: z.string().optional(),
})

/** A sync sends what its source shows, imports and references included, so whoever makes one, changes one or lets one go on reads all of it. */
export const sourcing: Further = async ({ ctx, access, input, located: { place, missing } }) => {
  if (place.kind !== 'folder') return []
  const { syncId, connectionId, ...to } = syncBody.parse(input)
  const { projectId } = place
  const from =
    syncId === undefined
      ? place
      : { ...place, environment: to.environment ?? place.environment, path: to.secretPath ?? place.path }
  // A sync that is to be pointed elsewhere is theirs to manage there too.
  const needs: Need[] = [{ action: 'secrets.read-values', place: from, missing }]
  if (from.environment !== place.environment || from.path !== place.path)
    needs.push({ action: 'syncs.manage', place: from, missing })
  if (connectionId !== undefined)
    needs.push({ action: 'connections.read', ...(await usedConnection(ctx, connectionId)) })
  const located = await folderAt(ctx, from)
  const refused = located && (await unreadable(ctx.db, access, projectId, [located.folder.id]))
  if (refused) throw refusal('secrets.read-values', refused)
  return needs
}

/** A connection of another project is not there. */
async function usedConnection(ctx: Context, connectionId: string): Promise<Located> {
  return locateConnection(ctx, { connectionId })
}

const folderInput = z.object({
  name: z.string().optional(),
  folderIdOrName: z.string().optional(),
  folderId: z.string().optional(),
})

/** Renaming and deleting a folder needs all of it, and the place it goes to; creating one, the place it gets. */
export const changingFolder: Further = async ({ ctx, input, located: { place, missing } }) => {
  if (place.kind !== 'folder') return []
  const { name, folderIdOrName, folderId } = folderInput.parse(input)
  const whole = (path: string): Need => ({ action: 'secrets.write', place: { ...place, path, below: true }, missing })
  if (folderId !== undefined) {
    const parent = place.path.slice(0, place.path.lastIndexOf('/'))
    return [whole(place.path), ...(name === undefined ? [] : [whole(`${parent}/${name}`)])]
  }
  if (folderIdOrName === undefined) return [whole(joined(place.path, name ?? ''))]
  const byId = await ctx.db
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('folders.id', '=', folderIdOrName)
    .where('environments.projectId', '=', place.projectId)
    .where('environments.slug', '=', place.environment)
    .select('folders.path')
    .executeTakeFirst()
  return [whole(byId?.path ?? joined(place.path, folderIdOrName))]
}

const joined = (path: string, name: string): string => (path === '/' ? `/${name}` : `${path}/${name}`)

/** Null when there is none; the verb will say so. */
async function folderAt(ctx: Context, place: { projectId: string; environment: string; path: string }) {
  try {
    return await findFolder(ctx.db, { ...place, secretPath: place.path })
  } catch (error) {
    if (error instanceof NotFound) return null
    throw error
  }
}

const grants = z.object({ grants: z.array(z.object({ projectId: z.string() })) })

/** A key is made only for projects that its maker belongs to. What it may there is cut to what its maker may, whenever it is used. */
export const ownGrants: Further = ({ input }) =>
  grants.parse(input).grants.map(({ projectId }) => ({
    action: 'project.read',
    place: { kind: 'project', projectId },
    missing: `Project with ID ${projectId} not found`,
  }))
