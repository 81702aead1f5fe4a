/**
 * A project as one encrypted file. The file is JSON with `format`, `version`, how the key is made from the passphrase
 * (scrypt) and the content, gzipped and sealed with AES-256-GCM; format, version and parameters are authenticated with
 * it. It holds names, values, comments, tags and imports as they are now; no versions, no syncs, no people.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt, type ScryptOptions } from 'node:crypto'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { createGunzip, gzip } from 'node:zlib'
import { timeSlice } from '@keyferry/db'
import {
  BadRequest,
  Invalid,
  KeyferryError,
  OWASP_COST,
  TooLarge,
  unescapeReferences,
  type Limits,
  type ScryptCost,
} from '@keyferry/kernel'
import * as schemas from '@keyferry/schemas'
import { JSONParser, TokenType } from '@streamparser/json'
import { z } from 'zod'

const FORMAT = 'keyferry-project'
const VERSION = 1
/** Bytes of a file's content beside the texts that the budget of a request counts: names, places, tags. */
const MAX_FRAME_BYTES = 32 * 1024 * 1024

const head = z.object({
  format: z.literal(FORMAT),
  version: z.number().int(),
  kdf: z.object({
    name: z.literal('scrypt'),
    // No file makes its reader spend more than ours do.
    N: z
      .number()
      .int()
      .min(2)
      .max(2 ** OWASP_COST.ln),
    r: z.number().int().min(1).max(OWASP_COST.r),
    p: z.number().int().min(1).max(OWASP_COST.p),
    salt: z.string(),
  }),
  nonce: z.string(),
})
const sealed = head.extend({ content: z.string() })

const place = z.object({ environment: z.string().max(64), path: schemas.secretPath })
/** What stands once in a file, by its name there. */
const project = z.object({
  name: schemas.displayName('Project name'),
  slug: schemas.projectSlug,
  description: schemas.projectDescription.nullable(),
})
/** What stands in a file many times, by its name there. */
const items = {
  environments: schemas.createEnvironment.pick({ name: true, slug: true }),
  folders: place.extend({ description: schemas.description }),
  tags: schemas.createTag.pick({ slug: true, color: true }).extend({ name: schemas.displayName('Tag name') }),
  imports: z.object({ into: place, from: place }),
  secrets: place
    .extend({
      key: schemas.secretKey,
      value: z.string(),
      comment: schemas.createSecret.shape.comment,
      metadata: schemas.secretMetadata.default([]),
      skipMultilineEncoding: z.boolean(),
      isLiteral: z.boolean().default(false),
      tags: z.array(z.string().max(64)).max(50),
    })
    // The escapes of text that is no reference do not count.
    .superRefine(({ value, isLiteral }, context) => {
      const { error } = schemas.secretValue.safeParse(isLiteral ? unescapeReferences(value) : value)
      for (const issue of error?.issues ?? []) context.addIssue({ ...issue, path: ['value'] })
    }),
}
type Kind = keyof typeof items
export type Content = { project: z.output<typeof project> } & { [K in Kind]: z.output<(typeof items)[K]>[] }

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

/** Returns the file as text. */
export async function sealFile(packed: Content, passphrase: string, { ln, r, p }: ScryptCost): Promise<string> {
  const salt = randomBytes(16)
  const nonce = randomBytes(12)
  const given = {
    format: FORMAT,
    version: VERSION,
    kdf: { name: 'scrypt', N: 2 ** ln, r, p, salt: salt.toString('base64') },
    nonce: nonce.toString('base64'),
  } as const
  const cipher = createCipheriv('aes-256-gcm', await derived(passphrase, salt, given.kdf), nonce)
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

/**
 * Throws `BadRequest` when it is no such file, of a newer version, damaged, or the passphrase is wrong, `Invalid`
 * naming the part of its content that cannot be, and `TooLarge` for more than can be imported at once.
 */
export async function openFile(
  limits: Limits,
  { file, passphrase }: { file: string; passphrase: string },
): Promise<Content> {
  const none = noFile()
  let parsed
  try {
    parsed = sealed.safeParse(JSON.parse(file))
  } catch {
    throw none
  }
  if (!parsed.success) throw none
  const { content, ...given } = parsed.data
  if (given.version > VERSION)
    throw new BadRequest(
      `This file is of version ${given.version}, made by a newer Keyferry. This one reads up to version ${VERSION}.`,
    )
  const bytes = Buffer.from(content, 'base64')
  const nonce = Buffer.from(given.nonce, 'base64')
  if (bytes.length < 16 || nonce.length !== 12) throw none
  const key = await derived(passphrase, Buffer.from(given.kdf.salt, 'base64'), given.kdf)
  let zipped
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce)
    decipher.setAAD(authenticated(given))
    decipher.setAuthTag(bytes.subarray(-16))
    zipped = Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()])
  } catch {
    throw new BadRequest('The passphrase is wrong, or the file was altered.')
  }
  return readContent(limits, zipped)
}

