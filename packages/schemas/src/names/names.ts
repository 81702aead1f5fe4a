/** What the things people name may be called. The same schemas guard the API and the console's forms. */
import { z } from 'zod'
import '../limits-in-words.ts'
import { namesOf } from './secret-path.ts'
import { INVISIBLE, visibleLines, visibleText } from './visible-text.ts'

/** Lower-case letters, digits and single hyphens: what equals its own slug. */
export const slug = (what: string, max: number) =>
  z
    .string()
    .trim()
    .min(1, `${what} must not be empty`)
    .max(max, `${what} must be at most ${max} characters`)
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, `${what} can only contain lowercase letters, numbers, and hyphens`)

export const syncName = slug('Sync name', 256)
export const connectionName = slug('Connection name', 64)
export const environmentSlug = slug('Environment slug', 64)
export const projectSlug = slug('Project slug', 64).min(5, 'Project slug must be at least 5 characters')
/** Text that a column takes: SQLite would hold U+0000, Postgres cannot, so it is refused in both. */
export const storedText = z
  .string()
  .refine((text) => !text.includes('\0'), { message: 'Text must not contain the character U+0000' })

/** `what` begins the refusals. */
export const displayName = (what: string, max = 64) =>
  visibleText(what).trim().min(1, `${what} must not be empty`).max(max, `${what} must be at most ${max} characters`)
export const password = z
  .string()
  .min(10, 'Password must be at least 10 characters')
  .max(128, 'Password must be at most 128 characters')
export const description = visibleLines('Description')
  .trim()
  .max(256, 'Description must be at most 256 characters')
  .nullable()

/** A URL without the slashes at its end. In linear time: the pattern `/\/+$/` is quadratic in slashes elsewhere. */
export function withoutTrailingSlashes(url: string): string {
  let end = url.length
  while (url[end - 1] === '/') end--
  return url.slice(0, end)
}

/** Characters of a folder's path. */
export const MAX_PATH = 1024

/** `/`, `/a`, `/a/b`: a missing leading slash is added, empty names such as in `//a/` are dropped. */
export const secretPath = z
  .string()
  .trim()
  .min(1, 'Secret path must not be empty')
  .max(MAX_PATH)
  .transform((path) => `/${namesOf(path).join('/')}`)
  .refine((path) => path === '/' || /^(\/[A-Za-z0-9_-]+)+$/.test(path), {
    message: 'Secret path must be made of folder names (letters, digits, - and _) separated by single slashes',
  })

export const folderName = z
  .string()
  .trim()
  .min(1, 'Folder name must not be empty')
  .max(255)
  .regex(/^[A-Za-z0-9_-]+$/, 'Folder name can only contain letters, digits, - and _')

/** The key of a secret that exists: it may be older than the rule for new ones. */
export const presentSecretKey = z
  .string()
  .trim()
  .min(1, 'Secret key must not be empty')
  .max(255, 'Secret key must be at most 255 characters')
  .refine((key) => !/[:/\p{Cc}]/u.test(key), {
    message: 'Secret key must not contain a colon, a slash or a control character',
  })

export const secretKey = presentSecretKey
  .refine((key) => !INVISIBLE.test(key), { message: 'Secret key must not contain invisible characters' })
  // Every client takes these two out of an address before it sends it.
  .refine((key) => key !== '.' && key !== '..', { message: 'Secret key must not be "." or "..": no URL can name it' })

/** Bytes of UTF-8, the largest value the vault takes. */
export const MAX_VALUE_BYTES = 65_536

/** Marks the text of a secret's value in types; at run time there is nothing to see of it. */
export declare const SECRET_VALUE: unique symbol
/**
 * The text of a secret's value. Any text can stand for one; what matters is that a verb whose input has such a field
 * has to say which references it writes (`defineVerb` in core/access).
 */
export type SecretValue = string & { readonly [SECRET_VALUE]?: never }

const tooLong = `Secret value must be at most ${MAX_VALUE_BYTES} bytes`
export const secretValue: z.ZodType<SecretValue, string> = z
  .string()
  .max(MAX_VALUE_BYTES, { message: tooLong, abort: true })
  .refine((value) => new TextEncoder().encode(value).length <= MAX_VALUE_BYTES, { message: tooLong })

export const KEY_PLACEHOLDER = '{{secretKey}}'
export const ENVIRONMENT_PLACEHOLDER = '{{environment}}'

/** A template for names at the target, such as `APP_{{secretKey}}`. */
export const keySchema = z
  .string()
  .trim()
  .min(1)
  .max(255, 'Key schema must be at most 255 characters')
  .refine((schema) => schema.split(KEY_PLACEHOLDER).length === 2, {
    message: `Key schema must contain ${KEY_PLACEHOLDER} exactly once`,
  })
  .refine(
    (schema) =>
      /^[A-Za-z0-9_\-/]*$/.test(schema.replaceAll(KEY_PLACEHOLDER, '').replaceAll(ENVIRONMENT_PLACEHOLDER, '')),
    {
      message: `Key schema can only contain letters, digits, _, - and /, beside ${KEY_PLACEHOLDER} and ${ENVIRONMENT_PLACEHOLDER}`,
    },
  )

/** Stored in lower case; RFC 9562 asks readers to take either. */
export const id = z.uuid().toLowerCase()

/**
 * Text that is only compared with what is stored. Postgres fails on U+0000 instead of finding nothing, so a character
 * takes its place that no name has: the only rule for it.
 */
export const comparedText = (max: number) =>
  z
    .string()
    .max(max)
    .overwrite((text) => text.replaceAll('\0', '\uFFFD'))
/** The name of something that exists, as it is looked up: what it may be called was checked when it was created. */
export const lookedUp = (max: number) => comparedText(max).trim().min(1, 'Must not be empty')
export const environmentLookup = lookedUp(64)
export const secretLookup = lookedUp(255)
/** The version of a secret that its reader saw. 0: the secret was not there. */
export const seenVersion = z.number().int().min(0)
export const ifVersion = seenVersion
  .optional()
  .describe('Only if this is the version now, 0: if there is none; otherwise 409')
/** Names a kind of destination, such as `trigger-dev`. */
export const destinationName = z.string().max(64)
/** Hash of a plan or a preview that was shown. */
export const shownHash = z.string().min(1).max(128)

/** Fields that a destination's own schema checks; limited before they are checked. */
export const MAX_OPEN_FIELDS = 50
const MAX_OPEN_FIELDS_SIZE = 65_536
/** Whether `openFields` takes them. */
export const isSmallEnough = (fields: object): boolean =>
  Object.keys(fields).length <= MAX_OPEN_FIELDS && JSON.stringify(fields).length <= MAX_OPEN_FIELDS_SIZE
export const TOO_MANY_FIELDS = `Must have at most ${MAX_OPEN_FIELDS} fields and ${MAX_OPEN_FIELDS_SIZE} characters`
export const openFields = z
  .record(z.string().max(64), z.unknown())
  .refine(isSmallEnough, TOO_MANY_FIELDS)
  .meta({ maxProperties: MAX_OPEN_FIELDS })
/** ISO 8601, UTC. */
export const timestamp = z.string()
/** Of what has no version. */
export const ifUpdatedAt = z.iso
  .datetime({ offset: true })
  .optional()
  .describe('Only if this is `updatedAt` now; otherwise 409')
