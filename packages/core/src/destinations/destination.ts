/**
 * The contract of a destination: one folder beside this file, whose `index.ts` exports `defineDestination({...})` as
 * default.
 *
 * A client does two things: list what the target holds, and apply changes that the plan decided. It keeps no state,
 * computes no difference and owns no policy. Every call passes through `session.http`, which counts, times out, checks
 * the lease, keeps to public addresses and turns failures into `DestinationError`.
 *
 * - Concurrency: one `open()`ed target is used by one run at a time; `apply` may run changes in parallel as the vendor
 *   allows.
 * - Atomicity: none is assumed. `apply` reports each change as it lands, and one failing key does not stop the others.
 *   It rejects only with trouble of the whole target (`auth`, `missing`, `throttled`, or `unavailable` throughout), or
 *   when the lease is gone; no call is on the wire any more by then.
 * - Retries: only calls that are safe to repeat are repeated, by `http`; `apply` settles unclear answers by listing
 *   again.
 * - A key that is absent when a delete arrives counts as deleted.
 */
import type { z } from 'zod'
import type { Http } from './http.ts'
import type { RateLimit } from './rate-limit.ts'

export interface DestinationDefinition<
  Credentials extends z.ZodObject = z.ZodObject,
  Target extends z.ZodObject = z.ZodObject,
  Options extends z.ZodObject = z.ZodObject,
> {
  /** Equals the folder's name; stored with every sync and connection. */
  name: string
  title: string
  /** The vendor's own page about what we write. */
  docsUrl: string
  connection: {
    method: 'api-key'
    /** Where a person finds the credential and which rights it needs; one or two sentences. */
    help: string
    /** Fields carry `field()` metadata: it makes the form. Secret ones are never returned. */
    credentials: Credentials
  }
  target: Target
  /** The destination's own sync options, beside the common ones. Every field has a default. */
  options: Options
  notes: { initialSync: string; options: readonly string[] }
  /** What the vendor can hold, as sentences for people; `limits` enforces them. */
  keyRules: readonly string[]
  limits: Limits
  /**
   * Rate limits by the bucket that a call counts in (`HttpRequest.bucket`, `all` by default). Where none is declared,
   * refusals and reported budgets alone limit.
   */
  rateLimits: Readonly<Record<string, RateLimit>>
  /** `https://…` of the vendor for these credentials; the origin that the network guard and the lease use. */
  baseUrl(credentials: z.infer<Credentials>): string
  /**
   * Headers that prove the credential, sent with every request of `session.http`: clients never handle the key
   * themselves.
   */
  authorization(credentials: z.infer<Credentials>): Record<string, string>
  /** Two configs with the same key write to the same place. Without the origin, which is added. */
  targetKey(target: z.infer<Target>): string
  /** The target in words, such as `proj_abc · prod`. */
  targetLabel(target: z.infer<Target>): string
  /**
   * Flags every desired key is written with, from the sync's options (for example `{ secret: true }`). Part of the
   * digest.
   */
  flags(options: z.infer<Options>, key: string): Flags
  /**
   * Proves the credential. Throws a `DestinationError` whose message says which of key, right, organization or host is
   * wrong.
   */
  check(session: Session<z.infer<Credentials>>): Promise<Account>
  /** Lists that fill a picker, by name. A failing credential is an error, never an empty list. */
  choices?: Record<string, ChoiceList<z.infer<Credentials>>>
  open(session: Session<z.infer<Credentials>>, target: z.infer<Target>, options: z.infer<Options>): Client
}

/** What a destination's code may use. */
export interface Session<Credentials> {
  credentials: Credentials
  http: Http
}

export interface Account {
  /** The account as the vendor names it, for the connection's card. */
  label: string
}

export interface ChoiceList<Credentials> {
  /** Target fields that must be known first. */
  needs: readonly string[]
  /** Rows as the vendor has them, and as REST answers them. */
  list(session: Session<Credentials>, known: Record<string, string>): Promise<readonly Record<string, unknown>[]>
  /** The same row for a picker. */
  choice(row: Record<string, unknown>): { value: string; label: string; hint: string | null }
}

