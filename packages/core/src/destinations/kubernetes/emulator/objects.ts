/** Secrets between the text of the API and the flat fields of managed-fields.ts. */
import { type Fields, type Owned, shownManagers } from './managed-fields.ts'

export interface Stored extends Owned {
  name: string
  namespace: string
  uid: string
  resourceVersion: string
  createdAt: string
}

/** A secret as a request names it. */
export interface Sent {
  fields: Fields
  /** From `stringData`: becomes data that nobody owns. */
  plain: Fields
  name: string | undefined
  resourceVersion: string | undefined
}

type Json = Readonly<Record<string, unknown>>

/** A JSON object, or null for anything else. */
export const asObject = (value: unknown): Json | null =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : null

/** JSON of a body, or undefined where it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Where the API server would fail to decode the object: says why. */
export class Undecodable extends Error {}

/** Reads the fields of a secret. Throws `Undecodable` for values of other types than the API's. */
export function decode(value: unknown): Sent {
  const object = asObject(value)
  if (!object) throw new Undecodable("couldn't get version/kind; json parse error")
  const metadata = asObject(object.metadata) ?? {}
  const fields = new Map<string, string>()
  for (const [name, data] of texts(object.data, 'Data')) {
    if (!isBase64(data)) throw new Undecodable('v1.Secret.Data: base64Codec: illegal base64 data at input byte 0')
    fields.set(`data.${name}`, data)
  }
  for (const [name, label] of texts(metadata.labels, 'Labels')) fields.set(`metadata.labels.${name}`, label)
  for (const [name, note] of texts(metadata.annotations, 'Annotations'))
    fields.set(`metadata.annotations.${name}`, note)
  if (typeof object.type === 'string' && object.type !== '') fields.set('type', object.type)
  if (typeof object.immutable === 'boolean') fields.set('immutable', String(object.immutable))
  const plain = texts(object.stringData, 'StringData').map(
    ([name, text]) => [`data.${name}`, Buffer.from(text).toString('base64')] as const,
  )
  return {
    fields,
    plain: new Map(plain),
    name: typeof metadata.name === 'string' ? metadata.name : undefined,
    resourceVersion: typeof metadata.resourceVersion === 'string' ? metadata.resourceVersion : undefined,
  }
}

function texts(value: unknown, name: string): [string, string][] {
  if (value === undefined || value === null) return []
  const object = asObject(value)
  if (!object) throw new Undecodable(`v1.Secret.${name}: ReadMapCB: expect { or n, but found ${typeof value}`)
  return Object.entries(object).map(([key, text]) => {
    if (text !== null && typeof text !== 'string')
      throw new Undecodable(`v1.Secret.${name}: ReadString: expects " or n, but found ${JSON.stringify(text).at(0)}`)
    return [key, text ?? '']
  })
}

const isBase64 = (text: string): boolean =>
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)

/** A secret as every answer shows it, values included. */
export function shown(stored: Stored): Record<string, unknown> {
  const data = below(stored.fields, 'data.')
  const immutable = stored.fields.get('immutable')
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: shownMetadata(stored),
    ...(data && { data }),
    ...(immutable !== undefined && { immutable: immutable === 'true' }),
    type: stored.fields.get('type'),
  }
}

export function shownMetadata(stored: Stored): Record<string, unknown> {
  const labels = below(stored.fields, 'metadata.labels.')
  const annotations = below(stored.fields, 'metadata.annotations.')
  return {
    name: stored.name,
    namespace: stored.namespace,
    uid: stored.uid,
    resourceVersion: stored.resourceVersion,
    creationTimestamp: stored.createdAt,
    ...(labels && { labels }),
    ...(annotations && { annotations }),
    managedFields: shownManagers(stored.managers),
  }
}

/** What the object holds, in the form of a request: what a merge patch is applied to. */
export function bare(stored: Stored): Record<string, unknown> {
  const { kind, apiVersion, metadata, ...rest } = shown(stored)
  const { managedFields: _, ...kept } = asObject(metadata) ?? {}
  return { kind, apiVersion, metadata: kept, ...rest }
}

function below(fields: Fields, prefix: string): Record<string, string> | null {
  const entries = [...fields]
    .filter(([field]) => field.startsWith(prefix))
    .map(([field, value]) => [field.slice(prefix.length), value] as const)
  return entries.length === 0 ? null : Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
