/** The forms of a sync, with the names that Infisical's API has. */
import { z } from 'zod'
import { kmsKeyField } from '../aws/kms-keys.ts'
import { regionField } from '../aws/regions.ts'
import { metadataAsTagsField, tagsField } from '../aws/tags.ts'
import { field } from '../destination.ts'

const mapping = field({
  label: 'Mapping',
  help: 'Each secret of AWS costs money per month; one with all keys is one.',
  options: { 'one-to-one': 'A secret for each key', 'many-to-one': 'One secret with all keys, as JSON' },
})

export const target = z.discriminatedUnion('mappingBehavior', [
  z.object({ region: regionField, mappingBehavior: z.literal('one-to-one').meta(mapping) }),
  z.object({
    region: regionField,
    mappingBehavior: z.literal('many-to-one').meta(mapping),
    secretName: z
      .string()
      .trim()
      .max(256, 'Secret name must be at most 256 characters')
      .regex(/^[A-Za-z0-9/_+=.@-]{1,256}$/, 'Secret name must have 1 to 256 letters, digits or / _ + = . @ -')
      .meta(field({ label: 'Secret name', placeholder: 'app/prod', help: 'Created if it does not exist.' })),
  }),
])
export type SecretsManagerTarget = z.output<typeof target>

export const options = z.object({
  keyId: kmsKeyField,
  tags: tagsField,
  syncSecretMetadataAsTags: metadataAsTagsField,
  recoveryWindowInDays: z
    .number()
    .int()
    .refine((days) => days === 0 || (days >= 7 && days <= 30), 'Recovery window must be 0, or 7 to 30 days')
    .default(7)
    .meta(
      field({
        label: 'Recovery window (days)',
        help: 'How long a deleted secret can be restored in AWS: 7 to 30 days. 0 deletes it immediately.',
      }),
    ),
})
export type SecretsManagerOptions = z.output<typeof options>
