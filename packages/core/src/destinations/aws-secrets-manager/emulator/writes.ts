/** The writing calls of Secrets Manager (botocore 1.43.11 `secretsmanager/2017-10-17`, 2026-11-28). */
import { z } from 'zod'
import { isKmsKey } from '../../aws/emulator/kms.ts'
import { membersOf } from '../../aws/emulator/members.ts'
import type { Principal } from '../../aws/emulator/principals.ts'
import { accessDenied, Refused } from '../../aws/emulator/refused.ts'
import { MAX_TAGS, tagList, tagMap } from '../../aws/emulator/tags.ts'
import {
  addVersion,
  newSecret,
  now,
  refuseContent,
  refuseManaged,
  refuseScheduled,
  tokenInUse,
  type Content,
  type Secret,
} from './secrets.ts'
import type { Store } from './store.ts'

const secretId = z.string().min(1).max(2048)
const content = { SecretString: z.string().min(1).optional(), SecretBinary: z.base64().optional() }
const token = z.string().min(32).max(64).optional()
const kmsKeyId = z.string().max(2048).optional()

const create = z.object({
  ...content,
  Name: z.string().min(1).max(512),
  ClientRequestToken: token,
  KmsKeyId: kmsKeyId,
  Description: z.string().max(2048).optional(),
  Tags: tagList.optional(),
})

export function createSecret(store: Store, input: unknown, by: Principal): object {
  const sent = membersOf(create, input)
  if (!/^[A-Za-z0-9/_+=.@-]+$/.test(sent.Name)) {
    throw new Refused(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    )
  }
  const versionId = tokenOf(sent.ClientRequestToken)
  const sentContent = contentOf(sent)
  refuseKey(sent.KmsKeyId, by)
  if (sent.Tags && !by.isAllowed('secretsmanager:TagResource'))
    throw accessDenied(by.arn, 'secretsmanager:TagResource', sent.Name)
  const known = store.find(sent.Name)
  if (typeof known?.deletesAt === 'number' || store.isBlocked(sent.Name)) {
    throw new Refused(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    )
  }
  if (known) {
    if (!known.versions.some(({ id }) => id === versionId)) {
      throw new Refused(
        'ResourceExistsException',
        `The operation failed because the secret ${sent.Name} already exists.`,
      )
    }
    addVersion(known, versionId, sentContent)
    return { ARN: known.arn, Name: known.name, VersionId: versionId }
  }
  const tags = tagMap(sent.Tags ?? [])
  refuseTags(tags)
  const secret = newSecret(sent.Name, { kmsKeyId: sent.KmsKeyId ?? null, description: sent.Description ?? null, tags })
  addVersion(secret, versionId, sentContent)
  store.add(secret)
  return { ARN: secret.arn, Name: secret.name, VersionId: versionId }
}

const putValue = z.object({ ...content, SecretId: secretId, ClientRequestToken: token })

export function putSecretValue(store: Store, input: unknown): object {
  const sent = membersOf(putValue, input)
  const secret = changeable(store, sent.SecretId)
  const version = addVersion(secret, tokenOf(sent.ClientRequestToken), contentOf(sent))
  store.changed(secret.name)
  return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: [...version.stages] }
}

const update = z.object({
  ...content,
  SecretId: secretId,
  ClientRequestToken: token,
  KmsKeyId: kmsKeyId,
  Description: z.string().max(2048).optional(),
})

/** Unlike PutSecretValue it refuses a token that is in use, whatever the content. */
export function updateSecret(store: Store, input: unknown, by: Principal): object {
  const sent = membersOf(update, input)
  const secret = changeable(store, sent.SecretId)
  refuseKey(sent.KmsKeyId, by)
  const writes = sent.SecretString !== undefined || sent.SecretBinary !== undefined
  const versionId = writes ? tokenOf(sent.ClientRequestToken) : null
  if (versionId !== null) {
    if (secret.versions.some(({ id }) => id === versionId)) throw tokenInUse(versionId, secret)
    addVersion(secret, versionId, contentOf(sent))
  }
  secret.kmsKeyId = sent.KmsKeyId ?? secret.kmsKeyId
  secret.description = sent.Description ?? secret.description
  secret.changedAt = now()
  store.changed(secret.name)
  return { ARN: secret.arn, Name: secret.name, ...(versionId !== null && { VersionId: versionId }) }
}

