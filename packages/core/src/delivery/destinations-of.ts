/** Where some secrets of a folder should be, and what is known to be there. */
import type { Context, DataKey } from '@keyferry/kernel'
import { storedMessageText, type DeliveredTo } from '@keyferry/schemas'
import { keysShowing, projectKey, versionsIn, type ShowingKey } from '@keyferry/vault'
import type { DestinationDefinition } from '../destinations/destination.ts'
import { destination } from '../destinations/registry.ts'
import { digestOf } from '../plan/desired.ts'
import { keySchema } from '../plan/key-schema.ts'
import { driftTexts } from '../sync/drift-record.ts'
import { driftOptions, type StoredOptions } from '../sync/options.ts'
import { isPaused, readPauses, type Pauses } from '../sync/pauses.ts'
import { copiesOf, troubleOf, type StoredCopy, type Trouble } from './copies.ts'
import { deliveryOf, type Copy } from './copy-state.ts'
import type { KnownDestination } from './revocation.ts'
import { sendingSyncs, type SendingSync } from './sending-syncs.ts'

export interface SecretAt {
  id: string
  key: string
  /** The newest version. */
  version: number
}

/** A sync with what is parsed of it once. */
interface Sender {
  sync: SendingSync
  definition: DestinationDefinition
  target: Record<string, unknown>
  options: StoredOptions
  nameOf: (key: string) => string
  drift: ReadonlyMap<string, string>
  /** Why a person keeps secrets out of it, by key. */
  exclusions: ReadonlyMap<string, string>
  isPaused: boolean
}

export interface FoundDestination extends KnownDestination {
  secretId: string
}

export interface Destinations {
  found: FoundDestination[]
  /** There are syncs whose results the caller may not see. */
  hasHidden: boolean
  /** By folder: the keys that are made of the secrets. */
  shown: ReadonlyMap<string, readonly ShowingKey[]>
  places: ReadonlyMap<string, { environment: string; secretPath: string }>
}

/**
 * Of secrets of one folder. `exact`: compares values by their digests, and finds copies that were left behind; else the
 * versions in the ledger are believed. Throws `TooLarge` beyond the budget of a request.
 */
export async function destinationsOf(
  ctx: Context,
  { projectId, folderId }: { projectId: string; folderId: string },
  secrets: readonly SecretAt[],
  { exact }: { exact: boolean },
): Promise<Destinations> {
  const { syncs, hasHidden } = await sendingSyncs(ctx, projectId, folderId)
  const byId = new Map(secrets.map((secret) => [secret.id, secret]))
  const folderIds = [...new Set(syncs.map((sync) => sync.folderId))]
  const shown = await keysShowing(ctx, projectId, { folderIds, secrets: byId, values: exact })
  const pauses = await readPauses(ctx, ctx.db)
  const senders = new Map(syncs.map((sync) => [sync.id, senderOf(pauses, sync)]))
  const expected = [...senders.values()].flatMap((sender) =>
    sender.sync.removal === null
      ? (shown.get(sender.sync.folderId) ?? []).map((key) => ({ sender, shown: key, name: sender.nameOf(key.key) }))
      : [],
  )
  const dataKey = await projectKey(ctx, ctx.db, projectId)
  const names = [...new Set(expected.map(({ name }) => name))]
  const [only] = exact ? secrets : []
  const copies = await copiesOf(ctx, dataKey, {
    syncIds: [...senders.keys()],
    names,
    ...(only ? { secret: only } : {}),
  })
  const troubled = await troubleOf(
    ctx,
    syncs.flatMap(({ lastRunId }) => lastRunId ?? []),
    names,
  )
  const copyAt = new Map(copies.map((copy) => [`${copy.syncId} ${copy.targetKey} ${copy.key}`, copy]))

  const found = expected.flatMap(({ sender, shown: key, name }) => {
    const at = `${sender.sync.id} ${sender.sync.targetKey} ${name}`
    const stored = copyAt.get(at)
    copyAt.delete(at)
    const trouble = troubled(sender.sync.lastRunId, name)
    const parts =
      key.madeOf === null ? secrets : Object.keys(versionsIn(key.madeOf)).flatMap((id) => byId.get(id) ?? [])
    return parts.map((secret) => ({
      secretId: secret.id,
      ...expectedAt({ dataKey, sender, secret, name, stored, key, trouble, exact }),
    }))
  })
  if (only) {
    const sent = new Set(expected.map(({ sender, name }) => `${sender.sync.id} ${name}`))
    // Of another secret by the same name, which another of the folders has, nothing is said.
    const rest = [...copyAt.values()].filter(({ syncId, key, sourceKey, madeOf }) => {
      if (madeOf) return Object.hasOwn(versionsIn(madeOf), only.id)
      const isOwn = senders.get(syncId)?.sync.folderId === folderId && sourceKey === only.key
      return isOwn || sent.has(`${syncId} ${key}`)
    })
    found.push(...(await leftBehind(ctx, dataKey, { secret: only, copies: rest, senders, shown })))
  }
  const places = new Map(syncs.map(({ folderId, environment, secretPath }) => [folderId, { environment, secretPath }]))
  return { found, hasHidden, shown, places }
}

