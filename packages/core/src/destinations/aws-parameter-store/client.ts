/** Lists and writes the parameters right below one path: a call per write, deletes in tens. */
import { randomUUID } from 'node:crypto'
import { chunksOf } from '../aws/chunks.ts'
import { awsTags } from '../aws/tags.ts'
import { isAwsError } from '../aws/errors.ts'
import { shownKey } from '../aws/kms-keys.ts'
import { applyEach } from '../shared/clients/apply-each.ts'
import { DestinationError } from '../destination-error.ts'
import { applyInBatches } from '../shared/clients/batch.ts'
import type { Change, Client, Observed, Report, Write } from '../destination.ts'
import { tagChanges, tagsOf } from '../shared/clients/tags.ts'
import {
  addTags,
  deleteParameters,
  describeParameters,
  getParameters,
  listParameters,
  NAMES_PER_CALL,
  putParameter,
  removeTags,
  type ParameterMetadata,
  type ParameterPath,
} from './api.ts'
import type { ParameterStoreOptions } from './schemas.ts'

/** Calls in flight. */
const CONCURRENCY = 10

type Delete = Extract<Change, { action: 'delete' }>

export function parameterStoreClient(path: ParameterPath, options: ParameterStoreOptions): Client {
  /** Whether the listing shows the marks of first versions. */
  let showsMarks = true
  /** The KMS keys of the parameters, where the listing shows them. */
  let keyIds: ReadonlyMap<string, string> = new Map()
  /** A write without a key would move the parameter to the account's default key. */
  const optionsFor = ({ key }: Change): ParameterStoreOptions => ({
    ...options,
    keyId: options.keyId ?? keyIds.get(path.path + key),
  })
  return {
    list: async () => {
      const { found, isDescribed } = await metadataOf(path)
      showsMarks = isDescribed
      keyIds = new Map(found.flatMap(({ Name, KeyId }) => (KeyId ? [[Name, KeyId] as const] : [])))
      return withoutTwins(found).map((parameter) => observed(path, options, parameter))
    },
    // New values first: a renamed key exists under its new name before the old one is deleted.
    async apply(changes, report) {
      const writes = changes.filter((change) => change.action !== 'delete')
      await applyEach(writes, report, (change) => write(path, optionsFor(change), { change, showsMarks }), {
        concurrency: CONCURRENCY,
      })
      await deleteAll(path, changes, report)
    },
    async readValues(keys) {
      const names = keys.map((key) => path.path + key)
      const pages = chunksOf(names, NAMES_PER_CALL).map((some) => getParameters(path, some))
      const found = (await Promise.all(pages)).flat()
      return new Map(found.map(({ Name, Value }) => [keyOf(path, Name), Value]))
    },
  }
}

/** Versions and keys show in the description; a credential that may not describe gets the versions alone. */
async function metadataOf(path: ParameterPath): Promise<{ found: ParameterMetadata[]; isDescribed: boolean }> {
  try {
    return { found: await describeParameters(path), isDescribed: true }
  } catch (error) {
    if (isAwsError(error, 'AccessDeniedException')) return { found: await listParameters(path), isDescribed: false }
    throw error
  }
}

/** At the root, `/KEY` and `KEY` are two parameters: the one that we write counts. */
const withoutTwins = (found: readonly ParameterMetadata[]): ParameterMetadata[] => {
  const names = new Set(found.map(({ Name }) => Name))
  return found.filter(({ Name }) => Name.startsWith('/') || !names.has(`/${Name}`))
}

function observed(path: ParameterPath, { keyId }: ParameterStoreOptions, parameter: ParameterMetadata): Observed {
  const { Name, Type, Version, KeyId, Description, DataType, Policies } = parameter
  const isText = (DataType ?? 'text') === 'text'
  const hasPolicies = (Policies ?? []).length > 0
  return {
    key: keyOf(path, Name),
    remoteIds: [idOf(Version, markIn(Description))],
    flags: keyId === undefined || KeyId === undefined || KeyId === null ? {} : { kmsKey: shownKey(KeyId, keyId) },
    ...(Type === 'SecureString' ? {} : { otherType: `a parameter of the type ${Type}` }),
    ...(Name.startsWith('/') ? {} : { notManaged: 'a parameter without a path' }),
    // A write changes neither: it would be repeated by every run.
    ...(hasPolicies ? { notManaged: 'a parameter with an expiration policy' } : {}),
    ...(isText ? {} : { notManaged: `a parameter of the data type ${DataType}` }),
  }
}

