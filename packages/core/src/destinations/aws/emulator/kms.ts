/** AWS KMS as far as a picker of keys needs it (botocore 1.43.11 `kms/2014-11-01`, 2026-11-28). */
import { z } from 'zod'
import { membersOf } from './members.ts'
import { ACCOUNT, REGION } from './principals.ts'
import { Refused } from './refused.ts'

const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key`

/** Every alias of the account with the ID of its key. The first two are AWS's own defaults. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['alias/aws/ssm', '0a1b2c3d-0000-4000-8000-000000000001'],
  ['alias/aws/secretsmanager', '0a1b2c3d-0000-4000-8000-000000000002'],
  ['alias/keyferry', '0a1b2c3d-0000-4000-8000-000000000003'],
  ['alias/keyferry-second', '0a1b2c3d-0000-4000-8000-000000000004'],
])

/** A key is named by its alias, its ID or the ARN of either. */
export const isKmsKey = (keyId: string): boolean => {
  const name = keyId.replace(`${KEY_ARN}/`, '').replace(/^arn:aws:kms:[^:]+:\d+:(?=alias\/)/, '')
  return ALIASES.has(name) || [...ALIASES.values()].includes(name)
}

const listAliases = z.object({ Limit: z.number().min(1).max(1000).default(50), Marker: z.string().optional() })

export function kmsAnswer(operation: string, input: unknown): Record<string, unknown> {
  if (operation !== 'ListAliases') throw new Refused('UnknownOperationException', `Unknown operation ${operation}`)
  const { Limit, Marker } = membersOf(listAliases, input)
  const from = Number(Marker ?? 0)
  if (!Number.isInteger(from)) throw new Refused('InvalidMarkerException', 'The marker is not valid')
  const page = [...ALIASES].slice(from, from + Limit)
  const next = from + Limit
  return {
    Aliases: page.map(([alias, id]) => ({
      AliasName: alias,
      AliasArn: `arn:aws:kms:${REGION}:${ACCOUNT}:${alias}`,
      TargetKeyId: id,
    })),
    Truncated: next < ALIASES.size,
    ...(next < ALIASES.size && { NextMarker: String(next) }),
  }
}
