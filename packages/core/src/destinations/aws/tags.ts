/** Tags that a sync gives to what it writes; others stay as they are. */
import { z } from 'zod'
import { canonical, field } from '../destination.ts'

const MAX_TAGS = 50
const ALLOWED = /^[\p{L}\p{Z}\p{N}_.:/=+@-]*$/u

export const tagsField = z
  .array(
    z.object({
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
    }),
  )
  .max(MAX_TAGS, `At most ${MAX_TAGS} tags`)
  .refine((tags) => new Set(tags.map(({ key }) => key)).size === tags.length, 'The keys of tags must differ')
  .default([])
  .meta(field({ label: 'Tags', help: 'Added to what is written. Other tags stay; a tag that is taken off here too.' }))

/**
 * An option of Infisical's API that its clients send even where they don't use it: it is taken when it is off, and
 * refused rather than ignored when it is on. No form shows it.
 */
export const metadataAsTagsField = z
  .boolean()
  .refine((isOn) => !isOn, 'Metadata of secrets can’t be synced as tags: turn this off, and use tags')
  .default(false)
  .meta(field({ label: 'Metadata as tags', showWhen: { field: 'syncSecretMetadataAsTags', in: [] } }))

export type Tags = z.output<typeof tagsField>

/** As AWS's calls take them. */
export const awsTags = (tags: Tags): { Key: string; Value: string }[] =>
  tags.map(({ key, value }) => ({ Key: key, Value: value }))

export const tagsFlag = (tags: readonly { key: string; value: string }[]): string =>
  canonical(Object.fromEntries(tags.map(({ key, value }) => [key, value])))
