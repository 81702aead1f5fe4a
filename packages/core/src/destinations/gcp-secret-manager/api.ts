/** The calls on secrets and versions that a sync needs (protos of google.cloud.secretmanager.v1, 2026-11-28). */
import { crc32c } from '@aws-crypto/crc32c'
import { decodeUtf8 } from '@keyferry/schemas'
import { z } from 'zod'
import { DestinationError } from '../destination-error.ts'
import type { Http } from '../shared/http/http.ts'
import { readPages } from '../shared/http/pages.ts'
import { understood } from '../shared/http/understood.ts'
import { statusIn } from './errors.ts'

/** The secrets of a project, global or of one region. */
export interface Collection {
  /** To the host of the location. */
  http: Http
  projectId: string
  /** Null: the global secrets. */
  location: string | null
  /** Where the values of new global secrets are kept; empty: Google decides. */
  replicas: readonly string[]
}

/** The most that a page may have. */
const PAGE = 25_000

const secret = z.object({
  /** `projects/{number}/secrets/{id}` */
  name: z.string().regex(/\/secrets\/[^/]+$/),
  expireTime: z.string().optional(),
  secretType: z.union([z.string(), z.number()]).optional(),
  rotation: z.object({ managedRotationStatus: z.unknown() }).partial().optional(),
})
export type SecretRow = z.infer<typeof secret>

/** An empty project answers an object without secrets. */
const page = z.union([
  z.object({ secrets: z.array(secret), nextPageToken: z.string().optional() }),
  z.strictObject({ totalSize: z.number().optional(), nextPageToken: z.string().optional() }),
])

const prefixOf = ({ projectId, location }: Collection): string =>
  `/v1/projects/${encodeURIComponent(projectId)}${location === null ? '' : `/locations/${encodeURIComponent(location)}`}/secrets`

const pathOf = (collection: Collection, key: string): string => `${prefixOf(collection)}/${encodeURIComponent(key)}`

/** Every secret, without values, and without whether it has versions. May lag behind writes. */
export function listSecrets(collection: Collection): Promise<SecretRow[]> {
  return readPages(async (from) => {
    const more = from === null ? '' : `&pageToken=${encodeURIComponent(from)}`
    const path = `${prefixOf(collection)}?pageSize=${PAGE}${more}`
    const answer = await collection.http.request({ method: 'GET', path, repeatable: true, bucket: 'read' })
    const data = understood(page, answer.body, 'Google returned the list of secrets')
    return { rows: 'secrets' in data ? data.secrets : [], next: data.nextPageToken }
  })
}

export const keyOf = ({ name }: SecretRow): string => name.slice(name.lastIndexOf('/') + 1)

/** One secret without its value, or null. */
export async function getSecret(collection: Collection, key: string): Promise<SecretRow | null> {
  const answer = await collection.http.request({
    method: 'GET',
    path: pathOf(collection, key),
    repeatable: true,
    accept: isNotFound,
    bucket: 'read',
  })
  if (answer.status === 404) return null
  return understood(secret, answer.body, `Google returned "${key}"`)
}

/** Makes a secret without a version. One that is there stays as it is. */
export async function createSecret(collection: Collection, key: string): Promise<void> {
  const { http, location, replicas } = collection
  const answer = await http.request({
    method: 'POST',
    path: `${prefixOf(collection)}?secretId=${encodeURIComponent(key)}`,
    body: location === null ? { replication: replicationOf(replicas) } : {},
    repeatable: true,
    accept: (_status, body) => statusIn(body) === 'ALREADY_EXISTS',
    classify: ({ body }) => ({
      quotesValues: true,
      ...(statusIn(body) === 'FAILED_PRECONDITION' && { message: LOCATIONS_ONLY }),
    }),
    bucket: 'write',
  })
  if (answer.status !== 409 && !secret.safeParse(answer.body).success)
    throw new DestinationError('unavailable', `Google did not confirm that "${key}" was created`)
}

const LOCATIONS_ONLY =
  'a policy of the organization refuses the secret; where it allows named locations only, give the sync replica locations'

const replicationOf = (replicas: readonly string[]): object =>
  replicas.length === 0 ? { automatic: {} } : { userManaged: { replicas: replicas.map((location) => ({ location })) } }

const version = z.object({ name: z.string().regex(/\/versions\/\d+$/), state: z.literal('ENABLED') })