const noFile = (): BadRequest => new BadRequest('This is not a file that a Keyferry project was exported to.')

/** Nothing in a file is nested deeper. */
const DEEPEST = 10

/**
 * Reads the zipped content of a file piece by piece: some kilobytes of it may hold hundreds of megabytes. Throws as
 * `openFile` does.
 */
export async function readContent({ answerBytes, project: quotas }: Limits, zipped: Buffer): Promise<Content> {
  const most = { ...quotas, environments: quotas.folders }
  const content: Omit<Content, 'project'> = { environments: [], folders: [], tags: [], imports: [], secrets: [] }
  const found: { project?: Content['project'] } = {}
  const take = (kind: Kind, value: unknown): void => {
    if (content[kind].length >= most[kind])
      throw new TooLarge(`The file has more than ${most[kind]} ${kind}, the most that can be imported.`)
    add[kind](value)
  }
  const checked = <T>(schema: z.ZodType<T>, value: unknown, path: (string | number)[]): T => {
    const result = schema.safeParse(value)
    if (result.success) return result.data
    throw new Invalid(result.error.issues.map((issue) => ({ path: [...path, ...issue.path], message: issue.message })))
  }
  const into =
    <K extends Kind>(kind: K, schema: z.ZodType<Content[K][number]>, list: Content[K][number][]) =>
    (value: unknown) =>
      void list.push(checked(schema, value, [kind, list.length]))
  const add: Record<Kind, (value: unknown) => void> = {
    environments: into('environments', items.environments, content.environments),
    folders: into('folders', items.folders, content.folders),
    tags: into('tags', items.tags, content.tags),
    imports: into('imports', items.imports, content.imports),
    secrets: into('secrets', items.secrets, content.secrets),
  }
  const kinds: ReadonlyMap<unknown, Kind> = new Map(
    (['environments', 'folders', 'tags', 'imports', 'secrets'] as const).map((kind) => [kind, kind]),
  )
  const parser = new JSONParser({
    paths: ['$.project', ...[...kinds.keys()].map((kind) => `$.${String(kind)}.*`)],
    keepStack: false,
  })
  let depth = 0
  parser.onToken = ({ token }) => {
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) depth++
    if (token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET) depth--
    if (depth > DEEPEST) throw new BadRequest('The content of the file is nested too deeply.')
  }
  parser.onValue = ({ value, key, stack }) => {
    const kind = kinds.get(stack.at(-1)?.key)
    if (kind) take(kind, value)
    else if (key === 'project') found.project = checked(project, value, ['project'])
  }
  const maxBytes = answerBytes + MAX_FRAME_BYTES
  const slice = timeSlice()
  let bytes = 0
  try {
    const unzipped: AsyncIterable<Buffer> = Readable.from([zipped]).pipe(createGunzip())
    for await (const piece of unzipped) {
      bytes += piece.length
      if (bytes > maxBytes)
        throw new TooLarge(`The file has more than ${maxBytes} bytes, the most that can be imported at once.`)
      parser.write(piece)
      if (slice.isOver()) await slice.rest()
    }
    if (!parser.isEnded) parser.end()
  } catch (error) {
    // The parser's own words repeat a part of the content.
    throw error instanceof KeyferryError ? error : noFile()
  }
  if (!found.project) throw new Invalid([{ path: ['project'], message: 'is missing' }])
  return { ...content, project: found.project }
}
