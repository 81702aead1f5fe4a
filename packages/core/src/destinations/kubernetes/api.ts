/**
 * The calls on one Secret (Kubernetes' API reference and a kube-apiserver 1.20.2, 2026-11-28). An error may quote the
 * whole object, so none of the server's words are shown: its `reason`, and the fields that it names, say enough.
 */
import { z } from 'zod'
import type { Meaning } from '../connection.ts'
import type { Http, HttpAnswer } from '../shared/http/http.ts'
import { readPages } from '../shared/http/pages.ts'
import { understood } from '../shared/http/understood.ts'

/** One Secret as one token sees it. */
export interface Place {
  http: Http
  namespace: string
  name: string
}

export interface Secret {
  /** What a write names, so that it fails when somebody wrote in between; null: there is no such Secret. */
  resourceVersion: string | null
  type: string
  isImmutable: boolean
  labels: ReadonlyMap<string, string>
  /** Base64 by key. */
  data: ReadonlyMap<string, string>
}

/** What a write changes: base64 by key, null to remove it; labels that are set. */
export interface Changed {
  data: ReadonlyMap<string, string | null>
  labels: ReadonlyMap<string, string>
}

/** The manager that the server writes down as the owner of what Keyferry wrote. */
const MANAGER = 'keyferry'

/** Whatever its keys are called: `__proto__` is a name like another. */
const texts = z.custom<Readonly<Record<string, string>>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((text) => typeof text === 'string'),
)

const secret = z.object({
  kind: z.literal('Secret'),
  metadata: z.object({ resourceVersion: z.string().min(1), labels: texts.nullish() }),
  type: z.string().default('Opaque'),
  immutable: z.boolean().default(false),
  data: texts.nullish(),
})

export const noSecret: Secret = {
  resourceVersion: null,
  type: '',
  isImmutable: false,
  labels: new Map(),
  data: new Map(),
}

/** `noSecret` where there is none; whether the namespace exists, the server does not say. */
export async function readSecret(place: Place): Promise<Secret> {
  const answer = await place.http.request({
    method: 'GET',
    path: pathOf(place),
    repeatable: true,
    accept: isAbsent,
    classify: meaningIn(place, 'get'),
  })
  return answer.status === 404 ? noSecret : secretIn(answer)
}

/** Throws `conflict` when there is one by now. */
export async function createSecret(place: Place, type: string, { data, labels }: Changed): Promise<Secret> {
  const answer = await place.http.request({
    method: 'POST',
    path: `${secretsOf(place)}?fieldManager=${MANAGER}`,
    body: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: place.name, labels: Object.fromEntries(labels) },
      type,
      data: Object.fromEntries(data),
    },
    // The second one is refused when the first landed.
    repeatable: true,
    classify: meaningIn(place, 'create'),
  })
  return secretIn(answer)
}

/**
 * Changes keys by a JSON merge patch, which leaves the others as they are. Throws `conflict` when the Secret is another
 * by now. Server-side apply would need no version, but removes a key that another writer with the same manager added
 * since the read.
 */
export async function patchSecret(place: Place, resourceVersion: string, { data, labels }: Changed): Promise<Secret> {
  const answer = await place.http.request({
    method: 'PATCH',
    path: `${pathOf(place)}?fieldManager=${MANAGER}`,
    contentType: 'application/merge-patch+json',
    body: {
      metadata: { resourceVersion, ...(labels.size === 0 ? {} : { labels: Object.fromEntries(labels) }) },
      data: Object.fromEntries(data),
    },
    repeatable: true,
    classify: (answered) =>
      isAbsent(answered.status, answered.body)
        ? { kind: 'conflict', quotesValues: true }
        : meaningIn(place, 'patch')(answered),
  })
  return secretIn(answer)
}

const page = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }) })),
  metadata: z.object({ continue: z.string().optional() }),
})

/** Needs the right to list namespaces, which narrow roles lack. */
export const listNamespaces = (http: Http): Promise<{ name: string }[]> =>
  readPages(async (from) => {
    const answer = await http.request({
      method: 'GET',
      path: `/api/v1/namespaces?limit=500${from === null ? '' : `&continue=${encodeURIComponent(from)}`}`,
      headers: { accept: 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json' },
      repeatable: true,
      classify: ({ status }) =>
        status === 403 ? { message: 'the token can’t list namespaces. Enter the name of the namespace' } : null,
    })
    const data = understood(page, answer.body, 'Kubernetes returned a list of namespaces')
    return { rows: data.items.map(({ metadata: { name } }) => ({ name })), next: data.metadata.continue }
  })

const secretsOf = ({ namespace }: Place): string => `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`
const pathOf = (place: Place): string => `${secretsOf(place)}/${encodeURIComponent(place.name)}`

/** What Kubernetes calls a reason is a code. */
const cause = z
  .object({ reason: z.string().default(''), field: z.string().default('') })
  .transform(({ reason: code, field }) => ({ code, field }))

const failure = z.object({
  kind: z.literal('Status'),
  reason: z.string().default(''),
  details: z
    .object({
      kind: z.string().default(''),
      causes: z.array(cause).default([]),
    })
    .prefault({}),
})

/** The Secret is not there. Another 404 is another server, or a path that this one lacks. */
const isAbsent = (status: number, body: unknown): boolean => {
  const { data } = failure.safeParse(body)
  return status === 404 && data?.reason === 'NotFound' && data.details.kind === 'secrets'
}

/** The code of a Secret that would be larger than the server stores. */
export const TOO_LARGE = 'too-large'

const meaningIn =
  ({ namespace, name }: Place, verb: 'get' | 'create' | 'patch') =>
  ({ status, body }: HttpAnswer): Meaning => {
    const said = failure.safeParse(body).data
    const { causes, kind } = said?.details ?? { causes: [], kind: '' }
    const of = { quotesValues: true }
    if (status === 403 && said) {
      const what = verb === 'create' ? 'create secrets' : `${verb} the secret ${name}`
      return {
        ...of,
        message: `the token can’t ${what} in the namespace ${namespace}. Grant its role the verb ${verb}`,
      }
    }
    if (status === 404 && kind === 'namespaces') {
      return { ...of, kind: 'missing', message: `the namespace ${namespace} does not exist` }
    }
    if (status === 413 || causes.some(({ code }) => code === 'FieldValueTooLong')) {
      const message = `the Secret ${namespace}/${name} would be larger than 1 MiB; split the folder`
      return { ...of, kind: 'rejected', code: TOO_LARGE, message }
    }
    const named = causes.filter(({ field, code }) => FIELD.test(field) && CODE.test(code))
    if (status !== 422 || named.length === 0) return of
    const fields = named.slice(0, 3).map(({ field, code }) => `${field} (${code})`)
    return { ...of, message: `Kubernetes refuses the Secret ${namespace}/${name}: ${fields.join(', ')}` }
  }

const FIELD = /^[-\w.[\]/ ]{1,200}$/
const CODE = /^FieldValue[A-Za-z]{1,40}$/

function secretIn(answer: HttpAnswer): Secret {
  const data = understood(secret, answer.body, 'Kubernetes returned a Secret')
  const { metadata, type, immutable } = data
  return {
    resourceVersion: metadata.resourceVersion,
    type,
    isImmutable: immutable,
    labels: new Map(Object.entries(metadata.labels ?? {})),
    data: new Map(Object.entries(data.data ?? {})),
  }
}
