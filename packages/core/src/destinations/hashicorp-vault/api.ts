/** The calls on one document of a KV mount (Vault's API documents and OpenBao's source, 2026-11-28). */
import { z } from 'zod'
import { DestinationError } from '../destination-error.ts'
import type { Change } from '../destination.ts'
import type { Http, HttpAnswer, HttpRequest } from '../shared/http/http.ts'
import { DENIED, errorsOf, isPolicyDenial, notUnderstood } from './connection.ts'
import { membersOf, parseExactly } from '../shared/http/exact-json.ts'

/** One document as one token sees it. */
export interface Place {
  http: Http
  instanceUrl: string
  /** Of `vaultHeaders`. */
  headers: Record<string, string>
  /** Without slashes at its ends. */
  mount: string
  path: string
}

export type Members = ReadonlyMap<string, unknown>

/** A document with everything in it, as a write that replaces it needs it. */
export type Stored =
  /** `cas`: the current version; 0 where none was ever written. A deleted one is not live, and has its number still. */
  { engine: 2; cas: number; isLive: boolean; members: Members } | { engine: 1; members: Members }

type Versioned = Extract<Stored, { engine: 2 }>

const versioned = z.object({
  data: z.object({
    data: z.unknown(),
    metadata: z.object({ version: z.number().int().positive(), created_time: z.string() }),
  }),
})
const written = z.object({ data: z.object({ version: z.number().int().positive() }) })
const wrapped = z.object({ data: z.unknown() })

/**
 * The document at a version 2 mount, or what else was answered, which only means something once the mount is known to
 * be one: `absent` is then never written, `denied` a policy without read, `other` something else than a document.
 */
export async function readVersioned(place: Place): Promise<Versioned | 'absent' | 'denied' | 'other'> {
  const answer = await call(place, {
    method: 'GET',
    path: `/v1/${encoded(place.mount)}/data/${encoded(place.path)}`,
    repeatable: true,
    accept: (status, body) => status === 404 || isPolicyDenial(status, body),
  })
  if (answer.status === 403) return 'denied'
  if (answer.status === 404 && isAbsent(answer.body)) return 'absent'
  const { success, data } = versioned.safeParse(answer.body)
  if (!success) return 'other'
  const { version: cas } = data.data.metadata
  if (answer.status === 404) return { engine: 2, cas, isLive: false, members: new Map() }
  const members = membersOf(dataOf(dataOf(parseExactly(answer.text))))
  return members === null ? 'other' : { engine: 2, cas, isLive: true, members }
}

/** The document at a version 1 mount; without members where there is none. */
export async function readPlain(place: Place): Promise<Stored> {
  const answer = await call(place, {
    method: 'GET',
    path: `/v1/${encoded(place.mount)}/${encoded(place.path)}`,
    repeatable: true,
    accept: (status, body) => status === 404 && isAbsent(body),
    classify: lacks('read', `${place.mount}/${place.path}`),
  })
  if (answer.status === 404) return { engine: 1, members: new Map() }
  const members = membersOf(dataOf(parseExactly(answer.text)))
  if (members === null) throw notUnderstood('the document')
  return { engine: 1, members }
}

const described = z.object({
  data: z.object({
    path: z.string(),
    type: z.string(),
    options: z.object({ version: z.string().optional() }).nullish(),
  }),
})

/** The version of the mount. Throws `missing` for a mount that is no KV engine, or not the one that serves the path. */
export async function engineOf(place: Place): Promise<1 | 2> {
  const { mount, path } = place
  const answer = await call(place, {
    method: 'GET',
    path: `/v1/sys/internal/ui/mounts/${encoded(mount)}/${encoded(path)}`,
    repeatable: true,
    classify: ({ status, body }) =>
      status === 403 && errorsOf(body) !== null
        ? {
            message: `Vault shows no mount "${mount}" to this token: the token or the mount is wrong, or no policy of the token grants anything below ${mount}/`,
          }
        : null,
  })
  const { success, data } = described.safeParse(answer.body)
  if (!success) throw notUnderstood('the mount')
  const { path: serves, type, options } = data.data
  if (serves !== `${mount}/`) {
    throw new DestinationError(
      'missing',
      `the mount "${serves}" serves ${mount}/${path}; choose it, and the path below it`,
    )
  }
  if (type !== 'kv' && type !== 'generic') {
    throw new DestinationError('missing', `the mount "${mount}" is of the type ${type}; choose a KV secrets engine`)
  }
  return options?.version === '2' ? 2 : 1
}

/** A document of a version 2 mount that was never written. */
export const neverWritten: Versioned = { engine: 2, cas: 0, isLive: false, members: new Map() }

/**
 * Changes members by a merge patch, which leaves the others as they are. Answers the new version, or null where the
 * server (before Vault 1.9) or the policy has no patch. Throws `conflict` when the version is another by now.
 */