const keyOf = ({ path }: ParameterPath, name: string): string =>
  name.startsWith(path) ? name.slice(path.length) : name

/** Answers the ID that the key has afterwards. */
async function write(
  path: ParameterPath,
  options: ParameterStoreOptions,
  { change, showsMarks }: { change: Change; showsMarks: boolean },
): Promise<string[]> {
  if (change.action === 'delete') return []
  if (change.action === 'update') return overwrite(path, options, change)
  const mark = randomUUID()
  try {
    const tags = awsTags(tagsOf(change.flags))
    const put = { ...putOf(path, options, change), overwrite: false, description: `Synced by Keyferry ${mark}`, tags }
    return [idOf(await putParameter(path, put), showsMarks ? mark : null)]
  } catch (error) {
    if (!isAwsError(error, 'ParameterAlreadyExists')) throw error
    return settle(path, options, { change, mark: showsMarks ? mark : null })
  }
}

/** It exists by now: as our own write whose answer was lost, or because somebody created it. */
async function settle(
  path: ParameterPath,
  options: ParameterStoreOptions,
  { change, mark }: { change: Write; mark: string | null },
): Promise<string[]> {
  const [found] = await getParameters(path, [path.path + change.key])
  if (found?.Type === 'SecureString' && found.Value === change.value) return [idOf(found.Version, mark)]
  if (found && found.Type !== 'SecureString') {
    throw new DestinationError(
      'conflict',
      `${path.path}${change.key} was created as a parameter of the type ${found.Type} meanwhile; the next run looks again`,
    )
  }
  return overwrite(path, options, change)
}

async function overwrite(path: ParameterPath, options: ParameterStoreOptions, change: Write): Promise<string[]> {
  const put = putOf(path, options, change)
  try {
    const version = await putParameter(path, { ...put, overwrite: true })
    const { set, removed } = tagChanges(change)
    const tags = awsTags(set)
    if (tags) await addTags(path, put.name, tags)
    if (removed.length > 0) await removeTags(path, put.name, removed)
    return [idOf(version, null)]
  } catch (error) {
    if (!isAwsError(error, 'HierarchyTypeMismatchException')) throw error
    throw new DestinationError(
      'rejected',
      `${put.name} is a parameter of another type, which AWS does not change; delete it, and the next run creates it`,
      { code: error.code, cause: error },
    )
  }
}

/**
 * A parameter that somebody deleted and created again has the version 1 again, so a first version is known by the mark
 * that we put into its description as well.
 */
const idOf = (version: number, mark: string | null): string =>
  version === 1 && mark !== null ? `v1 ${mark}` : `v${version}`

const markIn = (description: string | null | undefined): string | null =>
  /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.exec(description ?? '')?.[0] ?? null

const putOf = ({ path }: ParameterPath, { keyId, tier }: ParameterStoreOptions, { key, value }: Write) => ({
  name: path + key,
  value,
  keyId,
  // Left out otherwise: a parameter that became an advanced one can't become a standard one again.
  tier: tier === 'intelligent-tiering' ? ('Intelligent-Tiering' as const) : undefined,
})

function deleteAll(path: ParameterPath, changes: readonly Change[], report: Report): Promise<void> {
  const deletes = changes.filter((change): change is Delete => change.action === 'delete')
  return applyInBatches(deletes, report, { keysPerCall: NAMES_PER_CALL }, async (batch) => {
    const gone = await deleteParameters(
      path,
      batch.map(({ key }) => path.path + key),
    )
    return batch
      .filter(({ key }) => !gone.has(path.path + key))
      .map((change) => ({ change, error: notDeleted(change.key) }))
  })
}

const notDeleted = (key: string): DestinationError =>
  new DestinationError('unavailable', `AWS did not confirm that ${key} was deleted`)
