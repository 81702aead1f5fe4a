/**
 * Secrets Manager's request rates for one account and region, which no answer reports (AWS Secrets Manager quotas,
 * 2026-11-28; those of CreateSecret and DeleteSecret from general knowledge).
 */
import type { EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { bucket, type Bucket } from '../../shared/emulators/emulator-bucket.ts'

/** Calls of one group share their rate. */
const GROUPS: ReadonlyMap<string, { group: string; perSecond: number }> = new Map([
  ['CreateSecret', { group: 'create', perSecond: 50 }],
  ['DeleteSecret', { group: 'delete', perSecond: 50 }],
  ['PutSecretValue', { group: 'change', perSecond: 50 }],
  ['UpdateSecret', { group: 'change', perSecond: 50 }],
  ['TagResource', { group: 'tag', perSecond: 50 }],
  ['UntagResource', { group: 'tag', perSecond: 50 }],
  ['RestoreSecret', { group: 'restore', perSecond: 50 }],
  ['ListSecrets', { group: 'list', perSecond: 100 }],
  ['BatchGetSecretValue', { group: 'batch', perSecond: 100 }],
  ['GetSecretValue', { group: 'get', perSecond: 10_000 }],
  ['DescribeSecret', { group: 'describe', perSecond: 40_000 }],
])

export const WRITES = { burst: 50, refill: 50, intervalMs: 1_000 }

/** True when the call may go ahead. Sizes other than the vendor's are one bucket for all calls. */
export function quotas(limit: EmulatorOptions['rateLimit']): (operation: string) => boolean {
  if (limit !== true) {
    const all = bucket(limit, WRITES)
    return () => all.take()
  }
  const buckets = new Map<string, Bucket>()
  return (operation) => {
    const { group, perSecond } = GROUPS.get(operation) ?? { group: 'other', perSecond: 50 }
    const own = buckets.get(group) ?? bucket(true, { burst: perSecond, refill: perSecond, intervalMs: 1_000 })
    buckets.set(group, own)
    return own.take()
  }
}
