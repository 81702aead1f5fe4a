/** The secrets of the emulated vault: versions, the bin, and the transitions between them. */
import { randomBytes } from 'node:crypto'

export interface Version {
  /** 32 hexadecimal digits. */
  id: string
  value: string
  contentType?: string
  tags: Record<string, string>
  isEnabled: boolean
  /** Unix seconds. */
  created: number
  updated: number
  notBefore?: number
  expires?: number
}

/** A delete, a recovery or a purge answers at once and takes effect later. */
type Transition = 'deleting' | 'recovering' | 'purging'

export interface Secret {
  /** As it was first written: names differ by more than case. */
  name: string
  /** Oldest first. */
  versions: Version[]
  /** Backs a certificate. */
  isManaged: boolean
  isDeleted: boolean
  deletedAt: number
  transition: { kind: Transition; callsLeft: number } | null
}

export type NewVersion = Pick<Version, 'value'> & Partial<Version>

export interface Secrets {
  /** One that is there or in the bin. Counts as a call that meets its transition. */
  meet(name: string): Secret | undefined
  /** Without that. Sorted by name. */
  all(): Secret[]
  /** Adds a version, and the secret where there is none of that name. */
  set(name: string, version: NewVersion): Secret
  delete(secret: Secret): void
  recover(secret: Secret): void
  purge(secret: Secret): void
  clear(): void
}

/** `settleAfter`: how many calls about a name meet a transition before it is done. */
export function createSecrets(settleAfter: number): Secrets {
  const secrets = new Map<string, Secret>()

  const begin = (secret: Secret, kind: Transition): void => {
    secret.transition = { kind, callsLeft: settleAfter }
    if (settleAfter === 0) settle(secret)
  }
  const settle = (secret: Secret): void => {
    if (secret.transition?.kind === 'purging') secrets.delete(idOf(secret.name))
    secret.transition = null
  }

  return {
    meet(name) {
      const secret = secrets.get(idOf(name))
      if (secret?.transition) {
        if (secret.transition.callsLeft === 0) settle(secret)
        else secret.transition.callsLeft -= 1
      }
      return secrets.get(idOf(name))
    },
    all: () => [...secrets.values()].toSorted((a, b) => (idOf(a.name) < idOf(b.name) ? -1 : 1)),
    set(name, version) {
      const now = seconds()
      const secret = secrets.get(idOf(name)) ?? {
        name,
        versions: [],
        isManaged: false,
        isDeleted: false,
        deletedAt: 0,
        transition: null,
      }
      secrets.set(idOf(name), secret)
      const id = randomBytes(16).toString('hex')
      secret.versions.push({ id, tags: {}, isEnabled: true, created: now, updated: now, ...version })
      return secret
    },
    delete(secret) {
      secret.isDeleted = true
      secret.deletedAt = seconds()
      begin(secret, 'deleting')
    },
    recover(secret) {
      secret.isDeleted = false
      begin(secret, 'recovering')
    },
    purge: (secret) => begin(secret, 'purging'),
    clear: () => secrets.clear(),
  }
}

export function currentVersion({ name, versions }: Secret): Version {
  const current = versions.at(-1)
  if (current === undefined) throw new Error(`The secret ${name} has no version`)
  return current
}

const seconds = (): number => Math.floor(Date.now() / 1000)

/** Names are the same whatever their case. */
const idOf = (name: string): string => name.toLowerCase()
