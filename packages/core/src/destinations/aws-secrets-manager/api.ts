/** Secrets Manager's calls (botocore 1.43.11 `secretsmanager/2017-10-17`, 2026-11-28). No decisions here. */
import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { awsCall } from '../aws/call.ts'
import type { AwsDoor } from '../aws/door.ts'
import { isAwsError } from '../aws/errors.ts'
import { DestinationError } from '../destination-error.ts'
import { readPages } from '../shared/http/pages.ts'
import { bucketOf, type SecretsManagerBucket } from './limits.ts'

/** One region of an account. */
export interface SecretsRegion {
  region: string
  door: AwsDoor
}

const stages = z.record(z.string(), z.array(z.string()))

const about = z.object({
  ARN: z.string().min(1),
  Name: z.string().min(1),
  KmsKeyId: z.string().nullish(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).nullish(),
  DeletedDate: z.number().nullish(),
  OwningService: z.string().nullish(),
  PrimaryRegion: z.string().nullish(),
  RotationEnabled: z.boolean().nullish(),
})

/** A secret without its value. `versions`: the stages of each version that has one. */
export type SecretMetadata = z.output<typeof about> & { versions: Readonly<Record<string, string[]>> }

const listed = z.object({
  SecretList: z.array(about.extend({ SecretVersionsToStages: stages.nullish() })),
  NextToken: z.string().nullish(),
})

/** The most a page may have, and the most secrets that one call reads. */
const PAGE = 100
export const SECRETS_PER_READ = 20

/**
 * Every secret of the region, without those that are scheduled for deletion. Up to five minutes
 * behind. Complete, or it throws.
 */
export const listSecrets = (at: SecretsRegion): Promise<SecretMetadata[]> =>
  readPages(async (token) => {
    const input = { MaxResults: PAGE, ...(token === null ? {} : { NextToken: token }) }
    const { SecretList, NextToken } = await call(at, 'ListSecrets', 'list', input, listed)
    const rows = SecretList.map(({ SecretVersionsToStages, ...secret }) => ({
      ...secret,
      versions: SecretVersionsToStages ?? {},
    }))
    return { rows, next: NextToken }
  })

const description = about.extend({ VersionIdsToStages: stages.nullish() })

/** Not behind, and shows a secret that is scheduled for deletion; null when there is none. */
export async function describeSecret(at: SecretsRegion, secretId: string): Promise<SecretMetadata | null> {
  return orNull(async () => {
    const { VersionIdsToStages, ...secret } = await call(
      at,
      'DescribeSecret',
      'read',
      { SecretId: secretId },
      description,
    )
    return { ...secret, versions: VersionIdsToStages ?? {} }
  })
}

const value = z.object({
  Name: z.string(),
  VersionId: z.string(),
  /** Left out where the secret is binary. */
  SecretString: z.string().nullish(),
})
export type SecretValue = z.output<typeof value>

/** The current version, or the one named; null when there is none. */
export const getSecretValue = (at: SecretsRegion, secretId: string, versionId?: string): Promise<SecretValue | null> =>
  orNull(() => call(at, 'GetSecretValue', 'read', { SecretId: secretId, VersionId: versionId }, value))

const values = z.object({
  SecretValues: z.array(value),
  Errors: z.array(z.object({ SecretId: z.string(), ErrorCode: z.string() })).nullish(),
  NextToken: z.string().nullish(),
})

/**
 * The current versions of at most `SECRETS_PER_READ` secrets. Those that are missing, scheduled for deletion or can't
 * be decrypted are left out. Throws `auth` when the right to read one lacks, which only its own entry shows.
 */
export const batchGetSecretValues = (at: SecretsRegion, names: readonly string[]): Promise<SecretValue[]> =>
  readPages(async (token) => {
    const input = { SecretIdList: names, ...(token === null ? {} : { NextToken: token }) }
    const { SecretValues, Errors, NextToken } = await call(at, 'BatchGetSecretValue', 'read', input, values)
    const denied = Errors?.find(({ ErrorCode }) => ErrorCode === 'AccessDeniedException')
    if (denied) {
      const right = 'the right secretsmanager:GetSecretValue, or kms:Decrypt on its key'
      throw new DestinationError('auth', `the AWS credential lacks ${right}, for ${denied.SecretId}`)
    }
    return { rows: SecretValues, next: NextToken }
  })

interface Create {
  name: string
  text: string
  keyId?: string
  tags?: readonly { Key: string; Value: string }[]
}

const created = z.object({ VersionId: z.string().min(1) })

/** The ID of the version. A repeated call has the same token, so that it changes nothing. */
export async function createSecret(at: SecretsRegion, { name, text, keyId, tags }: Create): Promise<string> {
  const input = { Name: name, SecretString: text, ClientRequestToken: randomUUID(), KmsKeyId: keyId, Tags: tags }
  return (await call(at, 'CreateSecret', 'create', input, created)).VersionId
}

/**
 * Writes a new version and answers its ID. UpdateSecret instead of PutSecretValue, because it also changes the KMS key
 * and because Infisical's published policy allows it alone.
 */
export async function updateSecret(
  at: SecretsRegion,
  secretId: string,
  { text, keyId }: { text: string; keyId?: string },
): Promise<string> {
  // Random, never derived from the value: an old version's token would leave that version where it is.
  const token = randomUUID()
  const input = { SecretId: secretId, SecretString: text, ClientRequestToken: token, KmsKeyId: keyId }
  try {
    return (await call(at, 'UpdateSecret', 'change', input, created)).VersionId
  } catch (error) {
    // Nobody else has this token: an earlier try landed, and its answer was lost.
    if (isAwsError(error, 'ResourceExistsException')) return token
    throw error
  }
}

const named = z.object({ Name: z.string() })

export async function deleteSecret(at: SecretsRegion, secretId: string, recoveryWindowInDays: number): Promise<void> {
  const how =
    recoveryWindowInDays === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: recoveryWindowInDays }
  await call(at, 'DeleteSecret', 'delete', { SecretId: secretId, ...how }, named)
}

export async function restoreSecret(at: SecretsRegion, secretId: string): Promise<void> {
  await call(at, 'RestoreSecret', 'change', { SecretId: secretId }, named)
}

export async function tagSecret(at: SecretsRegion, secretId: string, tags: readonly object[]): Promise<void> {
  await call(at, 'TagResource', 'tag', { SecretId: secretId, Tags: tags }, z.unknown())
}

export async function untagSecret(at: SecretsRegion, secretId: string, keys: readonly string[]): Promise<void> {
  await call(at, 'UntagResource', 'tag', { SecretId: secretId, TagKeys: keys }, z.unknown())
}

const call = <T>(
  { door, region }: SecretsRegion,
  operation: string,
  bucket: SecretsManagerBucket,
  input: Readonly<Record<string, unknown>>,
  answer: z.ZodType<T>,
): Promise<T> => awsCall(door, { operation, input, answer, bucket: bucketOf(bucket, region) })

async function orNull<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read()
  } catch (error) {
    if (isAwsError(error, 'ResourceNotFoundException')) return null
    throw error
  }
}
