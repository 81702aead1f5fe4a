/**
 * A project as one encrypted file. The file is JSON with `format`, `version`, how the key is made from the passphrase (scrypt) and the
 * content, gzipped and sealed with AES-256-GCM; format, version and parameters are authenticated with it. It holds names, values, comments, tags
 * and imports as they are now; no versions, no syncs, no people.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { isUniqueViolation } from '@keyferry/db'
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { audit } from '../audit.ts'
import { change } from '../change.ts'
import { timestamp, type Actor, type Context, type Tx } from '../context.ts'
import { BadRequest, Invalid, TooLarge } from '../errors.ts'
import { budget } from '../limits.ts'
import { named } from '../short-text.ts'
import { timeSlice } from '../time-slice.ts'
import { snapshot, transactChecked } from '../transaction.ts'
import { faultsAround, refuseNew } from './check-references.ts'
import { refuseBadImportsThrough } from './import-graph.ts'
import { refuseBeyond } from './quotas.ts'
import { insertEnvironment } from './environments.ts'
import { findFolder } from './find-folder.ts'
import { organizationKeyOf, projectKey } from './project-key.ts'
import { getProject } from './projects.ts'
import { shownTags } from './tags.ts'
import { loadTree, openComment, openMetadata, openValue } from './tree.ts'
import { putSecrets } from './write.ts'

const FORMAT = 'keyferry-project'
const VERSION = 1
/** 128 MB and about half a second: what a passphrase of people needs. */
const KDF = { name: 'scrypt', N: 2 ** 17, r: 8, p: 1 } as const
/** Bytes of a file's content beside the texts that the budget of a request counts: names, places, tags. */
const MAX_FRAME_BYTES = 32 * 1024 * 1024

const head = z.object({
  format: z.literal(FORMAT),
  version: z.number().int(),
  kdf: z.object({
    name: z.literal('scrypt'),
    N: z.number().int().min(2).max(KDF.N),
    r: z.number().int().min(1).max(KDF.r),
    p: z.number().int().min(1).max(KDF.p),
    salt: z.string(),
  }),
  nonce: z.string(),
})
const sealed = head.extend({ content: z.string() })

const place = z.object({ environment: z.string(), path: schemas.secretPath })
const content = z.object({
  project: z.object({
    name: z.string().min(1).max(64),
    slug: schemas.projectSlug,
    description: z.string().max(1024).nullable(),
  }),
  environments: z.array(z.object({ name: z.string().min(1).max(255), slug: schemas.environmentSlug })),
  folders: z.array(place.extend({ description: z.string().max(256).nullable() })),
  tags: z.array(z.object({ slug: z.string(), name: z.string(), color: z.string() })),
  imports: z.array(z.object({ into: place, from: place })),
  // Each is checked on its own, a slice of time at a time.
  secrets: z.array(z.unknown()),
})
const packedSecret = place.extend({
  key: schemas.secretKey,
  value: schemas.secretValue,
  comment: z.string(),
  metadata: schemas.secretMetadata.default([]),
  skipMultilineEncoding: z.boolean(),
  tags: z.array(z.string()),
})
type Content = Omit<z.output<typeof content>, 'secrets'> & { secrets: z.output<typeof packedSecret>[] }

/** Throws `NotFound`, and `BadRequest` naming the secrets that cannot be decrypted. */
export async function exportProject(
  ctx: Context,
  actor: Actor,
  input: { projectId: string; passphrase: string },
): Promise<z.output<typeof schemas.exportedProject>> {
  const { projectId, passphrase } = input
  const packed = await snapshot(ctx, (tx) => collect(ctx, tx, projectId))
  const file = await seal(packed, passphrase)
  await transactChecked(ctx, (tx) =>
    audit(ctx, tx, actor, 'project.export', projectId, { secrets: packed.secrets.length }),
  )
  return { file, fileName: `${packed.project.slug}.keyferry`, secrets: packed.secrets.length }
}

