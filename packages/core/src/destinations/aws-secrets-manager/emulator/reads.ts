/** The reading calls of Secrets Manager (botocore 1.43.11 `secretsmanager/2017-10-17`, 2026-11-28). */
import { z } from 'zod'
import { membersOf } from '../../aws/emulator/members.ts'
import { pageOf } from '../../aws/emulator/pages.ts'
import type { Principal } from '../../aws/emulator/principals.ts'
import { accessDenied, Refused } from '../../aws/emulator/refused.ts'
import { shownTags } from '../../aws/emulator/tags.ts'
import { currentOf, notFound, refuseScheduled, versionAt, type Secret, type Version } from './secrets.ts'
import type { Store } from './store.ts'

export interface Reading {
  store: Store
  sparsePages: boolean
}

const secretId = z.string().min(1).max(2048)
const filters = z.array(
  z.object({
    Key: z.enum(['description', 'name', 'tag-key', 'tag-value', 'primary-region', 'owning-service', 'all']),
    Values: z.array(z.string()).min(1).max(10),
  }),
)

const list = z.object({
  MaxResults: z.number().min(1).max(100).default(100),
  NextToken: z.string().optional(),
  Filters: filters.default([]),
  IncludePlannedDeletion: z.boolean().default(false),
  SortOrder: z.enum(['asc', 'desc']).optional(),
})

export function listSecrets({ store, sparsePages }: Reading, input: unknown): object {
  const { MaxResults, NextToken, Filters, IncludePlannedDeletion } = membersOf(list, input)
  const found = store
    .listed()
    .filter((secret) => IncludePlannedDeletion || secret.deletesAt === null)
    .filter((secret) => Filters.every((filter) => passes(secret, filter)))
  const { rows, next } = pageOf(found, {
    size: MaxResults,
    token: NextToken,
    isSparse: sparsePages,
    refusal: 'InvalidNextTokenException',
  })
  return { SecretList: rows.map((secret) => ({ ...about(secret), SecretVersionsToStages: stagesOf(secret) })), ...next }
}

/** Fresher than the list, and shows a secret that is scheduled for deletion. */
export function describeSecret({ store }: Reading, input: unknown): object {
  const { SecretId } = membersOf(z.object({ SecretId: secretId }), input)
  const secret = store.get(SecretId)
  return { ...about(secret), VersionIdsToStages: stagesOf(secret) }
}

const getValue = z.object({ SecretId: secretId, VersionId: z.string().optional(), VersionStage: z.string().optional() })

export function getSecretValue({ store }: Reading, input: unknown, by: Principal): object {
  const { SecretId, VersionId, VersionStage } = membersOf(getValue, input)
  const secret = store.get(SecretId)
  const version =
    VersionId === undefined
      ? versionAt(secret, VersionStage ?? 'AWSCURRENT')
      : secret.versions.find(({ id }) => id === VersionId)
  return valueOf(secret, version, by)
}

const batch = z.object({
  SecretIdList: z.array(secretId).min(1).max(20).optional(),
  Filters: filters.optional(),
  MaxResults: z.number().min(1).max(20).default(20),
  NextToken: z.string().optional(),
})

/** Missing and refused secrets are in `Errors`; the call itself succeeds. */
export function batchGetSecretValue({ store, sparsePages }: Reading, input: unknown, by: Principal): object {
  const { SecretIdList, Filters, MaxResults, NextToken } = membersOf(batch, input)
  if ((SecretIdList === undefined) === (Filters === undefined)) {
    throw new Refused('InvalidParameterException', "Either 'SecretIdList' or 'Filters' must be provided, but not both.")
  }
  const names =
    SecretIdList ??
    store
      .listed()
      .filter((secret) => secret.deletesAt === null && Filters?.every((filter) => passes(secret, filter)))
      .map(({ name }) => name)
  const sorted = names.map((name) => ({ name })).sort((a, b) => (a.name < b.name ? -1 : 1))
  const { rows, next } = pageOf(sorted, {
    size: MaxResults,
    token: NextToken,
    isSparse: sparsePages,
    refusal: 'InvalidNextTokenException',
  })
  const SecretValues: object[] = []
  const Errors: object[] = []
  for (const { name } of rows) {
    try {
      if (!by.isAllowed('secretsmanager:GetSecretValue'))
        throw accessDenied(by.arn, 'secretsmanager:GetSecretValue', name)
      const secret = store.get(name)
      SecretValues.push(valueOf(secret, currentOf(secret), by))
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      Errors.push({ SecretId: name, ErrorCode: error.code, Message: error.message })
    }
  }
  return { SecretValues, Errors, ...next }
}

function valueOf(secret: Secret, version: Version | undefined, by: Principal): object {
  refuseScheduled(secret)
  if (!version) throw notFound()
  if (!by.isAllowed('kms:Decrypt')) throw new Refused('AccessDeniedException', 'Access to KMS is not allowed')
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: version.id,
    ...(version.text === null ? { SecretBinary: version.binary } : { SecretString: version.text }),
    VersionStages: [...version.stages],
    CreatedDate: version.createdAt,
  }
}

const about = (secret: Secret): object => ({
  ARN: secret.arn,
  Name: secret.name,
  ...(secret.description !== null && { Description: secret.description }),
  ...(secret.kmsKeyId !== null && { KmsKeyId: secret.kmsKeyId }),
  ...(secret.rotates && { RotationEnabled: true }),
  LastChangedDate: secret.changedAt,
  ...(secret.deletesAt !== null && { DeletedDate: secret.deletesAt }),
  ...(secret.owningService !== null && { OwningService: secret.owningService }),
  ...(secret.primaryRegion !== null && { PrimaryRegion: secret.primaryRegion }),
  Tags: shownTags(secret.tags),
})

/** Only versions with a stage are shown. */
const stagesOf = ({ versions }: Secret): Record<string, string[]> =>
  Object.fromEntries(versions.filter(({ stages }) => stages.size > 0).map(({ id, stages }) => [id, [...stages]]))

function passes(secret: Secret, { Key, Values }: z.output<typeof filters>[number]): boolean {
  const texts = textsOf(secret, Key)
  return Values.some((value) =>
    value.startsWith('!')
      ? !texts.some((text) => text.startsWith(value.slice(1)))
      : texts.some((text) => text.startsWith(value)),
  )
}

function textsOf(secret: Secret, key: string): string[] {
  if (key === 'name') return [secret.name]
  if (key === 'tag-key') return [...secret.tags.keys()]
  if (key === 'tag-value') return [...secret.tags.values()]
  if (key === 'description') return [secret.description ?? '']
  if (key === 'owning-service') return [secret.owningService ?? '']
  if (key === 'primary-region') return [secret.primaryRegion ?? '']
  return [secret.name, secret.description ?? '', ...secret.tags.keys(), ...secret.tags.values()]
}
