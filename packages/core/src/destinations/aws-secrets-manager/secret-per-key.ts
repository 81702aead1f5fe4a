/** A secret for each key: listed without values, written one call each. */
import { chunksOf } from '../aws/chunks.ts'
import { isAwsError } from '../aws/errors.ts'
import { shownKey } from '../aws/kms-keys.ts'
import { awsTags } from '../aws/tags.ts'
import { applyEach } from '../shared/clients/apply-each.ts'
import { DestinationError } from '../destination-error.ts'
import type { Change, Client, Flags, Observed, Report, Write } from '../destination.ts'
import { tagChanges, tagsOf, type Tags } from '../shared/clients/tags.ts'
import {
  batchGetSecretValues,
  createSecret,
  deleteSecret,
  describeSecret,
  listSecrets,
  restoreSecret,
  SECRETS_PER_READ,
  tagSecret,
  untagSecret,
  updateSecret,
  type SecretMetadata,
  type SecretsRegion,
} from './api.ts'
import { bucketOf } from './limits.ts'
import type { SecretsManagerOptions } from './schemas.ts'

/** Calls in flight. */
const CONCURRENCY = 10

/** In which each change counts. */
const BUCKETS = { create: 'create', update: 'change', delete: 'delete' } as const

export function secretPerKeyClient(at: SecretsRegion, options: SecretsManagerOptions): Client {
  /** Tags by name, as far as they were listed: those that are there need no call. */
  const tagged = new Map<string, Tags>()
  const observe = (secret: SecretMetadata): Observed => {
    const seen = observed(at, options, secret)
    if (seen.tags) tagged.set(seen.key, seen.tags)
    return seen
  }

  return {
    list: async () => (await listSecrets(at)).map(observe),
    async reread(keys) {
      const found = await Promise.all(keys.map((key) => describeSecret(at, key)))
      return found.flatMap((secret) => (secret && !isScheduled(secret) ? [observe(secret)] : []))
    },
    apply: (changes, report) => {
      const writer = { at, options, tagged, report }
      for (const [action, bucket] of Object.entries(BUCKETS)) {
        at.door.http.expect(bucketOf(bucket, at.region), changes.filter((change) => change.action === action).length)
      }
      return applyEach(changes, report, (change) => carryOut(writer, change), { concurrency: CONCURRENCY })
    },
    async readValues(keys) {
      const reads = chunksOf(keys, SECRETS_PER_READ).map((some) => batchGetSecretValues(at, some))
      const found = (await Promise.all(reads)).flat()
      return new Map(
        found.flatMap(({ Name, SecretString }) => (typeof SecretString === 'string' ? [[Name, SecretString]] : [])),
      )
    },
  }
}

const isScheduled = ({ DeletedDate }: SecretMetadata): boolean => DeletedDate !== null && DeletedDate !== undefined

function observed({ region }: SecretsRegion, options: SecretsManagerOptions, secret: SecretMetadata): Observed {
  const { Name, OwningService, PrimaryRegion, RotationEnabled, versions } = secret
  const current = Object.entries(versions).flatMap(([id, stages]) => (stages.includes('AWSCURRENT') ? [id] : []))
  return {
    key: Name,
    remoteIds: current,
    flags: shownFlags(options, secret),
    tags: Object.fromEntries((secret.Tags ?? []).map(({ Key, Value }) => [Key, Value])),
    ...(OwningService ? { notManaged: `a secret of the AWS service ${OwningService}` } : {}),
    ...(PrimaryRegion && PrimaryRegion !== region ? { notManaged: `a replica of a secret in ${PrimaryRegion}` } : {}),
    // A write would leave the rotation on, which replaces the value again.
    ...(RotationEnabled ? { notManaged: 'a secret that AWS rotates' } : {}),
  }
}

const shownFlags = ({ keyId }: SecretsManagerOptions, { KmsKeyId }: SecretMetadata): Flags =>
  keyId === undefined ? {} : { kmsKey: shownKey(KmsKeyId, keyId) }

interface Writer {
  at: SecretsRegion
  options: SecretsManagerOptions
  tagged: ReadonlyMap<string, Tags>
  report: Report
}

/** Answers the IDs that the key has afterwards. */
async function carryOut(writer: Writer, change: Change): Promise<string[]> {
  if (change.action === 'delete') {
    await remove(writer, change.key)
    return []
  }
  if (change.action === 'update') return update(writer, change)
  const { at, options } = writer
  try {
    const tags = awsTags(tagsOf(change.flags))
    return [await createSecret(at, { name: change.key, text: change.value, keyId: options.keyId, tags })]
  } catch (error) {
    if (!isAwsError(error, 'ResourceExistsException', 'InvalidRequestException')) throw error
    return createdMeanwhile(writer, change)
  }
}

/** The name is taken: by a secret that the listing did not show yet, or by one that is scheduled for deletion. */
async function createdMeanwhile(writer: Writer, change: Write): Promise<string[]> {
  const { at, options, report } = writer
  const secret = await describeSecret(at, change.key)
  if (secret === null) {
    throw new DestinationError('unavailable', `AWS is still deleting the former ${change.key}; try again in a minute`)
  }
  const { notManaged } = observed(at, options, secret)
  if (notManaged !== undefined)
    throw new DestinationError('conflict', `${change.key} is ${notManaged} by now; the next run looks again`)
  if (isScheduled(secret)) {
    await report.replacing(change)
    await restoreSecret(at, change.key)
  }
  return update(writer, change)
}

async function update({ at, options, tagged }: Writer, change: Write): Promise<string[]> {
  const { key, value } = change
  const id = await updateSecret(at, key, { text: value, keyId: options.keyId })
  const { set, removed } = tagChanges(change, tagged.get(key))
  const tags = awsTags(set)
  if (tags) await tagSecret(at, key, tags)
  if (removed.length > 0) await untagSecret(at, key, removed)
  return [id]
}

async function remove({ at, options }: Writer, key: string): Promise<void> {
  try {
    await deleteSecret(at, key, options.recoveryWindowInDays)
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return
    if (!isAwsError(error, 'InvalidRequestException')) throw error
    // It may be scheduled already, as by our own call whose answer was lost.
    const secret = await describeSecret(at, key)
    if (secret && !isScheduled(secret)) throw error
  }
}