const deletion = z.object({
  SecretId: secretId,
  RecoveryWindowInDays: z.number().optional(),
  ForceDeleteWithoutRecovery: z.boolean().default(false),
})

const DAY = 86_400

/** By force it succeeds whether there is such a secret or not. */
export function deleteSecret(store: Store, input: unknown): object {
  const { SecretId, RecoveryWindowInDays: days, ForceDeleteWithoutRecovery: isForced } = membersOf(deletion, input)
  if (isForced && days !== undefined) {
    throw new Refused(
      'InvalidParameterException',
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    )
  }
  if (days !== undefined && (days < 7 || days > 30)) {
    throw new Refused(
      'InvalidParameterException',
      'The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).',
    )
  }
  const known = store.all().find(({ name, arn }) => [name, arn].includes(SecretId))
  if (isForced && !known) return { ARN: newSecret(SecretId).arn, Name: SecretId, DeletionDate: now() }
  const secret = store.get(SecretId)
  refuseManaged(secret)
  if (isForced) {
    store.remove(secret.name)
    return { ARN: secret.arn, Name: secret.name, DeletionDate: now() }
  }
  if (secret.deletesAt !== null) {
    throw new Refused(
      'InvalidRequestException',
      "You tried to perform the operation on a secret that's currently marked deleted.",
    )
  }
  secret.deletesAt = now() + (days ?? 30) * DAY
  store.changed(secret.name)
  return { ARN: secret.arn, Name: secret.name, DeletionDate: secret.deletesAt }
}

export function restoreSecret(store: Store, input: unknown): object {
  const { SecretId } = membersOf(z.object({ SecretId: secretId }), input)
  const secret = store.get(SecretId)
  secret.deletesAt = null
  store.changed(secret.name)
  return { ARN: secret.arn, Name: secret.name }
}

export function tagResource(store: Store, input: unknown): object {
  const { SecretId, Tags } = membersOf(z.object({ SecretId: secretId, Tags: tagList }), input)
  const secret = changeable(store, SecretId)
  const all = new Map([...secret.tags, ...tagMap(Tags)])
  refuseTags(all)
  secret.tags = all
  store.changed(secret.name)
  return {}
}

export function untagResource(store: Store, input: unknown): object {
  const { SecretId, TagKeys } = membersOf(z.object({ SecretId: secretId, TagKeys: z.array(z.string()) }), input)
  const secret = changeable(store, SecretId)
  for (const key of TagKeys) secret.tags.delete(key)
  store.changed(secret.name)
  return {}
}

function changeable(store: Store, id: string): Secret {
  const secret = store.get(id)
  refuseScheduled(secret)
  refuseManaged(secret)
  return secret
}

function contentOf(sent: { SecretString?: string; SecretBinary?: string }): Content {
  const found = { text: sent.SecretString ?? null, binary: sent.SecretBinary ?? null }
  refuseContent(found)
  return found
}

/** The SDKs make one; a client that speaks HTTP itself has to. */
function tokenOf(sent: string | undefined): string {
  if (sent !== undefined) return sent
  throw new Refused(
    'InvalidParameterException',
    'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
  )
}

function refuseKey(key: string | undefined, by: Principal): void {
  if (key !== undefined && !isKmsKey(key))
    throw new Refused('EncryptionFailure', `Secrets Manager can't encrypt with the key ${key}: it was not found.`)
  if (!by.isAllowed('kms:GenerateDataKey')) throw new Refused('AccessDeniedException', 'Access to KMS is not allowed')
}

function refuseTags(tags: ReadonlyMap<string, string>): void {
  if (tags.size > MAX_TAGS)
    throw new Refused('InvalidParameterException', `You can attach at most ${MAX_TAGS} tags to a secret.`)
}
