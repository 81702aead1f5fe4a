/**
 * All keys in one secret, as a JSON object. AWS has no compare-and-set: after a write, the version that it replaced
 * must be the one that was read.
 */
import { z } from 'zod'
import { isAwsError } from '../aws/errors.ts'
import { shownKey } from '../aws/kms-keys.ts'
import { awsTags, awsTagsFlag } from '../aws/tags.ts'
import { DestinationError } from '../destination-error.ts'
import { canonical, type Change, type Client, type Flags } from '../destination.ts'
import { documentClient, type Document, type Member } from '../shared/clients/document.ts'
import { jsonType, membersOf, parseExactly } from '../shared/http/exact-json.ts'
import { tagChanges, tagsOf, type Tags } from '../shared/clients/tags.ts'
import {
  createSecret,
  describeSecret,
  getSecretValue,
  tagSecret,
  untagSecret,
  updateSecret,
  type SecretsRegion,
} from './api.ts'
import { textOf } from './limits.ts'
import type { SecretsManagerOptions } from './schemas.ts'

/** What was read. Members that are no text belong to others and stay as they are, numbers with the text they had. */
interface Version {
  id: string
  members: ReadonlyMap<string, unknown>
  /** KMS key and tags, where the sync has any; all keys have those of the secret. */
  shown: { flags: Flags; tags: Tags } | null
}

export interface OneSecret {
  at: SecretsRegion
  secretName: string
  options: SecretsManagerOptions
}

export const oneSecretClient = (secret: OneSecret): Client => ({
  ...documentClient<Version>(
    {
      read: async () => {
        const [version, shown] = await Promise.all([readVersion(secret), readShown(secret)])
        return documentOf(version && { ...version, shown })
      },
      write: (document, changes) => writeVersion(secret, document.version, changes),
    },
    // Any text fits into JSON: a refusal is none of its keys' fault, and each part would be one of 100 writes a day.
    { mayHalve: () => false },
  ),
  readValues: async () => {
    const members = (await readVersion(secret))?.members ?? new Map<string, unknown>()
    return new Map([...members].flatMap(([key, member]) => (typeof member === 'string' ? [[key, member]] : [])))
  },
})

const json = z.string().transform((text, ctx): unknown => {
  try {
    return parseExactly(text)
  } catch {
    ctx.addIssue({ code: 'custom', message: 'not JSON' })
    return z.NEVER
  }
})

async function readVersion({ at, secretName }: OneSecret): Promise<Omit<Version, 'shown'> | null> {
  try {
    const found = await getSecretValue(at, secretName)
    if (found === null) return null
    const { success, data } = json.safeParse(found.SecretString)
    const members = success ? membersOf(data) : null
    if (members !== null) return { id: found.VersionId, members }
  } catch (error) {
    if (!isAwsError(error, 'InvalidRequestException')) throw error
    throw new DestinationError(
      'missing',
      `the secret ${secretName} is scheduled for deletion in AWS; restore it in AWS`,
    )
  }
  throw new DestinationError(
    'rejected',
    `the value of the secret ${secretName} is not a JSON object, so keys can't be stored in it; choose another secret`,
  )
}

/** What the secret has of the KMS key and the tags that the sync sets, which takes a call of its own. */
async function readShown({ at, secretName, options }: OneSecret): Promise<Version['shown']> {
  const wanted = tagsOf(awsTagsFlag(options))
  const hasTags = Object.keys(wanted).length > 0
  if (options.keyId === undefined && !hasTags) return null
  const secret = await describeSecret(at, secretName)
  const tags = Object.fromEntries((secret?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))
  const ours = Object.entries(tags).filter(([key]) => Object.hasOwn(wanted, key))
  const flags = {
    ...(options.keyId === undefined ? {} : { kmsKey: shownKey(secret?.KmsKeyId, options.keyId) }),
    ...(hasTags ? { tags: canonical(Object.fromEntries(ours)) } : {}),
  }
  return { flags, tags }
}

const documentOf = (version: Version | null): Document<Version> => ({
  members: new Map(
    [...(version?.members ?? [])].map(([key, member]) => [key, { ...memberOf(member), flags: version?.shown?.flags }]),
  ),
  version,
})

const memberOf = (member: unknown): Member =>
  typeof member === 'string' ? { value: member } : { otherType: `a JSON ${jsonType(member)}` }

async function writeVersion(secret: OneSecret, read: Version | null, changes: readonly Change[]): Promise<Version> {
  const members = new Map(read?.members)
  for (const change of changes) {
    if (change.action === 'delete') members.delete(change.key)
    else members.set(change.key, change.value)
  }
  if (read === null) return { id: await create(secret, members), members, shown: null }
  // First: a tag that fails after the value was written would show our own value as somebody else's change.
  await tag(secret, read, changes)
  return { id: await replace(secret, read, members), members, shown: read.shown }
}

/** A new secret has its tags from the start. */
async function tag({ at, secretName }: OneSecret, { shown }: Version, changes: readonly Change[]): Promise<void> {
  const work = changes.flatMap((change) => (change.action === 'delete' ? [] : tagChanges(change, shown?.tags)))
  const tags = awsTags(Object.assign({}, ...work.map(({ set }) => set)))
  const removed = [...new Set(work.flatMap((one) => one.removed))]
  if (tags) await tagSecret(at, secretName, tags)
  if (removed.length > 0) await untagSecret(at, secretName, removed)
}

async function create({ at, secretName, options }: OneSecret, members: ReadonlyMap<string, unknown>): Promise<string> {
  try {
    const tags = awsTags(tagsOf(awsTagsFlag(options)))
    return await createSecret(at, { name: secretName, text: textOf(members), keyId: options.keyId, tags })
  } catch (error) {
    if (isAwsError(error, 'ResourceExistsException')) throw changedMeanwhile(secretName)
    throw error
  }
}

/** How often a version of others that was overwritten is put back before the run gives up. */
const TRIES = 5

/**
 * Writes, and looks which version that replaced. One that was not read here is somebody's who wrote in between: it is
 * put back as the current one, and this throws `conflict`, so that the document is read again.
 */
async function replace(secret: OneSecret, read: Version, members: ReadonlyMap<string, unknown>): Promise<string> {
  const { at, secretName, options } = secret
  const ours = textOf(members)
  let [expected, text] = [read.id, ours]
  for (let tries = 1; tries <= TRIES; tries += 1) {
    const id = await updateSecret(at, secretName, { text, keyId: options.keyId })
    const replaced = await replacedBy(secret, id)
    if (replaced === expected && text === ours) return id
    if (replaced === expected || replaced === null) break
    // As it is: it need not be JSON.
    const theirs = await getSecretValue(at, secretName, replaced)
    if (typeof theirs?.SecretString !== 'string') break
    ;[expected, text] = [id, theirs.SecretString]
  }
  throw changedMeanwhile(secretName)
}

/** The version that was the current one before `id`; null where `id` is no longer the current one. */
async function replacedBy({ at, secretName }: OneSecret, id: string): Promise<string | null> {
  const secret = await describeSecret(at, secretName)
  const byStage = (stage: string): string | undefined =>
    Object.entries(secret?.versions ?? {}).find(([, stages]) => stages.includes(stage))?.[0]
  return byStage('AWSCURRENT') === id ? (byStage('AWSPREVIOUS') ?? null) : null
}

const changedMeanwhile = (secretName: string): DestinationError =>
  new DestinationError('conflict', `someone changed the secret ${secretName} while it was written`)
