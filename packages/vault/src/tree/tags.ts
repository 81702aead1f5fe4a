import { randomUUID } from 'node:crypto'
import { chunks, inList, isUniqueViolation, keptQuery, type Selectable, type Slot, type TagTable } from '@keyferry/db'
import { audit, BadRequest, NotFound, timestamp, transact, type Actor, type Context, type Tx } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { lockProject } from '../keys/project-key.ts'
import { refuseBeyond } from './quotas.ts'

type Tag = z.output<typeof schemas.tag>
/** A tag as a secret shows it. */
export type ShownTag = z.output<typeof schemas.secret>['tags'][number]

/** By slug. */
export async function listTags({ db }: Context, _actor: Actor, input: { projectId: string }): Promise<Tag[]> {
  const rows = await db
    .selectFrom('tags')
    .where('projectId', '=', input.projectId)
    .selectAll()
    .orderBy('slug')
    .execute()
  return rows.map(describeTag)
}

const describeTag = (row: Selectable<TagTable>): Tag => ({ ...row, updatedAt: row.updatedAt ?? row.createdAt })

/** Throws `NotFound`. */
export const getTag = (ctx: Context, _actor: Actor, { projectId, tagId }: z.output<typeof schemas.getTag>) =>
  findTag(ctx.db, projectId, tagId)

/** Throws `NotFound`. */
export async function getTagBySlug(
  ctx: Context,
  _actor: Actor,
  { projectId, tagSlug: slug }: z.output<typeof schemas.tagBySlug>,
): Promise<Tag> {
  const tag = await ctx.db
    .selectFrom('tags')
    .where('projectId', '=', projectId)
    .where('slug', '=', slug)
    .selectAll()
    .executeTakeFirst()
  if (!tag) throw new NotFound(`Tag with slug "${slug}" not found in this project`)
  return describeTag(tag)
}

/** Throws `NotFound`, and `BadRequest` when the slug is taken. */
export function createTag(ctx: Context, actor: Actor, input: z.output<typeof schemas.createTag>): Promise<Tag> {
  const { projectId, slug, name = slug, color } = input
  const at = timestamp(ctx)
  const row = { id: randomUUID(), projectId, slug, name, color, createdAt: at, updatedAt: at }
  return transact(ctx, async (tx) => {
    await lockProject(ctx, tx, projectId)
    await refuseBeyond(ctx, tx, projectId, 'tags')
    await tx.insertInto('tags').values(row).execute().catch(explainSlug(slug))
    await audit(ctx, tx, actor, 'tag.create', projectId, { slug, name })
    return row
  })
}

/** Throws like `createTag`. */
export function updateTag(ctx: Context, actor: Actor, input: z.output<typeof schemas.updateTag>): Promise<Tag> {
  const { projectId, tagId, slug, name, color } = input
  return transact(ctx, async (tx) => {
    await lockProject(ctx, tx, projectId)
    const before = await findTag(tx, projectId, tagId)
    const after = { slug: slug ?? before.slug, name: name ?? before.name, color: color ?? before.color }
    const updatedAt = timestamp(ctx)
    await tx
      .updateTable('tags')
      .set({ ...after, updatedAt })
      .where('id', '=', tagId)
      .execute()
      .catch(explainSlug(after.slug))
    await audit(ctx, tx, actor, 'tag.update', projectId, { from: before.slug, slug: after.slug, name: after.name })
    return { ...before, ...after, updatedAt }
  })
}

/** Takes it off every secret. Throws `NotFound`. */
export function deleteTag(ctx: Context, actor: Actor, input: { projectId: string; tagId: string }): Promise<Tag> {
  const { projectId, tagId } = input
  return transact(ctx, async (tx) => {
    await lockProject(ctx, tx, projectId)
    const tag = await findTag(tx, projectId, tagId)
    await tx.deleteFrom('tags').where('id', '=', tagId).execute()
    await audit(ctx, tx, actor, 'tag.delete', projectId, { slug: tag.slug })
    return tag
  })
}

const anyTag = keptQuery((db, slot: Slot<{ projectId: string }>) =>
  db.selectFrom('tags').where('projectId', '=', slot('projectId')).select('id').limit(1),
)