export async function patchVersioned(place: Place, cas: number, changes: readonly Change[]): Promise<number | null> {
  const answer = await call(place, {
    method: 'PATCH',
    path: `/v1/${encoded(place.mount)}/data/${encoded(place.path)}`,
    contentType: 'application/merge-patch+json',
    body: {
      data: Object.fromEntries(changes.map((change) => [change.key, change.action === 'delete' ? null : change.value])),
      options: { cas },
    },
    // With `cas` a write that landed is refused the second time.
    repeatable: true,
    accept: (status, body) => status === 405 || isPolicyDenial(status, body),
    classify: (refused) => {
      // Deleted since it was read.
      const isGone = refused.status === 404 && (isAbsent(refused.body) || versioned.safeParse(refused.body).success)
      return { ...ofWrite, ...(isGone ? { kind: 'conflict' } : casMismatch(refused)) }
    },
  })
  return answer.status === 405 || answer.status === 403 ? null : versionIn(answer)
}

/** Writes the whole document as its next version. Throws `conflict` when the version is another by now. */
export async function replaceVersioned(place: Place, cas: number, members: Members): Promise<number> {
  const path = `${place.mount}/data/${place.path}`
  const answer = await call(place, {
    method: 'POST',
    path: `/v1/${encoded(place.mount)}/data/${encoded(place.path)}`,
    body: { data: Object.fromEntries(members), options: { cas } },
    repeatable: true,
    classify: (refused) => ({
      ...ofWrite,
      ...(casMismatch(refused) ?? lacks(cas === 0 ? 'create' : 'update', path)(refused)),
    }),
  })
  return versionIn(answer)
}

/** Writes the whole document of a version 1 mount, which refuses an empty one: that is deleted. */
export async function replacePlain(place: Place, members: Members): Promise<void> {
  const isEmpty = members.size === 0
  const answer = await call(place, {
    method: isEmpty ? 'DELETE' : 'POST',
    path: `/v1/${encoded(place.mount)}/${encoded(place.path)}`,
    ...(isEmpty ? {} : { body: Object.fromEntries(members) }),
    // There is no version to name: a repeated write could undo somebody's in between.
    repeatable: false,
    classify: (refused) => ({
      ...ofWrite,
      ...lacks(isEmpty ? 'delete' : 'update', `${place.mount}/${place.path}`)(refused),
    }),
  })
  // No body, or the common envelope with warnings.
  const isClear = answer.status === 204 || z.object({ request_id: z.string() }).safeParse(answer.body).success
  if (!isClear) throw notUnderstood('the result of a write')
}

const mountRows = z.object({
  data: z.object({
    secret: z.record(
      z.string(),
      z.object({ type: z.string(), options: z.looseObject({ version: z.string().optional() }).nullish() }),
    ),
  }),
})

/** The KV mounts on which the token has some right. */
export async function listMounts(http: Http, headers: Record<string, string>) {
  const answer = await http.request({ method: 'GET', path: '/v1/sys/internal/ui/mounts', headers, repeatable: true })
  const { success, data } = mountRows.safeParse(answer.body)
  if (!success) throw notUnderstood('its mounts')
  return Object.entries(data.data.secret)
    .filter(([, { type }]) => type === 'kv' || type === 'generic')
    .map(([path, { options }]) => ({ path: path.replace(/\/$/, ''), version: options?.version === '2' ? 2 : 1 }))
}

const call = ({ http, headers }: Place, request: HttpRequest): Promise<HttpAnswer> =>
  http.request({ ...request, headers })

/** A policy that lacks read: whether there is a document is not known. */
export const mayNotRead = ({ mount, path }: Place): DestinationError =>
  new DestinationError('auth', lacking('read', `${mount}/data/${path}`), { status: 403, code: DENIED })

const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

const dataOf = (value: unknown): unknown => wrapped.safeParse(value).data?.data

const isAbsent = (body: unknown): boolean => errorsOf(body)?.length === 0

const casMismatch = ({ status, body }: HttpAnswer) =>
  status === 400 && errorsOf(body)?.some((words) => words.startsWith('check-and-set parameter did not match')) === true
    ? ({ kind: 'conflict' } as const)
    : null

/** A proxy that quotes a request could quote members that this one doesn't carry. */
const ofWrite = { quotesValues: true }

/** Words for a policy that lacks a right. */
const lacks =
  (capability: string, path: string) =>
  ({ status, body }: HttpAnswer) =>
    isPolicyDenial(status, body) ? { message: lacking(capability, path) } : null

const lacking = (capability: string, path: string): string => `no policy of the token grants ${capability} on ${path}`

function versionIn(answer: HttpAnswer): number {
  const { success, data } = written.safeParse(answer.body)
  if (!success) throw notUnderstood('the result of a write')
  return data.data.version
}
