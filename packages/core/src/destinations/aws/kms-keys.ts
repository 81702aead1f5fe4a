/** The KMS keys of an account for a picker, and how they are compared. */
import { z } from 'zod'
import type { ChoiceList } from '../destination.ts'
import { field } from '../destination.ts'
import { readPages } from '../shared/http/pages.ts'
import { awsCall } from './call.ts'
import type { AwsCredentials } from './connection.ts'
import { HOME_REGION } from './regions.ts'
import { awsDoor } from './door.ts'

const page = z.object({
  Aliases: z.array(z.object({ AliasName: z.string(), AliasArn: z.string(), TargetKeyId: z.string().optional() })),
  NextMarker: z.string().nullish(),
})

/** Aliases of keys that exist; `known.region` is the target's. */
export const kmsKeys: ChoiceList<AwsCredentials> = {
  needs: ['region'],
  list: (session, { region = HOME_REGION }) =>
    readPages(async (marker) => {
      const door = awsDoor(session, 'kms', region)
      const input = { Limit: 100, ...(marker === null ? {} : { Marker: marker }) }
      const { Aliases, NextMarker } = await awsCall(door, {
        operation: 'ListAliases',
        input,
        answer: page,
        bucket: 'kms',
      })
      const rows = Aliases.flatMap(({ AliasName: alias, TargetKeyId: id }) =>
        id === undefined ? [] : { value: alias, label: alias, hint: id, row: { id, alias } },
      )
      return { rows, next: NextMarker }
    }),
}

export const kmsKeyField = z
  .string()
  .trim()
  .max(256, 'KMS key must be at most 256 characters')
  .regex(/^[a-zA-Z0-9:/_-]+$/, 'KMS key must be an alias, an ID or an ARN')
  .optional()
  .meta(
    field({
      label: 'KMS key',
      placeholder: 'alias/my-key',
      choices: 'kms-keys',
      help: "Encrypts what is written. Empty: the account's default key, or the one that a secret has.",
    }),
  )

/**
 * The flag that says which key encrypts: `wanted` itself where `shown` names it or cannot be compared with it (an alias
 * with a key ID), so that it never looks changed for its spelling.
 */
export function shownKey(shown: string | null | undefined, wanted: string): string {
  if (shown === null || shown === undefined) return DEFAULT_KEY.test(wanted) ? wanted : ''
  const isComparable = shown.includes('alias/') === wanted.includes('alias/')
  return isComparable && nameOf(shown) !== nameOf(wanted) ? shown : wanted
}

const DEFAULT_KEY = /(^|:)alias\/aws\//

/** Without the ARN around it. */
const nameOf = (key: string): string => key.replace(/^arn:[^:]*:kms:[^:]*:[^:]*:(key\/)?/, '')
