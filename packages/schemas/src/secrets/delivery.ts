/** The delivery receipt: where the value of a secret has arrived, and whether the one before it can be revoked. */
import { z } from 'zod'
import { id, secretLookup, secretPath, timestamp } from '../names/names.ts'
import { place } from '../folders/folders.ts'

export const deliveryState = z
  .enum([
    'delivered',
    'pending',
    'failed',
    'rejected',
    'blocked',
    'paused',
    'excluded',
    'drifted',
    'unknown',
    'replaced',
    'left-behind',
  ])
  .describe(
    '`replaced`: it has a newer version than the one the receipt is for. `left-behind`: a copy under an older name, at an older destination, or of a sync that no longer sends the secret. `unknown`: written before versions were kept',
  )
export type DeliveryState = z.output<typeof deliveryState>

/** States in which a person has to do something. */
export const TROUBLED_DELIVERIES: readonly DeliveryState[] = ['failed', 'rejected', 'blocked', 'drifted']

const proof = z
  .enum(['read-back', 'revision', 'fingerprint'])
  .describe(
    '`read-back`: the value was read at the destination and compared. `revision`: the provider shows the revision that our write created. `fingerprint`: the provider confirmed the write; it shows neither value nor revision',
  )
export type DeliveryProof = z.output<typeof proof>

export const deliveredTo = z
  .object({
    syncId: id,
    syncName: z.string(),
    destination: z.string(),
    target: z.string().describe('The destination in words'),
    environment: z.string().describe('Slug; with `secretPath` the folder that the sync reads'),
    secretPath: z.string(),
    key: z.string().nullable().describe('The name at the destination; null while the source folder cannot be resolved'),
    state: deliveryState,
    reason: z.string().nullable(),
    version: z.number().int().nullable().describe('The version of the secret that it has; null: none, or not known'),
    deliveredAt: timestamp.nullable().describe('When that version was written'),
    proof: proof.nullable(),
    provenAt: timestamp.nullable(),
  })
  .meta({ id: 'DeliveredTo' })
export type DeliveredTo = z.output<typeof deliveredTo>

const actor = z.object({ kind: z.string(), id: z.string(), name: z.string() })

export const secretReader = z
  .object({
    actor,
    readAt: timestamp.describe('The last time it read the value'),
    isNewest: z.boolean().describe('What it read then is the present value'),
  })
  .meta({ id: 'SecretReader' })
export type SecretReader = z.output<typeof secretReader>

/** Why the value before the present one must not be revoked yet. */
const revocationReason = z.discriminatedUnion('code', [
  z.object({
    code: z.literal('not-delivered'),
    syncId: id,
    syncName: z.string(),
    key: z.string().nullable(),
    state: deliveryState,
    reason: z.string().nullable(),
  }),
  z.object({ code: z.literal('old-copy'), syncId: id, syncName: z.string(), key: z.string(), target: z.string() }),
  // How many they are would say something of folders that the caller can’t read.
  z.object({ code: z.literal('hidden-destinations') }),
  z.object({ code: z.literal('read-by-machine'), actor, readAt: timestamp }),
  z.object({ code: z.literal('hidden-machines') }),
])
export type RevocationReason = z.output<typeof revocationReason>

export const revocation = z
  .object({
    isSafe: z.boolean().describe('Nothing that Keyferry knows of still has the value before'),
    reasons: z.array(revocationReason),
  })
  .meta({ id: 'Revocation' })
export type Revocation = z.output<typeof revocation>

export const deliveringRun = z
  .object({
    version: z.number().int(),
    runId: id,
    syncId: id,
    syncName: z.string(),
    destination: z.string(),
    key: z.string().describe('The name at the destination'),
    at: timestamp,
  })
  .meta({ id: 'DeliveringRun' })

export const secretDelivery = z
  .object({
    secret: z.object({ id, key: z.string(), environment: z.string(), secretPath: z.string() }),
    version: z.number().int().describe('The version that the receipt is for'),
    newestVersion: z.number().int(),
    changedAt: timestamp.describe('When the value of that version was first written'),
    isDelivered: z.boolean().describe('Every destination that should have this version has it'),
    deliveredAt: timestamp.nullable().describe('When the last of them got it; null while one does not have it'),
    destinations: z.array(deliveredTo),
    hasHiddenDestinations: z.boolean().describe('Syncs that you can’t see read this folder too'),
    readers: z
      .array(secretReader)
      .nullable()
      .describe('Who read the value in the last 30 days; null if you can’t read the audit log'),
    readersSince: timestamp.describe('How far back the audit log was read'),
    revocation: revocation.nullable().describe('Of the value before; null when there is none, or for an older version'),
    runs: z.array(deliveringRun).describe('The runs that wrote a version of it, newest first, at most 200'),
  })
  .meta({ id: 'SecretDelivery' })
export type SecretDelivery = z.output<typeof secretDelivery>

export const secretDeliveryQuery = place.extend({
  secretPath: secretPath.default('/'),
  key: secretLookup,
  version: z.coerce.number().int().min(1).optional().describe('Left out: the newest'),
})

/** Keys of one page of a folder's deliveries. */
export const MAX_DELIVERY_KEYS = 1000

export const folderDeliveryQuery = place.extend({
  secretPath: secretPath.default('/'),
  cursor: z.string().max(255).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(MAX_DELIVERY_KEYS).default(500),
})

export const keyDelivery = z
  .object({
    key: z.string(),
    destinations: z.number().int().describe('Destinations that should have the newest version'),
    delivered: z.number().int().describe('Those that have it'),
    troubled: z.number().int().describe('Those where a person has to do something'),
    deliveredAt: timestamp.nullable().describe('When the last of those that have it got it'),
    excluded: z
      .number()
      .int()
      .describe('Destinations that people exclude the key from: what they have is not compared'),
    exclusions: z.array(z.string()).describe('Why people exclude the key from syncs, each reason once'),
  })
  .meta({ id: 'KeyDelivery' })
export type KeyDelivery = z.output<typeof keyDelivery>

export const folderDelivery = z
  .object({ keys: z.array(keyDelivery), nextCursor: z.string().nullable() })
  .meta({ id: 'FolderDelivery' })
