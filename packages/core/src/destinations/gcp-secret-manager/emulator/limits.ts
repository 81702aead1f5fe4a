/** What Secret Manager refuses to store, and how often it may be called (its protos and quotas, 2026-11-28). */
import { crc32c } from '@aws-crypto/crc32c'
import { z } from 'zod'
import { bucket, type Bucket } from '../../shared/emulators/emulator-bucket.ts'
import type { EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { exhausted, Refused } from './refused.ts'
import type { Settings } from './secrets.ts'

export const LOCATIONS: readonly string[] = ['europe-west1', 'europe-west3', 'us-central1', 'us-east1']
const MAX_BYTES = 65_536

const labels = z
  .record(
    z.string().regex(/^[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}$/u),
    z.string().regex(/^[\p{Ll}\p{Lo}\p{N}_-]{0,63}$/u),
  )
  .refine((given) => Object.keys(given).length <= 64)
const annotations = z
  .record(z.string().regex(/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/), z.string())
  .refine((given) => Object.entries(given).flat().join('').length < 16_384)
const encryption = z.strictObject({ kmsKeyName: z.string() })
const replica = z.strictObject({
  location: z.string().refine((location) => LOCATIONS.includes(location)),
  customerManagedEncryption: encryption.optional(),
})
const replication = z.union([
  z.strictObject({ automatic: z.strictObject({ customerManagedEncryption: encryption.optional() }) }),
  z.strictObject({ userManaged: z.strictObject({ replicas: z.array(replica).min(1) }) }),
])
/** The fields that a request may have, as the proto names them; Google's own client sends the maps empty. */
const secret = z.strictObject({
  name: z.string().optional(),
  replication: replication.optional(),
  labels: labels.optional(),
  annotations: annotations.optional(),
  topics: z.array(z.unknown()).max(0).optional(),
  versionAliases: z.strictObject({}).optional(),
  tags: z.strictObject({}).optional(),
  etag: z.string().optional(),
  expireTime: z.string().optional(),
  versionDestroyTtl: z.string().optional(),
})
const payload = z.strictObject({
  payload: z.strictObject({ data: z.base64().default(''), dataCrc32c: z.string().regex(/^\d+$/).optional() }),
})

export function refuseName(id: string): void {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(id)) {
    throw new Refused(
      'INVALID_ARGUMENT',
      `The provided Secret ID [${id}] does not match the expected format [[a-zA-Z_0-9-]+], or is longer than 255.`,
    )
  }
}

/** The secret in a body, and the etag that it must still have. */
export function secretIn(body: unknown): { settings: Settings; etag: string | undefined } {
  const { data, error } = secret.safeParse(body)
  if (!data) throw new Refused('INVALID_ARGUMENT', `Invalid value at '${error.issues[0]?.path.join('.') ?? 'secret'}'`)
  const { name: _name, topics: _topics, versionAliases: _aliases, tags: _tags, etag, ...settings } = data
  return { settings: withoutEmpty(settings), etag }
}

const withoutEmpty = ({ labels: given, annotations: others, ...settings }: Settings): Settings => ({
  ...settings,
  ...(given && Object.keys(given).length > 0 && { labels: given }),
  ...(others && Object.keys(others).length > 0 && { annotations: others }),
})

/** The payload of a new version. Its checksum is verified where there is one. */
export function payloadIn(body: unknown): { data: Buffer; hasChecksum: boolean } {
  const parsed = payload.safeParse(body)
  if (!parsed.success) throw new Refused('INVALID_ARGUMENT', 'Invalid JSON payload received.')
  const { data: text, dataCrc32c: checksum } = parsed.data.payload
  const data = Buffer.from(text, 'base64')
  if (data.length === 0) throw new Refused('INVALID_ARGUMENT', 'The payload must not be empty.')
  if (data.length > MAX_BYTES) {
    throw new Refused(
      'INVALID_ARGUMENT',
      `The payload of ${data.length} bytes exceeds the maximum of ${MAX_BYTES} bytes.`,
    )
  }
  if (checksum !== undefined && checksum !== checksumOf(data))
    throw new Refused('INVALID_ARGUMENT', 'The checksum of the payload does not match its data.')
  return { data, hasChecksum: checksum !== undefined }
}

export const checksumOf = (data: Buffer): string => String(crc32c(data))

export type Operation = 'read' | 'write' | 'access' | 'addVersion' | 'changeVersion'
export type Quotas = (operation: Operation, resource: string, project: string) => void

const MINUTE = 60_000
const perMinute = (calls: number) => ({ burst: calls, refill: calls, intervalMs: MINUTE })

/**
 * Per project and minute 90,000 values read, 600 other reads and 600 writes; per secret two new versions a second and
 * 120 a minute; per version one change a second. Sizes that are given count all calls. Throws `RESOURCE_EXHAUSTED`.
 */
export function quotas(limit: EmulatorOptions['rateLimit']): Quotas {
  if (!limit) return () => {}
  if (limit !== true) {
    const all = bucket(limit, limit)
    return (_operation, _resource, project) => {
      if (!all.take()) throw exhausted('secretmanager.googleapis.com/requests', project)
    }
  }
  const buckets = new Map<string, Bucket>()
  const takes = (name: string, sizes: { burst: number; refill: number; intervalMs: number }): boolean => {
    const one = buckets.get(name) ?? bucket(true, sizes)
    buckets.set(name, one)
    return one.take()
  }
  return (operation, resource, project) => {
    const isWrite = operation !== 'read' && operation !== 'access'
    const kind = isWrite ? 'write' : operation
    const isOk =
      takes(kind, perMinute(operation === 'access' ? 90_000 : 600)) &&
      (operation !== 'addVersion' ||
        (takes(`add ${resource}`, { burst: 2, refill: 2, intervalMs: 1_000 }) &&
          takes(`adds ${resource}`, perMinute(120)))) &&
      (operation !== 'changeVersion' || takes(`change ${resource}`, { burst: 1, refill: 1, intervalMs: 1_000 }))
    if (!isOk) throw exhausted(`secretmanager.googleapis.com/${kind}_requests`, project)
  }
}
