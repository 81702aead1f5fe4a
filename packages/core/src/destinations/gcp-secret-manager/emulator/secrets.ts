/** The secrets of one collection: a project's, or those of a project in one region. */
import { randomBytes } from 'node:crypto'

export type State = 'ENABLED' | 'DISABLED' | 'DESTROYED'

export interface Version {
  number: number
  state: State
  /** Empty once it is destroyed. */
  data: Buffer
  createTime: string
  destroyTime?: string
  scheduledDestroyTime?: string
  etag: string
  hasChecksum: boolean
}

/** What a person may set on a secret beside its versions, as JSON has it. */
export interface Settings {
  labels?: Record<string, string>
  annotations?: Record<string, string>
  replication?: Record<string, unknown>
  expireTime?: string
  secretType?: string
  rotation?: Record<string, unknown>
  versionDestroyTtl?: string
}

export interface Secret {
  id: string
  settings: Settings
  createTime: string
  etag: string
  /** Oldest first. */
  versions: Version[]
}

export interface Secrets {
  find(id: string): Secret | undefined
  /** Newest first. */
  all(): Secret[]
  /** What a list shows: all, or as they were when lists began to lag. */
  listed(): readonly Secret[]
  /** From now on lists lag, until the function that it returns is called. */
  holdLists(): () => void
  create(id: string, settings: Settings): Secret
  addVersion(secret: Secret, data: Buffer, options: { hasChecksum: boolean }): Version
  changeState(version: Version, state: State): void
  delete(id: string): void
  clear(): void
}

export function createSecrets(): Secrets {
  const secrets = new Map<string, Secret>()
  let held: readonly Secret[] | null = null
  const all = (): Secret[] => [...secrets.values()].toReversed()
  return {
    find: (id) => secrets.get(id),
    all,
    listed: () => held ?? all(),
    holdLists() {
      held = all()
      return () => {
        held = null
      }
    },
    create(id, settings) {
      const secret = { id, settings, createTime: timestamp(), etag: newEtag(), versions: [] }
      secrets.set(id, secret)
      return secret
    },
    addVersion(secret, data, { hasChecksum }) {
      const version: Version = {
        number: secret.versions.length + 1,
        state: 'ENABLED',
        data,
        createTime: timestamp(),
        etag: newEtag(),
        hasChecksum,
      }
      secret.versions.push(version)
      return version
    },
    changeState(version, state) {
      version.state = state
      version.etag = newEtag()
      if (state !== 'DESTROYED') return
      version.data = Buffer.alloc(0)
      version.destroyTime = timestamp()
    },
    delete: (id) => void secrets.delete(id),
    clear: () => secrets.clear(),
  }
}

/** Google's have nanoseconds. */
export const timestamp = (at = new Date()): string => at.toISOString().replace('Z', '456Z')
export const newEtag = (): string => `"${randomBytes(7).toString('hex')}"`
