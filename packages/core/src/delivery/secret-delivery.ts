/** The delivery receipt of one secret. */
import type { SecretVersionTable, Selectable } from '@keyferry/db'
import { NotFound, snapshot, type Actor, type Context, type DataKey } from '@keyferry/kernel'
import type { DeliveredTo, DeliveryState, SecretDelivery, secretDeliveryQuery } from '@keyferry/schemas'
import { findFolder, openValue, projectKey } from '@keyferry/vault'
import type { z } from 'zod'
import { destinationsOf, type Destinations, type FoundDestination } from './destinations-of.ts'
import { readersOf } from './readers.ts'
import { revocationOf } from './revocation.ts'
import { runsDelivering } from './runs-delivering.ts'

type Query = z.output<typeof secretDeliveryQuery>

/** Versions that are opened to find the one that first had the present value. */
const COMPARED = 100

/**
 * Where the newest version of a secret, or with `version` that one, has arrived, and whether the value before can be
 * revoked. `namesReaders`: the caller may read the audit log. Throws `NotFound`, `TooLarge`.
 */
export async function readSecretDelivery(
  ctx: Context,
  _actor: Actor,
  input: Query,
  namesReaders: boolean,
): Promise<SecretDelivery> {
  const { projectId, environment, secretPath, key } = input
  const { folderId, secret, versions, dataKey } = await find(ctx, input)
  const asked = input.version ?? secret.version
  const isNewest = asked === secret.version
  const since = firstWithValue(versions, secret.version, dataKey, projectId)
  const all = await destinationsOf(ctx, { projectId, folderId }, [secret], { exact: true })
  const found = isNewest ? all.found : all.found.map((one) => ofVersion(one, asked))
  const destinations = found.toSorted((a, b) => (placeOf(a) < placeOf(b) ? -1 : 1))
  const { readers, since: readersSince } = await readersOf(ctx, {
    projectId,
    places: readPlaces(all, { folderId, environment, secretPath, key }),
    own: { environment, secretPath, key },
    since: { version: since.first.version, at: since.first.createdAt },
  })
  const expected = destinations.filter(({ state }) => state !== 'left-behind' && state !== 'excluded')
  const isDelivered = expected.every(({ state }) => state === 'delivered')
  const last = expected
    .flatMap(({ deliveredAt }) => deliveredAt ?? [])
    .sort()
    .at(-1)
  return {
    secret: { id: secret.id, key, environment, secretPath },
    version: asked,
    newestVersion: secret.version,
    changedAt: isNewest ? since.first.createdAt : (versions.find(({ version }) => version === asked)?.createdAt ?? ''),
    isDelivered,
    deliveredAt: isDelivered ? (last ?? null) : null,
    destinations: destinations.map(shown),
    hasHiddenDestinations: all.hasHidden,
    readers: namesReaders ? readers : null,
    readersSince,
    revocation:
      isNewest && since.hasOlder
        ? revocationOf({ destinations, hasHiddenDestinations: all.hasHidden, readers, namesReaders })
        : null,
    runs: await runsDelivering(ctx, secret.id, destinations),
  }
}

const shown = ({ copy: _, secretId: __, ...destination }: FoundDestination): DeliveredTo => destination

/** In the list: by sync and key, and last what was left behind. */
const placeOf = ({ state, syncName, key, target }: FoundDestination): string =>
  [state === 'left-behind' ? 1 : 0, syncName, key, target].join('\0')

/** States in which a destination need not have the version that was written last. */
const UNCERTAIN: readonly DeliveryState[] = ['left-behind', 'excluded', 'drifted']

/** The same for a version that is not the newest. */
function ofVersion(one: FoundDestination, asked: number): FoundDestination {
  const isCertain = !UNCERTAIN.includes(one.state)
  if (!isCertain || one.version === null || one.version < asked) return one
  return { ...one, state: one.version === asked ? 'delivered' : 'replaced', reason: null }
}

async function find(ctx: Context, input: Query) {
  const { projectId, environment, secretPath, key, version } = input
  return snapshot(ctx, async (tx) => {
    const { folder } = await findFolder(tx, input)
    const secret = await tx
      .selectFrom('secrets')
      .where('folderId', '=', folder.id)
      .where('key', '=', key)
      .select(['id', 'key', 'version'])
      .executeTakeFirst()
    if (!secret) throw new NotFound(`Secret with name "${key}" not found in ${environment}:${secretPath}`)
    const versions = await tx
      .selectFrom('secretVersions')
      .where('secretId', '=', secret.id)
      .orderBy('version', 'desc')
      .limit(COMPARED)
      .selectAll()
      .execute()
    if (version !== undefined && !versions.some((row) => row.version === version && row.deleted === 0))
      throw new NotFound(`Version ${version} of secret "${key}" not found in ${environment}:${secretPath}`)
    return { folderId: folder.id, secret, versions, dataKey: await projectKey(ctx, tx, projectId) }
  })
}

/** A version that only changes the comment has the value of the one before. What cannot be opened counts as another. */
function firstWithValue(
  versions: readonly Selectable<SecretVersionTable>[],
  newest: number,
  dataKey: DataKey,
  projectId: string,
): { first: { version: number; createdAt: string }; hasOlder: boolean } {
  const open = (row: Selectable<SecretVersionTable>) => (row.deleted === 1 ? null : openValue(dataKey, projectId, row))
  const [present, ...older] = versions
  if (!present) return { first: { version: newest, createdAt: '' }, hasOlder: false }
  const value = open(present)
  const other = value === null ? 0 : older.findIndex((row) => open(row) !== value)
  const first = other < 0 ? (older.at(-1) ?? present) : (older[other - 1] ?? present)
  return { first, hasOlder: other < 0 ? versions.length === COMPARED : older.length > 0 }
}

/** The folder itself, and those that show the secret and that the caller may see. */
function readPlaces(
  { shown, places }: Destinations,
  own: { folderId: string; environment: string; secretPath: string; key: string },
) {
  const others = [...shown].flatMap(([folderId, keys]) => {
    const place = places.get(folderId)
    return place && folderId !== own.folderId ? [{ ...place, keys: new Set(keys.map(({ key }) => key)) }] : []
  })
  const inOwn = shown.get(own.folderId)?.map(({ key }) => key) ?? []
  return [{ environment: own.environment, secretPath: own.secretPath, keys: new Set([own.key, ...inOwn]) }, ...others]
}