/**
 * Makes a new project out of a file, under its own name and slug unless others are given; all or nothing. Throws `BadRequest` when it is no such
 * file, of a newer version, damaged, or the passphrase is wrong, and when name or slug are taken.
 */
export async function importProject(
  ctx: Context,
  actor: Actor,
  input: z.output<typeof schemas.importProject>,
): Promise<z.output<typeof schemas.project>> {
  const packed = await open(ctx, input.file, input.passphrase)
  const name = input.projectName ?? packed.project.name
  const slug = input.slug ?? packed.project.slug
  const projectId = await change(ctx, actor, async (tx, touched) => {
    await ctx.caller?.verify(tx)
    const clash = await tx
      .selectFrom('projects')
      .where((eb) => eb.or([eb('name', '=', name), eb('slug', '=', slug)]))
      .select(['name', 'slug'])
      .executeTakeFirst()
    if (clash) {
      const what = clash.slug === slug ? `slug "${slug}"` : `name "${name}"`
      throw new BadRequest(
        `A project with the ${what} is there already. Give another name and slug for the imported one.`,
      )
    }
    return unpack(ctx, tx, actor, packed, { name, slug }, touched)
  }).catch((error: unknown) => {
    // Another import was faster.
    throw isUniqueViolation(error)
      ? new BadRequest(`A project with the slug "${slug}" is there already. Give another one.`)
      : error
  })
  return getProject(ctx, actor, { projectId })
}

async function collect(ctx: Context, tx: Tx, projectId: string): Promise<Content> {
  const key = await projectKey(ctx, tx, projectId)
  const project = await tx
    .selectFrom('projects')
    .where('id', '=', projectId)
    .select(['name', 'slug', 'description'])
    .executeTakeFirstOrThrow()
  const environments = await tx
    .selectFrom('environments')
    .where('projectId', '=', projectId)
    .select(['name', 'slug'])
    .orderBy('position')
    .execute()
  const folders = await tx
    .selectFrom('folders')
    .innerJoin('environments', 'environments.id', 'folders.environmentId')
    .where('environments.projectId', '=', projectId)
    .select(['folders.id', 'folders.path', 'folders.description', 'environments.slug as environment'])
    .orderBy('folders.path')
    .execute()
  const ids = folders.map((folder) => folder.id)
  const tree = await loadTree(ctx, tx, ids, 'imports')
  const tagged = await shownTags(tx, projectId, ids)
  const unreadable: string[] = []
  const spend = budget(ctx.limits)
  const slice = timeSlice()
  const secrets: Content['secrets'] = []
  for (const folder of tree.folders.values()) {
    const { environment, path } = folder
    for (const row of folder.secrets.values()) {
      if (slice.isOver()) await slice.rest()
      const value = openValue(key, projectId, row)
      if (value === null) {
        unreadable.push(`${environment}:${path} ${row.key}`)
        continue
      }
      const comment = openComment(key, projectId, row)
      spend(Buffer.byteLength(value) + row.comment.length + row.metadata.length)
      secrets.push({
        environment,
        path,
        key: row.key,
        value,
        comment,
        metadata: openMetadata(key, projectId, row),
        skipMultilineEncoding: row.skipMultilineEncoding === 1,
        tags: (tagged.get(row.id) ?? []).map((tag) => tag.slug),
      })
    }
  }
  if (unreadable.length > 0)
    throw new BadRequest(
      `These secrets cannot be decrypted: ${named(unreadable, (name) => name)}. Write or delete them first.`,
    )
  return {
    project,
    environments,
    folders: folders.map(({ id: _, ...folder }) => folder),
    tags: await tx
      .selectFrom('tags')
      .where('projectId', '=', projectId)
      .select(['slug', 'name', 'color'])
      .orderBy('slug')
      .execute(),
    imports: [...tree.folders.values()].flatMap((into) =>
      // Lowest priority first, which is the order they are made in.
      into.imports.toReversed().flatMap((id) => {
        const from = tree.folders.get(id)
        return from
          ? [
              {
                into: { environment: into.environment, path: into.path },
                from: { environment: from.environment, path: from.path },
              },
            ]
          : []
      }),
    ),
    secrets,
  }
}

