/** What Secrets Manager takes (botocore 1.43.11 `secretsmanager/2017-10-17`, AWS's quotas, 2026-11-28). */
import { AWS_REGIONS } from '../aws/regions.ts'
import { refusedTags } from '../aws/tags.ts'
import type { Limits } from '../destination.ts'
import type { RateLimit } from '../shared/rate-limits/rate-limit.ts'
import type { SecretsManagerOptions, SecretsManagerTarget } from './schemas.ts'

const MAX_NAME = 512
const MAX_BYTES = 65_536

export const secretsManagerLimits: Limits<SecretsManagerTarget, SecretsManagerOptions> = {
  checked: '2026-11-28',
  refuse(key, value, { target: { mappingBehavior }, options, metadata }) {
    if (mappingBehavior === 'many-to-one') return null
    if (!/^[A-Za-z0-9/_+=.@-]+$/.test(key)) return 'the name may have letters, digits and / _ + = . @ - only'
    if (key.length > MAX_NAME) return `the name is longer than ${MAX_NAME} characters`
    if (value === '') return 'the value is empty, which Secrets Manager does not take'
    if (Buffer.byteLength(value) > MAX_BYTES) return `the value is larger than ${MAX_BYTES.toLocaleString('en')} bytes`
    return refusedTags(options, metadata)
  },
  document: {
    max: MAX_BYTES,
    size: (members, { mappingBehavior }) =>
      mappingBehavior === 'many-to-one' ? Buffer.byteLength(textOf(members)) : 0,
  },
}

/** The text of a secret with all keys. */
export const textOf = (members: ReadonlyMap<string, unknown>): string => JSON.stringify(Object.fromEntries(members))

export const secretsManagerKeyRules: readonly string[] = [
  `A secret for each key: a name has 1 to ${MAX_NAME} letters, digits and / _ + = . @ -, and a value 1 to ${MAX_BYTES.toLocaleString('en')} bytes in UTF-8.`,
  `One secret with all keys: any name; all keys and values together, as JSON, have at most ${MAX_BYTES.toLocaleString('en')} bytes.`,
  'AWS finds a secret whose name ends in "-" and six characters only by its full ARN.',
]

const perSecond = (calls: number): RateLimit => ({
  capacity: calls,
  refill: calls,
  intervalMs: 1_000,
  source: 'documented',
})

/** One account's, by region. No answer reports them. */
const PER_REGION = {
  create: perSecond(50),
  delete: perSecond(50),
  change: perSecond(50),
  tag: perSecond(50),
  list: perSecond(100),
  read: perSecond(100),
} as const

export type SecretsManagerBucket = keyof typeof PER_REGION

export const bucketOf = (bucket: SecretsManagerBucket, region: string): string => `secretsmanager ${bucket} ${region}`

export const secretsManagerRateLimits: Readonly<Record<string, RateLimit>> = Object.fromEntries(
  AWS_REGIONS.flatMap((region) => [
    [bucketOf('create', region), PER_REGION.create],
    [bucketOf('delete', region), PER_REGION.delete],
    [bucketOf('change', region), PER_REGION.change],
    [bucketOf('tag', region), PER_REGION.tag],
    [bucketOf('list', region), PER_REGION.list],
    [bucketOf('read', region), PER_REGION.read],
  ]),
)
