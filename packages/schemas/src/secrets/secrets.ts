import { z } from 'zod'
import {
  id,
  ifVersion,
  presentSecretKey,
  secretKey,
  secretLookup,
  secretPath,
  secretValue,
  seenVersion,
  timestamp,
  type SecretValue,
} from '../names/names.ts'
import { place } from '../folders/folders.ts'
import { secretFileFormat } from '../secret-file/index.ts'

/**
 * What Infisical’s clients are shown in place of a value that they may not read. As a value it is refused: a listing
 * that is written back would overwrite every secret with it.
 */
export const HIDDEN_VALUE = '<hidden-by-infisical>'

/** Notes of other programs on a secret. `isEncrypted` is kept as it came: all of it is. */
export const secretMetadata = z
  .array(
    z.object({
      key: z
        .string()
        .trim()
        .min(1, 'Metadata key must not be empty')
        .max(255, 'Metadata key must be at most 255 characters'),
      value: z.string().max(4096, 'Metadata value must be at most 4096 characters').default(''),
      isEncrypted: z.boolean().default(false),
    }),
  )
  .max(50)

export const secret = z
  .object({
    id,
    projectId: id,
    environment: z.string(),
    secretPath: z.string(),
    key: z.string(),
    value: z.string().nullable().describe('Null: not requested, or its reader may only read names'),
    version: z.number().int(),
    comment: z.string(),
    metadata: secretMetadata,
    skipMultilineEncoding: z.boolean(),
    isLiteral: z.boolean().describe('References in the value are text'),
    tags: z.array(z.object({ id: z.string(), slug: z.string(), name: z.string(), color: z.string().optional() })),
    createdAt: timestamp.optional(),
    updatedAt: timestamp.optional(),
    warnings: z
      .array(z.string())
      .optional()
      .describe('What does not resolve as the value was written: it stays, and blocks syncs until it does'),
  })
  .meta({ id: 'Secret' })

const isLiteral = z
  .boolean()
  .optional()
  .describe('`${…}` in the value is text and never a reference; absent: unchanged, for a new secret false')

const inFolder = place.extend({ secretPath: secretPath.default('/') })

export const listSecrets = inFolder.extend({
  recursive: z.boolean().default(false),
  expandReferences: z.boolean().default(false),
  includeImports: z.boolean().default(false),
  showValues: z.boolean().default(true),
  tags: z.array(z.string().max(255)).max(2000).optional().describe('Slugs: only secrets with one of these tags'),
  metadata: z
    .array(z.object({ key: z.string().max(255), value: z.string().max(4096) }))
    .max(50)
    .optional()
    .describe('Only secrets whose metadata has all of these'),
  limit: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('The most secrets of one answer, those of imports included; without it all of them, or 413'),
  offset: z.number().int().min(0).optional().describe('Secrets to pass over: those of the pages before'),
})
export const listedSecrets = z.object({
  secrets: z.array(secret),
  imports: z
    .array(
      z.object({
        secretPath: z.string(),
        environment: z.string(),
        folderId: id.optional(),
        secrets: z.array(secret.omit({ createdAt: true, updatedAt: true })),
      }),
    )
    .describe('One block for each import, in ascending priority; a key is only in the block that wins'),
})
export const getSecret = inFolder.extend({
  key: presentSecretKey,
  version: z.number().int().positive().optional(),
  expandReferences: z.boolean().default(false),
  includeImports: z.boolean().default(false),
  showValues: z.boolean().default(true),
})
export const getSecretById = z.object({ secretId: id, showValues: z.boolean().default(true) })
export const createSecret = inFolder.extend({
  key: secretKey,
  value: secretValue,
  comment: z.string().max(4096).default(''),
  metadata: secretMetadata.optional(),
  skipMultilineEncoding: z.boolean().optional(),
  isLiteral,
  tagIds: z.array(id).max(50).optional(),
})
export const updateSecret = inFolder.extend({
  key: secretLookup,
  ifVersion,
  newKey: secretKey.optional(),
  value: secretValue.optional(),
  comment: z.string().max(4096).optional(),
  metadata: secretMetadata.optional(),
  skipMultilineEncoding: z.boolean().optional(),
  isLiteral,
  tagIds: z.array(id).max(50).optional(),
})
export const deleteSecret = inFolder.extend({
  key: secretLookup,
})

/** Where an item of a batch goes when it is not the folder of the request. */
const ownPath = secretPath.optional().describe("The item's own folder; without it the folder of the request")

export const createSecrets = inFolder.extend({
  secrets: z
    .array(
      z.object({
        key: secretKey,
        secretPath: ownPath,
        value: secretValue,
        comment: z.string().max(4096).default(''),
        metadata: secretMetadata.optional(),
        skipMultilineEncoding: z.boolean().optional(),
        isLiteral,
        tagIds: z.array(id).max(50).optional(),
      }),
    )
    .min(1)
    .max(2000),
})