async function unpack(
  ctx: Context,
  tx: Tx,
  actor: Actor,
  packed: Content,
  { name, slug }: { name: string; slug: string },
  touched: (folderId: string) => void,
): Promise<string> {
  const projectId = crypto.randomUUID()
  const at = timestamp(ctx)
  const dataKey = ctx.keyring.create(projectId, await organizationKeyOf(ctx, tx))
  const { description } = packed.project
  await tx
    .insertInto('projects')
    .values({ id: projectId, name, slug, description, dataKey, createdAt: at, updatedAt: at })
    .execute()
  await refuseBeyond(ctx, tx, projectId, 'folders', packed.folders.length)
  await refuseBeyond(ctx, tx, projectId, 'tags', packed.tags.length)
  await refuseBeyond(ctx, tx, projectId, 'imports', packed.imports.length)
  const slice = timeSlice()
  for (const [index, environment] of packed.environments.entries())
    await insertEnvironment(ctx, tx, { projectId, ...environment, position: index + 1 })
  const find = ({ environment, path }: { environment: string; path: string }) =>
    findFolder(tx, { projectId, environment, secretPath: path })
  for (const { environment, path, description } of packed.folders.toSorted((a, b) => a.path.length - b.path.length)) {
    if (slice.isOver()) await slice.rest()
    if (path === '/') continue
    const cut = path.lastIndexOf('/')
    const parent = await find({ environment, path: path.slice(0, cut) || '/' })
    await tx
      .insertInto('folders')
      .values({
        id: crypto.randomUUID(),
        environmentId: parent.environment.id,
        parentId: parent.folder.id,
        name: path.slice(cut + 1),
        path,
        description,
        revision: 0,
        createdAt: at,
        updatedAt: at,
      })
      .execute()
  }
  const tagIds = new Map<string, string>()
  for (const tag of packed.tags) {
    const id = crypto.randomUUID()
    tagIds.set(tag.slug, id)
    await tx
      .insertInto('tags')
      .values({ ...tag, id, projectId, createdAt: at })
      .execute()
  }
  const key = ctx.keyring.open(projectId, dataKey)
  const written: string[] = []
  for (const [, secrets] of Map.groupBy(packed.secrets, ({ environment, path }) => `${environment}:${path}`)) {
    const [first] = secrets
    if (!first) continue
    const target = { ...(await find(first)), projectId, key }
    const puts = secrets.map(({ key, value, comment, metadata, skipMultilineEncoding, tags }) => ({
      present: undefined,
      key,
      value,
      comment,
      metadata,
      skipMultilineEncoding,
      tagIds: tags.flatMap((slug) => tagIds.get(slug) ?? []),
    }))
    await putSecrets(ctx, tx, actor, target, puts)
    written.push(target.folder.id)
    touched(target.folder.id)
  }
  const positions = new Map<string, number>()
  const folderIds = new Set<string>()
  for (const { into, from } of packed.imports) {
    if (slice.isOver()) await slice.rest()
    const folderId = (await find(into)).folder.id
    const position = (positions.get(folderId) ?? 0) + 1
    positions.set(folderId, position)
    const sourceFolderId = (await find(from)).folder.id
    folderIds.add(folderId)
    await tx
      .insertInto('imports')
      .values({ id: crypto.randomUUID(), folderId, sourceFolderId, position, createdAt: at, updatedAt: at })
      .execute()
  }
  await refuseBadImportsThrough(tx, null, projectId, [...folderIds])
  refuseNew(ctx, projectId, new Map(), await faultsAround(ctx, tx, { projectId, key }, written))
  await audit(ctx, tx, actor, 'project.import', projectId, { name, slug, secrets: packed.secrets.length })
  return projectId
}

