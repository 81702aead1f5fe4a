/** The secrets of the emulated cluster: optimistic concurrency and validation in one place. */
import { randomUUID } from 'node:crypto'
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'
import type { Fields, Owned } from './managed-fields.ts'
import { type Stored, shown } from './objects.ts'
import { alreadyExists, invalid, modified, notFound } from './status.ts'
import { causesAgainst } from './validation.ts'

export interface Store {
  namespaces: readonly string[]
  get(namespace: string, name: string): Stored | undefined
  /** By namespace and name. */
  list(namespace?: string): Stored[]
  /** What a write leads to; `dryRun` stores nothing. A write that changes nothing keeps the `resourceVersion`. */
  save(write: Write): ServedAnswer
  delete(namespace: string, name: string): void
  clear(): void
}

export interface Write {
  namespace: string
  name: string
  after: Owned
  /** What the caller saw; undefined when it doesn't care. */
  resourceVersion?: string
  /** Refuse where a secret of the name exists. */
  isCreate?: boolean
  dryRun: boolean
}

export function createStore(namespaces: readonly string[]): Store {
  const secrets = new Map<string, Stored>()
  let revision = 199
  const keyOf = (namespace: string, name: string): string => `${namespace}/${name}`

  return {
    namespaces,
    get: (namespace, name) => secrets.get(keyOf(namespace, name)),
    list: (namespace) =>
      [...secrets.values()]
        .filter((secret) => namespace === undefined || secret.namespace === namespace)
        .sort((a, b) => (keyOf(a.namespace, a.name) < keyOf(b.namespace, b.name) ? -1 : 1)),
    save({ namespace, name, after, resourceVersion, isCreate = false, dryRun }) {
      const before = secrets.get(keyOf(namespace, name))
      if (!before && !namespaces.includes(namespace)) return notFound('namespaces', namespace)
      if (before && isCreate) return alreadyExists(name)
      if (resourceVersion !== undefined && resourceVersion !== before?.resourceVersion) return modified(name)
      const fields = new Map(after.fields)
      if (!fields.has('type')) fields.set('type', 'Opaque')
      const causes = causesAgainst(name, fields, before?.fields ?? null)
      if (causes.length > 0) return invalid(name, causes)
      const identity = before ?? { name, namespace, uid: randomUUID(), createdAt: now(), resourceVersion: '' }
      const next: Stored = { ...identity, fields, managers: after.managers }
      if (before && isSame(before, next)) return { status: 200, body: shown(before) }
      if (!dryRun) {
        revision += 1
        next.resourceVersion = String(revision)
        secrets.set(keyOf(namespace, name), next)
      }
      return { status: before ? 200 : 201, body: shown(next) }
    },
    delete(namespace, name) {
      revision += 1
      secrets.delete(keyOf(namespace, name))
    },
    clear: () => secrets.clear(),
  }
}

const now = (): string => new Date().toISOString().replace(/\.\d+/, '')

const isSame = (a: Stored, b: Stored): boolean =>
  textOf(a.fields) === textOf(b.fields) &&
  JSON.stringify(a.managers.map(({ fields, ...rest }) => [rest, [...fields].sort()])) ===
    JSON.stringify(b.managers.map(({ fields, ...rest }) => [rest, [...fields].sort()]))

const textOf = (fields: Fields): string => JSON.stringify(sorted(fields))

const sorted = (fields: Fields): (readonly [string, string])[] => [...fields].sort(([a], [b]) => (a < b ? -1 : 1))