/** The tags of these secrets, or of all that folders have, by secret id, each sorted by slug. */
export async function shownTags(
  tx: Tx,
  projectId: string,
  of: { folderIds: readonly string[] } | { secretIds: readonly string[] },
): Promise<Map<string, ShownTag[]>> {
  const found = new Map<string, ShownTag[]>()
  const [column, ids] =
    'folderIds' in of ? (['secrets.folderId', of.folderIds] as const) : (['secretTags.secretId', of.secretIds] as const)
  if (ids.length === 0) return found
  const [any] = await anyTag(tx, { projectId })
  if (!any) return found
  const rows = await tx
    .selectFrom('secretTags')
    .innerJoin('tags', 'tags.id', 'secretTags.tagId')
    .innerJoin('secrets', 'secrets.id', 'secretTags.secretId')
    .where((eb) => inList(tx, eb.ref(column), ids))
    .select(['secretTags.secretId', 'tags.id', 'tags.slug', 'tags.name', 'tags.color'])
    .orderBy('tags.slug')
    .execute()
  for (const { secretId, ...tag } of rows) found.set(secretId, [...(found.get(secretId) ?? []), tag])
  return found
}

/** The tags a secret is to have. */
export interface Tagging {
  /** Null: they stay as they are. */
  tagIds: readonly string[] | null
  /** All it has then, sorted: what a version keeps. */
  slugs: readonly string[]
}

export const UNTAGGED: Tagging & { changed: boolean } = { tagIds: null, slugs: [], changed: false }

const slugsOfProject = keptQuery((db, slot: Slot<{ projectId: string }>) =>
  db.selectFrom('tags').where('projectId', '=', slot('projectId')).select(['id', 'slug']),
)

/**
 * For each secret, in order, the tags it has and is to have. Throws `NotFound` naming the ids that are none of this
 * project.
 */
export async function openTags(
  tx: Tx,
  projectId: string,
  wanted: readonly { secretId: string | undefined; tagIds: readonly string[] | undefined }[],
): Promise<(Tagging & { changed: boolean })[]> {
  const tags = await slugsOfProject(tx, { projectId })
  const slugs = new Map(tags.map(({ id, slug }) => [id, slug]))
  const missing = [...new Set(wanted.flatMap(({ tagIds }) => tagIds ?? []))].filter((id) => !slugs.has(id))
  if (missing.length > 0) throw new NotFound(`Tags not found in this project: ${missing.join(', ')}`)
  if (tags.length === 0) return wanted.map(() => UNTAGGED)
  const present = await tagIdsOf(
    tx,
    wanted.flatMap(({ secretId }) => secretId ?? []),
  )
  const slugsOf = (ids: readonly string[]): string[] => ids.flatMap((id) => slugs.get(id) ?? []).sort()
  return wanted.map(({ secretId, tagIds }) => {
    const before = slugsOf(present.get(secretId ?? '') ?? [])
    if (tagIds === undefined) return { tagIds: null, slugs: before, changed: false }
    const unique = [...new Set(tagIds)]
    const after = slugsOf(unique)
    return { tagIds: unique, slugs: after, changed: after.join() !== before.join() }
  })
}

/** Ids of the tags of secrets, by secret id. */
export async function tagIdsOf(tx: Tx, secretIds: readonly string[]): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>()
  for (const some of chunks(secretIds)) {
    const rows = await tx.selectFrom('secretTags').where('secretId', 'in', some).selectAll().execute()
    for (const { secretId, tagId } of rows) found.set(secretId, [...(found.get(secretId) ?? []), tagId])
  }
  return found
}

/** Gives a secret exactly these tags. */
export async function setTags(tx: Tx, secretId: string, tagIds: readonly string[]): Promise<void> {
  await tx.deleteFrom('secretTags').where('secretId', '=', secretId).execute()
  const rows = tagIds.map((tagId) => ({ secretId, tagId }))
  if (rows.length > 0) await tx.insertInto('secretTags').values(rows).execute()
}

/** By slug, the tags of a project as they are now. */
export async function tagsBySlug(tx: Tx, projectId: string): Promise<Map<string, ShownTag>> {
  const rows = await tx
    .selectFrom('tags')
    .where('projectId', '=', projectId)
    .select(['id', 'slug', 'name', 'color'])
    .execute()
  return new Map(rows.map((tag) => [tag.slug, tag]))
}

async function findTag(tx: Context['db'] | Tx, projectId: string, tagId: string): Promise<Tag> {
  const tag = await tx
    .selectFrom('tags')
    .where('projectId', '=', projectId)
    .where('id', '=', tagId)
    .selectAll()
    .executeTakeFirst()
  if (!tag) throw new NotFound(`Tag with ID ${tagId} not found in this project`)
  return describeTag(tag)
}

function explainSlug(slug: string): (error: unknown) => never {
  return (error) => {
    throw isUniqueViolation(error)
      ? new BadRequest(`A tag with the slug "${slug}" already exists in this project`)
      : error
  }
}