const derived = (
  passphrase: string,
  salt: Buffer,
  { N, r, p }: { N: number; r: number; p: number },
): Promise<Buffer> => {
  const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r }
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  // Typed in on one machine and pasted on another, it may be composed differently.
  scrypt(passphrase.normalize('NFC'), salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)))
  return promise
}

const authenticated = (given: z.output<typeof head>): Buffer =>
  Buffer.from(
    JSON.stringify([
      given.format,
      given.version,
      given.kdf.name,
      given.kdf.N,
      given.kdf.r,
      given.kdf.p,
      given.kdf.salt,
      given.nonce,
    ]),
  )

async function seal(packed: Content, passphrase: string): Promise<string> {
  const salt = randomBytes(16)
  const nonce = randomBytes(12)
  const given = {
    format: FORMAT,
    version: VERSION,
    kdf: { ...KDF, salt: salt.toString('base64') },
    nonce: nonce.toString('base64'),
  } as const
  const cipher = createCipheriv('aes-256-gcm', await derived(passphrase, salt, KDF), nonce)
  cipher.setAAD(authenticated(given))
  const zipped = await promisify(gzip)(await asJson(packed))
  const bytes = Buffer.concat([cipher.update(zipped), cipher.final(), cipher.getAuthTag()])
  return `${JSON.stringify({ ...given, content: bytes.toString('base64') })}\n`
}

async function asJson({ secrets, ...rest }: Content): Promise<string> {
  const slice = timeSlice()
  const items: string[] = []
  for (const secret of secrets) {
    if (slice.isOver()) await slice.rest()
    items.push(JSON.stringify(secret))
  }
  return `${JSON.stringify(rest).slice(0, -1)},"secrets":[${items.join(',')}]}`
}

async function open(ctx: Context, file: string, passphrase: string): Promise<Content> {
  const none = new BadRequest('This is not a file that a Keyferry project was exported to.')
  let parsed
  try {
    parsed = sealed.safeParse(JSON.parse(file))
  } catch {
    throw none
  }
  if (!parsed.success) throw none
  const { content: text, ...given } = parsed.data
  if (given.version > VERSION)
    throw new BadRequest(
      `This file is of version ${given.version}, made by a newer Keyferry. This one reads up to version ${VERSION}.`,
    )
  const bytes = Buffer.from(text, 'base64')
  const nonce = Buffer.from(given.nonce, 'base64')
  if (bytes.length < 16 || nonce.length !== 12) throw none
  let zipped
  try {
    const decipher = createDecipheriv(
      'aes-256-gcm',
      await derived(passphrase, Buffer.from(given.kdf.salt, 'base64'), given.kdf),
      nonce,
    )
    decipher.setAAD(authenticated(given))
    decipher.setAuthTag(bytes.subarray(-16))
    zipped = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()])
  } catch {
    throw new BadRequest('The passphrase is wrong, or the file was altered.')
  }
  const maxOutputLength = ctx.limits.answerBytes + MAX_FRAME_BYTES
  const unzipped = await promisify(gunzip)(zipped, { maxOutputLength }).catch(() => {
    throw new TooLarge(`The file holds more than ${maxOutputLength} bytes, the most that can be imported at once.`)
  })
  const { secrets, ...rest } = content.parse(JSON.parse(unzipped.toString('utf8')))
  const slice = timeSlice()
  const parsedSecrets: Content['secrets'] = []
  for (const [index, secret] of secrets.entries()) {
    if (slice.isOver()) await slice.rest()
    const result = packedSecret.safeParse(secret)
    if (!result.success)
      throw new Invalid(
        result.error.issues.map(({ path, message }) => ({ path: ['secrets', index, ...path], message })),
      )
    parsedSecrets.push(result.data)
  }
  return { ...rest, secrets: parsedSecrets }
}
