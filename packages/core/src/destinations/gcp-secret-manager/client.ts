/**
 * A project as a target: a new value is a new version, a new key a secret and its first version. Lists and `latest` may
 * lag behind writes, so each call copes with a secret that is there, or not, against expectation.
 */
import pLimit from 'p-limit'
import { applyEach } from '../shared/clients/apply-each.ts'
import { DestinationError } from '../destination-error.ts'
import type { Change, Client, Observed } from '../destination.ts'
import {
  addVersion,
  createSecret,
  deleteSecret,
  getSecret,
  keyOf,
  newestEnabled,
  listSecrets,
  readValue,
  retireVersion,
  type Collection,
  type SecretRow,
} from './api.ts'

/** Calls in flight. */
const CONCURRENCY = 10

/** What happens to the version before the one that is written. */
export type OldVersions = 'keep' | 'disable' | 'destroy'

export function gcpClient(collection: Collection, oldVersions: OldVersions): Client {
  /** What `read` answers for each key, where that is not null. */
  const readEach = async <T>(
    keys: readonly string[],
    read: (key: string) => Promise<T | null>,
  ): Promise<[string, T][]> => {
    const limit = pLimit(CONCURRENCY)
    const found = await Promise.all(keys.map((key) => limit(async () => [key, await read(key)] as const)))
    return found.flatMap(([key, one]) => (one === null ? [] : [[key, one]]))
  }
  return {
    list: async () => (await listSecrets(collection)).map(observed),
    apply(changes, report) {
      // A new secret is two calls: itself, and its first version.
      const creates = changes.filter(({ action }) => action === 'create').length
      collection.http.expect('write', changes.length + creates)
      return applyEach(changes, report, (change) => carryOut(collection, change, oldVersions), {
        concurrency: CONCURRENCY,
      })
    },
    reread: async (keys) => (await readEach(keys, (key) => getSecret(collection, key))).map(([, row]) => observed(row)),
    readValues: async (keys) => new Map(await readEach(keys, (key) => readValue(collection, key))),
  }
}

/** No ids: a list shows no versions. */
const observed = (row: SecretRow): Observed => ({
  key: keyOf(row),
  remoteIds: [],
  flags: {},
  ...(isManaged(row) && { notManaged: 'a secret that Google manages' }),
  ...(row.expireTime !== undefined && { notManaged: 'a secret that expires' }),
})

const isManaged = ({ secretType, rotation }: SecretRow): boolean =>
  rotation?.managedRotationStatus !== undefined ||
  (secretType !== undefined && secretType !== 'SECRET_TYPE_UNSPECIFIED' && secretType !== 0)

async function carryOut(collection: Collection, change: Change, oldVersions: OldVersions): Promise<readonly string[]> {
  const { action, key } = change
  if (action === 'delete') {
    await deleteSecret(collection, key)
    return []
  }
  // Read before: the number below the new one may be of a version that somebody else added or destroyed.
  const before = oldVersions === 'keep' ? null : await newestEnabled(collection, key)
  const known = action === 'update' ? await addVersion(collection, key, change.value) : null
  if (known === null) await createWith(collection, key, change.value)
  if (before !== null && oldVersions !== 'keep') await retireVersion(collection, key, before, oldVersions)
  return []
}

async function createWith(collection: Collection, key: string, value: string): Promise<void> {
  await createSecret(collection, key)
  if ((await addVersion(collection, key, value)) !== null) return
  throw new DestinationError(
    'unavailable',
    `Google created "${key}" and does not know it yet; the next run tries again`,
  )
}
