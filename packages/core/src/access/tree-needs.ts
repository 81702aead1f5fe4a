/** What moving, comparing and restoring parts of the tree needs. Each takes the input as its schema left it. */
import { z } from 'zod'
import { NotFound } from '../errors.ts'
import { findFolder } from '../vault/folders.ts'
import { refusal, type Need } from './demand.ts'
import type { Further } from './needs.ts'
import { unreadable } from './reach.ts'

const secretsMove = z.object({
  projectId: z.string(),
  sourceEnvironment: z.string(),
  sourceSecretPath: z.string(),
  destinationEnvironment: z.string(),
  destinationSecretPath: z.string(),
})

/** Whoever moves secrets could read them where they were and writes at both ends. */
export const movingSecrets: Further = ({ input, located: { missing } }) => {
  const { projectId, ...at } = secretsMove.parse(input)
  const from = { kind: 'folder' as const, projectId, environment: at.sourceEnvironment, path: at.sourceSecretPath }
  const to = {
    kind: 'folder' as const,
    projectId,
    environment: at.destinationEnvironment,
    path: at.destinationSecretPath,
  }
  return [
    { action: 'secrets.read-values', place: from, missing },
    { action: 'secrets.write', place: from, missing },
    { action: 'secrets.write', place: to, missing },
  ]
}

const folderMove = z.object({
  environment: z.string(),
  destinationEnvironment: z.string().optional(),
  destinationPath: z.string(),
})

/** The whole folder goes, and gets a place that is theirs to write to. */
export const movingFolder: Further = ({ input, located: { place, missing } }) => {
  if (place.kind !== 'folder') return []
  const { environment, destinationEnvironment = environment, destinationPath } = folderMove.parse(input)
  const name = place.path.slice(place.path.lastIndexOf('/') + 1)
  const path = destinationPath === '/' ? `/${name}` : `${destinationPath}/${name}`
  return [
    { action: 'secrets.read-values', place: { ...place, below: true }, missing },
    { action: 'secrets.write', place: { ...place, below: true }, missing },
    { action: 'secrets.write', place: { ...place, environment: destinationEnvironment, path, below: true }, missing },
  ]
}

const comparison = z.object({
  projectId: z.string(),
  environment: z.string(),
  otherEnvironment: z.string(),
  secretPath: z.string(),
})

/** That two values are the same says something of both. */
export const comparing: Further = ({ input, located: { missing } }) => {
  const { projectId, environment, otherEnvironment, secretPath: path } = comparison.parse(input)
  return [environment, otherEnvironment].map((environment): Need => ({
    action: 'secrets.read-values',
    place: { kind: 'folder', projectId, environment, path, below: true },
    missing,
  }))
}

/** Shows the values of everything that a value is made of. */
export const readingTree: Further = async ({ ctx, access, located: { place } }) => {
  if (place.kind !== 'folder') return []
  try {
    const { folder } = await findFolder(ctx.db, { ...place, secretPath: place.path })
    const refused = await unreadable(ctx.db, access, place.projectId, [folder.id])
    if (refused) throw refusal('secrets.read-values', refused)
  } catch (error) {
    // The verb says so.
    if (!(error instanceof NotFound)) throw error
  }
  return []
}

const trashItem = z.object({ projectId: z.string(), environment: z.string(), trashId: z.string() })

/** Back to where it was. */
export const restoringTrash: Further = async ({ ctx, input, located: { missing } }) => {
  const { projectId, environment, trashId } = trashItem.parse(input)
  const item = await ctx.db
    .selectFrom('trash')
    .where('id', '=', trashId)
    .where('projectId', '=', projectId)
    .select(['path', 'kind', 'name'])
    .executeTakeFirst()
  if (!item) return []
  const whole = item.path === '/' ? `/${item.name}` : `${item.path}/${item.name}`
  const place = item.kind === 'secret' ? { path: item.path } : { path: whole, below: true }
  return [{ action: 'secrets.write', place: { kind: 'folder', projectId, environment, ...place }, missing }]
}