function senderOf(pauses: Pauses, sync: SendingSync): Sender {
  const definition = destination(sync.destination)
  const options: StoredOptions = JSON.parse(sync.options)
  const target: Record<string, unknown> = JSON.parse(sync.target)
  const schema = keySchema(options.keySchema, sync.environment, definition.limits.storedName)
  const exclusions = new Map(options.excluded?.map((one) => [one.key, one.reason]))
  return {
    sync,
    definition,
    target,
    options,
    nameOf: schema.name,
    drift: driftTexts(sync),
    exclusions,
    isPaused: isPaused(pauses, sync),
  }
}

interface Expected {
  dataKey: DataKey
  sender: Sender
  secret: SecretAt
  name: string
  stored: StoredCopy | undefined
  key: ShowingKey
  trouble: Trouble
  exact: boolean
}

function expectedAt({ dataKey, sender, secret, name, stored, key, trouble, exact }: Expected): KnownDestination {
  const { sync, drift } = sender
  const exclusion = sender.exclusions.get(key.key) ?? null
  const isWithoutTrouble = exclusion === null && trouble.failure === null && trouble.rejection === null
  // A run that compared it found nothing to write.
  const isInSync = !exact && sync.applied === sync.wanted && isWithoutTrouble
  const known = copyOf(dataKey, secret, stored, key)
  const copy = known === 'unknown' && isInSync ? 'newest' : known
  const message = sync.message === null ? null : storedMessageText(sync.message)
  const delivery = deliveryOf({
    copy,
    drift: drift.get(name) ?? null,
    exclusion,
    pause: sender.isPaused ? 'nothing is sent until it is resumed' : null,
    blockage: sync.state === 'blocked' ? (message ?? 'it is blocked') : null,
    failure: trouble.failure ?? (sync.state === 'failed' ? (message ?? 'its last run failed') : null),
    rejection: trouble.rejection,
  })
  const version = copy === 'newest' ? secret.version : versionIn(stored, secret)
  // What a check found to be changed proves nothing.
  const proof = delivery.state === 'drifted' ? NO_PROOF : proofOf(sender, stored, { isCompared: exclusion === null })
  return { ...about(sender, stored, version), ...proof, ...delivery, key: name, copy }
}

/** What every destination says of itself and of its copy. */
function about(
  { sync, definition, target }: Sender,
  stored: StoredCopy | undefined,
  version: number | null,
): Omit<DeliveredTo, 'key' | 'state' | 'reason' | keyof Proof> {
  return {
    syncId: sync.id,
    syncName: sync.name,
    destination: sync.destination,
    target: definition.targetLabel(target),
    environment: sync.environment,
    secretPath: sync.secretPath,
    version,
    deliveredAt: stored && hasValue(stored) ? stored.writtenAt : null,
  }
}

const hasValue = ({ digest, intent }: StoredCopy): boolean => digest !== '' && intent === null

