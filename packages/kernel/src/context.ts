import type { Db, Tables } from '@keyferry/db'
import type { AuditAction, LiveEvent } from '@keyferry/schemas'
import type { Access } from '@keyferry/schemas/policy'
import type { Transaction } from 'kysely'
import type { Logger } from 'pino'
import type { Authority } from './authority/authority.ts'
import type { Keyring } from './crypto/keyring.ts'
import type { ScryptCost } from './crypto/scrypt-cost.ts'
import type { Hooks } from './hooks.ts'
import type { Limits } from './limits.ts'
import type { Metrics } from './metrics.ts'
import type { OpenedHost } from './private-hosts.ts'
import type { Tracing } from './tracing.ts'

/** Everything a verb may touch. Built once per process; tests build their own. */
export interface Context {
  /** Checks and seals the rows that give authority. */
  db: Db
  keyring: Keyring
  /** Hashes tokens. */
  authority: Authority
  /** Wakes the worker. It may lose a wake-up or be wiped at any time: the truth is `wanted` and `seen` in the store. */
  queue: Queue
  /** Live events for the console. Losing one only delays a screen. */
  events: Events
  /** What follows for the syncs when something below them changes. */
  hooks: Hooks
  network: Network
  metrics: Metrics
  tracing: Tracing
  /** Null: email is not set up. */
  mail: Mailer | null
  /** Where people reach the console, such as `https://keyferry.example.com`; null: not set. */
  consoleUrl: string | null
  log: Logger
  /** What one request and one project may cost. */
  limits: Limits
  /** Of passwords and of passphrases of files. No setting lowers it; tests have other things to do. */
  scryptCost: ScryptCost
  /** The present time; tests move it. */
  now: () => Date
  /** Set while a verb runs for somebody. */
  caller?: Caller
  /** Set where there is room for a small read of secrets only: a larger one throws `LargeRead`. */
  smallReadsOnly?: true
}

/** What the caller of a verb may do, for the verb's own transaction. */
interface Caller {
  access: Access
  /**
   * Checks the requirements of the verb again, once the transaction has its locks; the rights then stand until it ends.
   * Throws `NotFound` and `Forbidden`.
   */
  verify(tx: Tx): Promise<void>
}

export type Tx = Transaction<Tables> & {
  /** Set where the audit log is written as the transaction's last step: its rows so far. */
  auditedLast?: AuditEntry[] | undefined
}

/** A row of the audit log to be. `details`: names and ids, never values. */
export interface AuditEntry {
  actor: Actor
  action: AuditAction
  projectId: string | null
  details: Record<string, unknown>
}

export interface Queue {
  /** "Look at these syncs." Called after the commit, never inside it. Does not throw: the sweep covers a lost send. */
  wake(syncIds: readonly string[]): Promise<void>
}

/** What the queue orders waiting syncs by. */
export interface WakeHint {
  /** Syncs of one group share its part of the lanes: a connection's. */
  group: string
  /** Somebody waits for it: runs before background work. */
  urgent: boolean
}

export interface Events {
  publish(event: LiveEvent): void
  /**
   * The events of one project, from this call on. Ends when `signal` aborts. Throws `Unavailable` when events were
   * missed.
   */
  subscribe(projectId: string, signal: AbortSignal): AsyncIterable<LiveEvent>
  /**
   * Milliseconds since the last event of the project but for settings, of which not everybody may know: what else was
   * read within them stands. Zero when events may have been
   * missed; at most as long as this process has listened.
   */
  quietMs(projectId: string): number
}

/** How far outbound calls may reach. One object per process: connections are kept open per object. */
export interface Network {
  /**
   * False (default): only public addresses are reached, whatever a name resolves to at connect time. A list: these
   * private ones too.
   */
  allowPrivate: boolean | readonly OpenedHost[]
}

/** Sends plain text by SMTP. */
export interface Mailer {
  /** Rejects when the server did not take it. */
  send(mail: { to: string; subject: string; text: string }): Promise<void>
}

/** Who asks: shown in history and audit. */
export interface Actor {
  /** `anonymous`: a request that proved no identity, such as a failed sign-in. */
  kind: 'user' | 'identity' | 'system' | 'anonymous'
  id: string
  /** Email address or name of the identity. */
  name: string
  /** Where the request came from; absent for Keyferry's own actions. */
  address?: string
  /** The session that a person came by. */
  sessionId?: string
}

export const SYSTEM: Actor = { kind: 'system', id: 'system', name: 'Keyferry' }

/** Who sent a request that proved no identity. */
export const anonymous = (address: string | null): Actor => ({
  kind: 'anonymous',
  id: 'anonymous',
  name: 'Not signed in',
  ...(address === null ? {} : { address }),
})

/** ISO 8601 text for a column. */
export const timestamp = (ctx: Pick<Context, 'now'>): string => ctx.now().toISOString()
