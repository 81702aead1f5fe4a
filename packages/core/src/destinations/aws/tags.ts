/** Tags that a sync gives to what it writes; others stay as they are. */
import { z } from 'zod'
import { field, type Flags, type Metadata } from '../destination.ts'
import { tagsFlag, type Tags } from '../shared/clients/tags.ts'

const MAX_TAGS = 50
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u

const tagField = z.object({
  key: z
    .string()
    .min(1, 'A tag needs a key')
    .max(128, 'The key of a tag must be at most 128 characters')
    .regex(ALLOWED, 'A tag may have letters, digits, spaces and _ . : / = + @ -')
    .refine((key) => !/^aws:/i.test(key), 'The key of a tag must not start with "aws:"'),
  value: z
    .string()
    .max(256, 'The value of a tag must be at most 256 characters')
    .regex(ALLOWED, 'A tag may have letters, digits, spaces and _ . : / = + @ -'),
})

export const tagsField = z
  .array(tagField)
  .max(MAX_TAGS, `At most ${MAX_TAGS} tags`)
  .refine((tags) => new Set(tags.map(({ key }) => key)).size === tags.length, 'The keys of tags must differ')
  .optional()
  .meta(
    field({
      label: 'Tags',
      help: 'Added to what is written. Other tags stay. A tag that is taken off here is removed from what is written.',
    }),
  )

export const metadataAsTagsField = z
  .boolean()
  .default(false)
  .meta(
    field({
      label: 'Metadata as tags',
      help: 'A secret’s metadata becomes tags, visible to everyone who can list them at AWS. Encrypted metadata is left out. A tag above wins over metadata of the same key.',
    }),
  )

interface TagOptions {
  tags?: z.output<typeof tagsField>
  syncSecretMetadataAsTags: boolean
}

/** The tags of a key. */
const awsTagsOf = ({ tags = [], syncSecretMetadataAsTags }: TagOptions, metadata: Metadata): Tags => ({
  ...(syncSecretMetadataAsTags ? metadata : {}),
  ...Object.fromEntries(tags.map(({ key, value }) => [key, value])),
})

export const awsTagsFlag = (options: TagOptions, metadata: Metadata = {}): Flags =>
  tagsFlag(awsTagsOf(options, metadata))

/** Why AWS does not take the metadata as tags, or null. */
export function refusedTags(options: TagOptions, metadata: Metadata = {}): string | null {
  const wanted = awsTagsOf(options, metadata)
  for (const [key, value] of Object.entries(wanted)) {
    const { success, error } = tagField.safeParse({ key, value })
    if (!success) return `its metadata "${key}" can’t be a tag: ${error.issues[0]?.message ?? ''}`
  }
  const count = Object.keys(wanted).length
  return count > MAX_TAGS ? `its metadata and the sync’s tags are ${count} tags, and AWS takes ${MAX_TAGS}` : null
}

/** As AWS's calls take them; undefined where there are none. */
export const awsTags = (tags: Tags): { Key: string; Value: string }[] | undefined => {
  const all = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }))
  return all.length === 0 ? undefined : all
}