function copyOf(
  dataKey: DataKey,
  secret: SecretAt,
  stored: StoredCopy | undefined,
  { value, madeOf }: Pick<ShowingKey, 'value' | 'madeOf'>,
): Copy {
  if (!stored) return 'none'
  if (stored.intent !== null) return 'interrupted'
  if (stored.digest === '') return 'none'
  if (value !== null && digestOf(dataKey, stored.key, value, stored.flags) === stored.digest) return 'newest'
  // Of a value that is made of several secrets, another one may be what differs.
  const isAlone = madeOf !== null && Object.keys(versionsIn(madeOf)).length === 1
  if (value !== null && isAlone) return 'older'
  const version = versionIn(stored, secret)
  if (version === null) return 'unknown'
  return version === secret.version ? 'newest' : 'older'
}

/** The version of the secret that went into a copy; null when it is not known. */
function versionIn(stored: StoredCopy | undefined, { id }: SecretAt): number | null {
  if (!stored || !hasValue(stored) || !stored.madeOf) return null
  return versionsIn(stored.madeOf)[id] ?? null
}

type Proof = Pick<DeliveredTo, 'proof' | 'provenAt'>

const NO_PROOF: Proof = { proof: null, provenAt: null }

/**
 * The vendor’s answer confirms a write. A listing after that shows more: the value, or the revision that
 * our write made. `isCompared`: runs and checks of the sync compare this copy.
 */
function proofOf(
  { sync, definition, target, options }: Sender,
  stored: StoredCopy | undefined,
  { isCompared }: { isCompared: boolean },
): Proof {
  if (!stored || !hasValue(stored)) return NO_PROOF
  const isPlanned = sync.runPlan !== null && (sync.state === 'succeeded' || sync.state === 'partial')
  const looks = [sync.checkedAt, isPlanned ? sync.runStartedAt : null].filter((at) => at !== null)
  const lookedAt = looks.sort().at(-1)
  const isListed = definition.values === 'listed' && !definition.hidesValues?.(target)
  const isRead = driftOptions(options).driftReadsValues && sync.driftMessage === null
  const isSeen = isCompared && lookedAt !== undefined && stored.writtenAt < lookedAt
  if (isSeen && (isListed || isRead)) return { proof: 'read-back', provenAt: lookedAt }
  if (stored.revision !== null) return { proof: 'revision', provenAt: isSeen ? lookedAt : stored.writtenAt }
  return { proof: 'fingerprint', provenAt: stored.writtenAt }
}

interface Left extends Pick<Destinations, 'shown'> {
  secret: SecretAt
  copies: readonly StoredCopy[]
  /** By the ID of the sync. */
  senders: ReadonlyMap<string, Sender>
}

/** Copies where the secret is not sent any more: an older name or place, or a sync that reads another folder. */
async function leftBehind(
  ctx: Context,
  dataKey: DataKey,
  { secret, copies, senders, shown }: Left,
): Promise<FoundDestination[]> {
  const rest = copies.filter(({ digest, intent }) => digest !== '' || intent !== null)
  if (rest.length === 0) return []
  const departures = await ctx.db
    .selectFrom('departures')
    .where('syncId', 'in', [...new Set(rest.map(({ syncId }) => syncId))])
    .select(['syncId', 'targetKey', 'target'])
    .execute()
  // The value under its own name, in whichever folder shows it alone.
  const value = [...shown.values()]
    .flat()
    .find(({ madeOf }) => madeOf && Object.keys(versionsIn(madeOf)).join() === secret.id)
  return rest.flatMap((stored) => {
    const sender = senders.get(stored.syncId)
    if (!sender) return []
    const left = departures.find(({ syncId, targetKey }) => syncId === stored.syncId && targetKey === stored.targetKey)
    const at = left ? { ...sender, target: JSON.parse(left.target) } : sender
    const copy = copyOf(dataKey, secret, stored, { value: value?.value ?? null, madeOf: stored.madeOf })
    const version = copy === 'newest' ? secret.version : versionIn(stored, secret)
    const place = { ...about(at, stored, version), ...proofOf(at, stored, { isCompared: false }) }
    return [{ ...place, secretId: secret.id, key: stored.key, state: 'left-behind', reason: null, copy }]
  })
}
