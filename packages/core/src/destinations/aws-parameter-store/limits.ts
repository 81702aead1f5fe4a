/** What Parameter Store takes (botocore 1.43.11 `ssm/2014-11-06`, and AWS's public issues, 2026-11-28). */
import { AWS_REGIONS } from '../aws/regions.ts'
import { refusedTags } from '../aws/tags.ts'
import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'
import type { ParameterStoreOptions, ParameterStoreTarget } from './schemas.ts'

const MAX_LEVELS = 15
/** Of the ARN: the name, and in front of it `arn:aws:ssm:<region>:<account>:parameter`. */
const MAX_ARN = 1011
const ACCOUNT_DIGITS = 12
const MAX_BYTES = { standard: 4_096, 'intelligent-tiering': 8_192 }

export const parameterStoreLimits: Limits<ParameterStoreTarget, ParameterStoreOptions> = {
  checked: '2026-11-28',
  refuse(key, value, { target: { region, path }, options, metadata }) {
    const { tier } = options
    if (!/^[A-Za-z0-9_.-]+$/.test(key)) {
      return 'the name may have letters, digits, "_", "." and "-" only; deeper levels belong into the path'
    }
    const name = path + key
    if (/^\/(aws|ssm)/i.test(name)) return 'AWS reserves names that start with "aws" or "ssm"'
    if (name.split('/').length - 1 > MAX_LEVELS) return `the path and the name have more than ${MAX_LEVELS} levels`
    const room = MAX_ARN - `arn:aws:ssm:${region}::parameter`.length - ACCOUNT_DIGITS
    if (name.length > room) return `the path and the name are longer than ${room} characters`
    if (value === '') return 'the value is empty, which Parameter Store does not take'
    if (value.includes('\0')) return 'the value contains a NUL character'
    if (/\{\{.*\}\}/s.test(value)) return 'the value contains {{…}}, which Parameter Store takes for a reference'
    if (Buffer.byteLength(value) > MAX_BYTES[tier]) {
      const larger = tier === 'standard' ? '; the tier "intelligent-tiering" takes larger ones, which cost money' : ''
      return `the value is larger than ${MAX_BYTES[tier].toLocaleString('en')} bytes${larger}`
    }
    return refusedTags(options, metadata)
  },
}

export const parameterStoreKeyRules: readonly string[] = [
  'A name has letters, digits, "_", "." and "-". Case matters.',
  `A value has 1 to ${MAX_BYTES.standard.toLocaleString('en')} bytes in UTF-8, or up to ${MAX_BYTES['intelligent-tiering'].toLocaleString('en')} with intelligent tiering. It must not contain {{…}}.`,
  `Path and name together have at most ${MAX_LEVELS} levels and about ${MAX_ARN - 50} characters.`,
]

const perSecond = (calls: number, source: RateLimit['source']): RateLimit => ({
  capacity: calls,
  refill: calls,
  intervalMs: 1_000,
  source,
})

/**
 * One account's, by region. No answer reports them. The writes are known from AWS's support alone (issue 2944 of
 * github-aws-runners/terraform-aws-github-runner), and an account may have paid for more: they are paced from the first
 * refusal on.
 */
const PER_REGION = {
  put: perSecond(3, 'assumed'),
  get: perSecond(40, 'documented'),
  other: perSecond(10, 'assumed'),
} as const

export type ParameterStoreBucket = keyof typeof PER_REGION

export const bucketOf = (bucket: ParameterStoreBucket, region: string): string => `ssm ${bucket} ${region}`

export const parameterStoreRateLimits: Readonly<Record<string, RateLimit>> = Object.fromEntries(
  AWS_REGIONS.flatMap((region) => [
    [bucketOf('put', region), PER_REGION.put],
    [bucketOf('get', region), PER_REGION.get],
    [bucketOf('other', region), PER_REGION.other],
  ]),
)
