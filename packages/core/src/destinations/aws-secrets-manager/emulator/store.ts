/** The secrets of the account and region by name, and what a listing that lags behind shows of them. */
import { notFound, now, type Secret } from './secrets.ts'

export interface Store {
  /** By name or ARN. Throws when there is none. */
  get(secretId: string): Secret
  find(name: string): Secret | undefined
  all(): Secret[]
  add(secret: Secret): void
  remove(name: string): void
  /** True while a forced delete, which is asynchronous, still blocks the name. */
  isBlocked(name: string): boolean
  /** Records what listings show of the secret once the lag is over: to be called after every change. */
  changed(name: string): void
  /** As listings show them: sorted by name, each as it was before the lag. */
  listed(): Secret[]
  clear(): void
}

interface Lag {
  /** Milliseconds that listings are behind. */
  listMs: number
  /** Milliseconds that a name stays blocked after a forced delete. */
  forcedDeleteMs: number
}

export function createStore(lag: Lag): Store {
  const kept = new Map<string, Secret>()
  const removed = new Map<string, number>()
  const snapshots = new Map<string, { at: number; secret: Secret | null }[]>()

  const find = (name: string): Secret | undefined => kept.get(name)
  const changed = (name: string): void => {
    const secret = kept.get(name)
    const history = snapshots.get(name) ?? []
    history.push({ at: Date.now(), secret: secret ? copyOf(secret) : null })
    snapshots.set(name, history)
  }
  return {
    find,
    get(secretId) {
      const found = kept.get(secretId) ?? [...kept.values()].find(({ arn }) => arn === secretId)
      if (!found) throw notFound()
      return found
    },
    all: () => [...kept.values()],
    add(secret) {
      kept.set(secret.name, secret)
      changed(secret.name)
    },
    remove(name) {
      if (kept.delete(name)) removed.set(name, now())
      changed(name)
    },
    isBlocked: (name) => now() - (removed.get(name) ?? 0) < lag.forcedDeleteMs / 1000,
    changed,
    listed() {
      const until = Date.now() - lag.listMs
      return [...snapshots]
        .flatMap(([, history]) => history.findLast(({ at }) => at <= until)?.secret ?? [])
        .sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    clear() {
      kept.clear()
      removed.clear()
      snapshots.clear()
    },
  }
}

const copyOf = (secret: Secret): Secret => ({
  ...secret,
  tags: new Map(secret.tags),
  versions: secret.versions.map((version) => ({ ...version, stages: new Set(version.stages) })),
})