/** The number of the new version, or null when there is no such secret. Google verifies the checksum. */
export async function addVersion(collection: Collection, key: string, value: string): Promise<number | null> {
  const bytes = Buffer.from(value)
  const answer = await collection.http.request({
    method: 'POST',
    path: `${pathOf(collection, key)}:addVersion`,
    body: { payload: { data: bytes.toString('base64'), dataCrc32c: String(crc32c(bytes)) } },
    // A second version with the same value does no harm.
    repeatable: true,
    accept: isNotFound,
    // The value goes over the wire as base64, so that it could not be found in an answer that quotes it.
    classify: () => ({ quotesValues: true }),
    bucket: 'write',
  })
  if (answer.status === 404) return null
  const { success, data } = version.safeParse(answer.body)
  if (!success) throw new DestinationError('unavailable', `Google did not confirm that "${key}" was stored`)
  return numberIn(data.name)
}

const versions = z.object({ versions: z.array(z.object({ name: version.shape.name })).default([]) })

/** The number of the newest version that programs can read, or null when there is none. */
export async function newestEnabled(collection: Collection, key: string): Promise<number | null> {
  const answer = await collection.http.request({
    method: 'GET',
    path: `${pathOf(collection, key)}/versions?filter=${encodeURIComponent('state:ENABLED')}&pageSize=1`,
    repeatable: true,
    accept: isNotFound,
    classify: ({ status }) =>
      status === 403
        ? { message: 'the service account can’t list versions. Grant the permission, or keep old versions' }
        : null,
    bucket: 'read',
  })
  if (answer.status === 404) return null
  const data = understood(versions, answer.body, `Google returned the versions of "${key}"`)
  const [newest] = data.versions
  return newest === undefined ? null : numberIn(newest.name)
}

const numberIn = (name: string): number => Number(name.slice(name.lastIndexOf('/') + 1))

/** Disables or destroys a version. One that is destroyed already, or that never was, is left alone. */
export async function retireVersion(
  collection: Collection,
  key: string,
  number: number,
  how: 'disable' | 'destroy',
): Promise<void> {
  const answer = await collection.http.request({
    method: 'POST',
    path: `${pathOf(collection, key)}/versions/${number}:${how}`,
    body: {},
    repeatable: true,
    accept: (status, body) => isNotFound(status, body) || statusIn(body) === 'FAILED_PRECONDITION',
    classify: ({ status }) =>
      status === 403
        ? { message: `the service account can’t ${how} versions. Grant the permission, or keep old versions` }
        : null,
    bucket: 'write',
  })
  if (answer.status < 400 && !z.object({ name: version.shape.name }).safeParse(answer.body).success)
    throw new DestinationError('unavailable', `Google did not confirm to ${how} the old version of "${key}"`)
}

/** Deletes a secret with all its versions. One that is not there counts as deleted. */
export async function deleteSecret(collection: Collection, key: string): Promise<void> {
  const answer = await collection.http.request({
    method: 'DELETE',
    path: pathOf(collection, key),
    repeatable: true,
    accept: isNotFound,
    bucket: 'write',
  })
  if (answer.status !== 404 && !z.strictObject({}).safeParse(answer.body).success)
    throw new DestinationError('unavailable', `Google did not confirm that "${key}" was deleted`)
}

const accessed = z.object({ payload: z.object({ data: z.base64().default(''), dataCrc32c: z.string().optional() }) })

/** The value of the newest version; null when there is none, when it is disabled, or when it is not text. */
export async function readValue(collection: Collection, key: string): Promise<string | null> {
  const answer = await collection.http.request({
    method: 'GET',
    path: `${pathOf(collection, key)}/versions/latest:access`,
    repeatable: true,
    accept: (status, body) => isNotFound(status, body) || statusIn(body) === 'FAILED_PRECONDITION',
    bucket: 'access',
  })
  if (answer.status !== 200) return null
  const data = understood(accessed, answer.body, `Google returned the value of "${key}"`)
  const bytes = Buffer.from(data.payload.data, 'base64')
  const checksum = data.payload.dataCrc32c
  if (checksum !== undefined && checksum !== String(crc32c(bytes)))
    throw new DestinationError('unavailable', `The value of "${key}" arrived damaged from Google`)
  return decodeUtf8(bytes)
}

const isNotFound = (_status: number, body: unknown): boolean => statusIn(body) === 'NOT_FOUND'
