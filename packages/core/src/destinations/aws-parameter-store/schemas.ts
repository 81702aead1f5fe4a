/** The forms of a sync, with the names that Infisical's API has. */
import { z } from 'zod'
import { kmsKeyField } from '../aws/kms-keys.ts'
import { regionField } from '../aws/regions.ts'
import { metadataAsTagsField, tagsField } from '../aws/tags.ts'
import { field } from '../destination.ts'

export const target = z.object({
  region: regionField,
  path: z
    .string()
    .trim()
    .max(900, 'Path must be at most 900 characters')
    .regex(/^\/([A-Za-z0-9_-]+\/)*$/, 'Path must start and end with "/" and have letters, digits, "_" and "-" between')
    .meta(
      field({
        label: 'Path',
        placeholder: '/app/prod/',
        help: 'A secret KEY becomes the parameter /app/prod/KEY. What lies deeper is not touched.',
      }),
    ),
})
export type ParameterStoreTarget = z.output<typeof target>

export const options = z.object({
  keyId: kmsKeyField,
  tags: tagsField,
  syncSecretMetadataAsTags: metadataAsTagsField,
  tier: z
    .enum(['standard', 'intelligent-tiering'])
    .default('standard')
    .meta(
      field({
        label: 'Tier',
        help: 'Standard parameters are free and store up to 4 KiB. An advanced parameter can’t become a standard one again.',
        options: { standard: 'Standard', 'intelligent-tiering': 'Intelligent: advanced where a value needs it' },
      }),
    ),
})
export type ParameterStoreOptions = z.output<typeof options>