export interface Limits {
  /** When the vendor's rules were last checked, `YYYY-MM-DD`. */
  checked: string
  /** Why the vendor cannot hold this pair, or null. Pure; must not put the value into the reason. */
  refuse(key: string, value: string): string | null
  /**
   * The name a program sees, where the vendor changes it. Two keys with the same effective name collide: the one that
   * is changed is refused.
   */
  effectiveName?(key: string): string
}

/** Flags a vendor keeps beside a value, such as `{ secret: true }`. */
export type Flags = Readonly<Record<string, boolean>>

export interface Client {
  /**
   * Everything at the target, in any order. Complete, or it throws: a half-read page must never look like an absent
   * key.
   */
  list(): Promise<Observed[]>
  /** Carries out creates, updates and deletes. Resolves when each change was reported. */
  apply(changes: readonly Change[], report: Report): Promise<void>
  /**
   * Values by key, those included that `list` hides; whatever else the vendor adds is ignored. Present only where the
   * vendor hands them out for this target. Its answers are the one place where values come back: they are compared and
   * dropped.
   */
  readValues?(): Promise<ReadonlyMap<string, string>>
}

export interface Observed {
  key: string
  /** Ids of the vendor; more than one when it holds several copies of the key, none when it has no ids. */
  remoteIds: readonly string[]
  /** The value in clear, where the vendor shows it. */
  value?: string
  /** Only the flags the vendor shows. */
  flags: Flags
  /** Set when this is not ours to touch (personal, another scope): says what it is. */
  notManaged?: string
  /** Set when writing would replace something of another type: says what, such as `a TOTP secret`. */
  otherType?: string
}

/** One step of a plan, as the client gets it. */
export type Change =
  | { action: 'create'; key: string; value: string; flags: Flags }
  | { action: 'update'; key: string; value: string; flags: Flags; remoteIds: readonly string[] }
  | { action: 'delete'; key: string; remoteIds: readonly string[] }

export interface Report {
  /** Journal: called, and awaited, before the first step that could lose the old value. */
  replacing(change: Change): Promise<void>
  /** The change is at the vendor. `remoteIds` are those of the new copy. */
  done(change: Change, remoteIds?: readonly string[]): Promise<void>
  /** The change is not at the vendor. */
  failed(change: Change, error: DestinationError): Promise<void>
}

/**
 * - `auth`: the credential is wrong or lacks a right; a person has to act.
 * - `missing`: the target itself (project, environment, organization) is not there; a person has to act.
 * - `rejected`: the vendor refuses this key or request; the same request will be refused again.
 * - `throttled`: too many calls, past what waiting could settle in this run.
 * - `unavailable`: no clear answer (network, time-out, 5xx); worth another try later.
 */
export type DestinationErrorKind = 'auth' | 'missing' | 'rejected' | 'throttled' | 'unavailable'

/** A vendor's refusal or failure. The message names what and the remedy; it never carries a value or a credential. */
export class DestinationError extends Error {
  readonly kind: DestinationErrorKind
  readonly status: number | null
  /** What the destination made of the answer, in a word of its own; null where the kind says enough. */
  readonly code: string | null
  /** `throttled`: when the vendor said to come back. */
  readonly retryAt: Date | null

  constructor(
    kind: DestinationErrorKind,
    message: string,
    extra: { status?: number; code?: string | null; retryAt?: Date; cause?: unknown } = {},
  ) {
    super(message, extra.cause === undefined ? undefined : { cause: extra.cause })
    this.name = 'DestinationError'
    this.kind = kind
    this.status = extra.status ?? null
    this.code = extra.code ?? null
    this.retryAt = extra.retryAt ?? null
  }
}

/** How a field of a credentials, target or options schema looks in a form. */
export interface Field {
  label: string
  help?: string
  placeholder?: string
  /** Never shown again, never returned. */
  secret?: boolean
  /** The value is picked from `choices[name]`. */
  choices?: string
  showWhen?: { field: string; in: string[] }
}

/** Zod metadata that makes a form field: `z.string().meta(field({ label: 'API key', secret: true }))`. */
export const field = (meta: Field): { field: Field } => ({ field: meta })

export function defineDestination<C extends z.ZodObject, T extends z.ZodObject, O extends z.ZodObject>(
  definition: DestinationDefinition<C, T, O>,
): DestinationDefinition<C, T, O> {
  return definition
}