export const updateSecrets = inFolder.extend({
  mode: z.enum(['failOnNotFound', 'ignore', 'upsert']).default('failOnNotFound'),
  secrets: z
    .array(
      z.object({
        key: presentSecretKey,
        secretPath: ownPath,
        ifVersion,
        newKey: secretKey.optional(),
        value: secretValue.optional(),
        comment: z.string().max(4096).optional(),
        metadata: secretMetadata.optional(),
        skipMultilineEncoding: z.boolean().optional(),
        isLiteral,
        tagIds: z.array(id).max(50).optional(),
      }),
    )
    .min(1)
    .max(2000),
})
export const deleteSecrets = inFolder.extend({
  secrets: z
    .array(z.object({ key: secretLookup, secretPath: ownPath, ifVersion }))
    .min(1)
    .max(2000),
})

/** Whether destinations would take a name, before a secret has it. */
export const checkKey = inFolder.extend({ key: secretKey })
export const checkedKey = z.object({
  refusal: z.string().nullable().describe('The predicate of a sentence about the key; null: no destination refuses it'),
})

/** A `.env` file, as pasted or uploaded. With `dryRun` it only says what it would do. */
const dotenv: z.ZodType<SecretValue, string> = z.string().max(2_000_000)
const MAX_KEYS = 10_000
export const pasteDotenv = inFolder.extend({
  content: dotenv,
  keys: z.array(secretLookup).min(1).max(MAX_KEYS).optional().describe('Only these of the file; without it all'),
  ifVersions: z
    .record(secretLookup, seenVersion)
    .refine((versions) => Object.keys(versions).length <= MAX_KEYS, `Must be at most ${MAX_KEYS} keys`)
    .meta({ maxProperties: MAX_KEYS })
    .optional()
    .describe('Only if these are the versions now, 0: if there is none; otherwise 409'),
  showValues: z.boolean().optional().describe('Answers the values that were read from the file'),
  dryRun: z.boolean().default(false),
})
/**
 * What a person should know of a line of a `.env` file that is taken. `message`: the predicate of a sentence about its
 * key.
 */
export const dotenvNote = z.object({
  code: z.enum([
    'cut-at-hash',
    'read-differently',
    'repeated',
    'blank',
    'lost-bytes',
    'not-filled-in',
    'unresolved',
    'unsendable',
  ]),
  message: z.string(),
})
export const pastedDotenv = z.object({
  added: z.array(z.string()),
  changed: z.array(z.string()),
  unchanged: z.array(z.string()),
  refused: z.array(z.object({ key: z.string(), line: z.number().int().nullable(), reason: z.string() })),
  lines: z
    .array(
      z.object({
        line: z.number().int().describe('Where the key is set, from 1; of several lines the last'),
        key: z.string(),
        action: z.enum(['add', 'change', 'keep']),
        version: seenVersion.describe('Which it replaces; 0: there is none'),
        bytes: z.number().int().describe('Of the stored value, in UTF-8'),
        notes: z.array(dotenvNote),
        value: z.string().optional().describe('As the file says it; only with `showValues`'),
      }),
    )
    .describe('What becomes of each key that is not refused, in the order of the file'),
})

/** Secrets of a folder as a file. */
export const exportSecrets = inFolder.extend({
  format: secretFileFormat.default('dotenv'),
  keys: z.array(secretLookup).min(1).max(10_000).optional().describe('Only these; without it all'),
  includeImports: z.boolean().default(true).describe('What the folder imports too, as its syncs send it'),
  expandReferences: z.boolean().default(true),
})
export const exportedSecrets = z.object({
  fileName: z.string(),
  content: z.string(),
  count: z.number().int().describe('Secrets in it'),
})

/** One row of the console's table: never a value. */
export const secretRow = z
  .object({
    id,
    key: z.string(),
    origin: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('own') }),
      z.object({ kind: z.literal('import'), environment: z.string(), secretPath: z.string() }),
    ]),
    references: z.array(z.string()).describe('`${…}` written in the value, as written'),
    problem: z.string().nullable().describe('Why this value cannot be sent anywhere, such as a missing reference'),
    blank: z.boolean(),
    isLiteral: z.boolean(),
    version: z.number().int(),
    comment: z.string(),
    metadata: secretMetadata,
    tags: secret.shape.tags,
    updatedAt: timestamp,
    updatedBy: z.string(),
  })
  .meta({ id: 'SecretRow' })

export const secretVersion = z
  .object({
    key: z.string(),
    version: z.number().int(),
    deleted: z.boolean(),
    comment: z.string().nullable().describe('Null, like the metadata and the tags, where it was not kept then'),
    metadata: secretMetadata.nullable(),
    tags: z.array(z.string()).nullable().describe('Names; of a deleted tag its slug'),
    createdAt: timestamp,
    createdBy: z.string(),
  })
  .meta({ id: 'SecretVersion' })
