/** One Secret holds all keys: read whole, changed by one merge patch that names the version it was read at. */
import { DestinationError } from '../destination-error.ts'
import { canonical, type Change, type Client, type Flags } from '../destination.ts'
import { type Document, documentClient, type Member } from '../shared/clients/document.ts'
import { createSecret, noSecret, patchSecret, type Place, readSecret, type Secret, TOO_LARGE } from './api.ts'

export interface Options {
  /** Of a Secret that is created; one of another type is not written. */
  secretType: string
  createSecret: boolean
  labels: ReadonlyMap<string, string>
}

/** Set on a Secret that Keyferry creates. */
const MANAGED_BY = ['app.kubernetes.io/managed-by', 'keyferry'] as const

export function kubernetesClient(place: Place, options: Options): Client {
  const where = `${place.namespace}/${place.name}`

  const read = async (): Promise<Secret> => {
    const found = await readSecret(place)
    if (found.resourceVersion !== null || options.createSecret) return found
    throw new DestinationError('missing', `there is no Secret ${where}, and the sync does not create one`)
  }

  const write = async (before: Secret, changes: readonly Change[]): Promise<Secret> => {
    const data = changedIn(before, changes)
    const labels = new Map([...options.labels].filter(([name, value]) => before.labels.get(name) !== value))
    if (before.resourceVersion === null) {
      const created = new Map([...data].filter(([, value]) => value !== null))
      if (created.size === 0) return before
      return createSecret(place, options.secretType, { data: created, labels: new Map([MANAGED_BY, ...labels]) })
    }
    if (data.size === 0 && labels.size === 0) return before
    refuseOthers(before)
    return patchSecret(place, before.resourceVersion, { data, labels })
  }

  /** A Secret of another type belongs to a controller or an application, and an immutable one can't change. */
  const refuseOthers = ({ type, isImmutable }: Secret): void => {
    if (type !== options.secretType) {
      const remedy = `the sync writes the type ${options.secretType}; choose another name or that type`
      throw new DestinationError('rejected', `the Secret ${where} has the type ${type}, and ${remedy}`, { code: WHOLE })
    }
    if (isImmutable) {
      const remedy = 'choose another name, or delete it so that Keyferry creates it again'
      throw new DestinationError('rejected', `the Secret ${where} is immutable; ${remedy}`, { code: WHOLE })
    }
  }

  return documentClient<Secret>(
    {
      read: async () => documentOf(await read(), options),
      write: (document, changes) => write(document.version ?? noSecret, changes),
    },
    // None of its keys' fault.
    { mayHalve: ({ kind, code }) => kind === 'rejected' && code !== TOO_LARGE && code !== WHOLE },
  )
}

/** The code of a refusal that concerns the whole Secret. */
const WHOLE = 'not-writable'

/** The labels that a sync sets, as the flag that its keys have. */
export const labelFlags = (labels: ReadonlyMap<string, string>): Flags =>
  labels.size === 0 ? {} : { labels: canonical(Object.fromEntries(labels)) }

/** Of the labels that the sync sets, those that the Secret has, as the flag of its keys. */
function documentOf(secret: Secret, { labels }: Options): Document<Secret> {
  const shown = new Map([...secret.labels].filter(([name]) => labels.has(name)))
  const flags: Flags = labels.size === 0 ? {} : { labels: canonical(Object.fromEntries(shown)) }
  return {
    members: new Map([...secret.data].map(([key, base64]) => [key, { ...memberOf(base64), flags }])),
    version: secret,
  }
}

/** Bytes that are no UTF-8 are a file of somebody else: text would not be the same again. */
function memberOf(base64: string): Member {
  const bytes = Buffer.from(base64, 'base64')
  try {
    return { value: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) }
  } catch {
    return { otherType: 'binary data' }
  }
}

/** What differs from the Secret as it was read: a write that changes nothing is none. */
function changedIn(before: Secret, changes: readonly Change[]): Map<string, string | null> {
  const data = new Map<string, string | null>()
  for (const change of changes) {
    const value = change.action === 'delete' ? null : Buffer.from(change.value).toString('base64')
    if (value !== (before.data.get(change.key) ?? null)) data.set(change.key, value)
  }
  return data
}
