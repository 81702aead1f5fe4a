/**
 * The contract of a destination: one folder beside this file, whose `index.ts` exports `defineDestination({...})` as
 * default. The account is `connection.ts`; the wire is `http.ts`; what several vendors need stands beside this file:
 * `apply-each.ts` (a call per change), `batch.ts` (many changes in a call), `document.ts` (the whole target in a call),
 * `pages.ts`, `token-source.ts`.
 *
 * A client does two things: list what the target holds, and apply changes that the plan decided. It computes no
 * difference and owns no policy. Between `list` and `apply` it may remember what it saw, such as a document's version.
 * Every call passes through `session.http`, which proves the credential, counts, times out, checks the lease, keeps to
 * allowed hosts and to rate limits, and turns failures into `DestinationError`.
 *
 * - Concurrency: one `open()`ed target is used by one run at a time; `apply` may run changes in parallel as the vendor
 *   allows.
 * - Atomicity: none is assumed. `apply` reports each change as it lands, and one failing key does not stop the others.
 *   It rejects only with trouble of the whole target (`auth`, `missing`, `throttled`, or `unavailable` throughout), or
 *   when the lease is gone; no call is on the wire any more by then.
 * - Retries: only calls that are safe to repeat are repeated, by `http`; `apply` settles unclear answers by looking
 *   again.
 * - A key that is absent when a delete arrives counts as deleted.
 * - What is at the target and not ours stays as it is: keys, records of other environments, members of a document.
 */
import type { z } from 'zod'
import type { AnyCredentials, ConnectionDefinition, Methods, Session } from './connection.ts'
import type { DestinationError } from './destination-error.ts'
import type { FormSchema } from './forms.ts'
import type { RateLimit } from './shared/rate-limits/rate-limit.ts'

export interface DestinationDefinition<
  Credentials = AnyCredentials,
  Target extends FormSchema = FormSchema,
  Options extends z.ZodObject = z.ZodObject,
> {
  /** Equals the folder's name; stored with every sync. */
  name: string
  title: string
  /** The vendor's own page about what we write. */
  docsUrl: string
  connection: ConnectionDefinition<Credentials>
  /** Where a sync writes: fields as Infisical's `destinationConfig` has them, with `field()` metadata. */
  target: Target
  /** The destination's own sync options, beside the common ones. Every field has a default. */
  options: Options
  notes: {
    /** What the first sync does to existing secrets. */
    initialSync: string
    /** What it may replace or remove that a person would not expect. */
    initialWarning?: string
    options: readonly string[]
  }
  /** What the vendor can hold, as sentences for people; `limits` enforces them. */
  keyRules: readonly string[]
  limits: Limits<z.infer<Target>, z.infer<Options>>
  /**
   * Rate limits by the bucket that a call counts in (`HttpRequest.bucket`, `all` by default). Where none is declared,
   * refusals and reported budgets alone limit.
   */
  rateLimits: Readonly<Record<string, RateLimit>>
  /**
   * Whether the vendor shows values, so that they can be imported: `listed` by `list()`, `read` by `readValues()`,
   * `hidden` never.
   */
  values: 'listed' | 'read' | 'hidden'
  /** Whether this target shows none all the same. Left out: no target does. */
  hidesValues?(target: z.infer<Target>): boolean
  /** A listing may lag behind our own write by as many milliseconds: until then what it lacks is not missing. */
  listingLagMs?: number
  /**
   * The target with the vendor's ids in place of names that a person may have typed, so that one place has one key.
   * Called when a sync is given a target. Throws `missing` for a name that the account does not have.
   */
  resolve?(session: Session<Credentials>, target: z.infer<Target>): Promise<z.infer<Target>>
  /** Two configs with the same key write to the same place. Without host and account, which are added. */
  targetKey(target: z.infer<Target>): string
  /** The target in words, such as `proj_abc · prod`. */
  targetLabel(target: z.infer<Target>): string
  /**
   * The vendor's page of this target; null where there is none that everybody can open. `settings` are the fields of
   * the connection that are not secret: the others are left out, so that no link carries a credential.
   */
  targetUrl?(target: z.infer<Target>, settings: Credentials): string | null
  /**
   * What the target is, such as `a whole region of an AWS account`, where other teams keep theirs there too: then only
   * what the sync wrote is deleted by default, and `mirror` needs a key schema. Null: it is the sync's own.
   */
  sharedPlace?(target: z.infer<Target>): string | null
  /** Why an option does not go with this target, and which; null where all do. */
  refuseOption?(options: z.infer<Options>, target: z.infer<Target>): { option: string; reason: string } | null
  /** Whether keys are written with the metadata of their secrets. Left out: never. It is decrypted only then. */
  sendsMetadata?(options: z.infer<Options>): boolean
  /**
   * Flags every desired key is written with, from target, options and metadata (for example `{ secret: true }`). Part
   * of the digest. Lists and maps as canonical text (`canonical()`); for tags see `tags.ts`.
   */
  flags(options: z.infer<Options>, key: string, target: z.infer<Target>, metadata?: Metadata): Flags
  /** Lists that fill a picker, by name. A failing credential is an error, never an empty list. */
  choices?: Record<string, ChoiceList<Credentials>>
  open(session: Session<Credentials>, target: z.infer<Target>, options: z.infer<Options>): Client
}

export interface ChoiceList<Credentials> {
  /** Target fields that must be known first. */
  needs: readonly string[]
  list(session: Session<Credentials>, known: Record<string, string>): Promise<readonly Choice[]>
}

/** One entry of a picker. */
export interface Choice {
  value: string
  label: string
  hint: string | null
  /** As the vendor has it, and as REST answers it. */
  row: Record<string, unknown>
}

export interface Limits<Target = unknown, Options = unknown> {
  /** When the vendor's rules were last checked, `YYYY-MM-DD`. */
  checked: string
  /**
   * Why the vendor cannot hold this pair, or null; text that is no valid Unicode is refused before (`refusalOf`). `key`
   * is the stored name. Pure; must not put the value into the reason.
   */
  refuse(key: string, value: string, at: { target: Target; options: Options; metadata?: Metadata }): string | null
  /**
   * The name as the vendor stores and lists it, where it changes it character by character (upper case, `_` to `-`).
   * Plan, ledger and key schema use stored names.
   */
  storedName?(key: string): string
  /**
   * The name by which the vendor, or a program, distinguishes keys, where that is less than the stored name. Two keys
   * with the same one collide: the one that is changed is refused.
   */
  effectiveName?(key: string): string
  /** The most keys that a target holds; null: no limit. */
  maxKeys?(target: Target): number | null
  /**
   * Of a target that is one document: its size as the vendor counts it, and the most it may have. 0: this target is
   * none.
   */
  document?: { max: number; size(members: ReadonlyMap<string, string>, target: Target): number }
}

/** Metadata of a secret by key, empty unless `sendsMetadata`. What is marked as encrypted is never among it. */
export type Metadata = Readonly<Record<string, string>>

/** Flags a vendor keeps beside a value, such as `{ secret: true, kmsKey: 'alias/x' }`. */
export type Flags = Readonly<Record<string, boolean | string>>

export interface Client {
  /** The vendor has no update: every changed value is a delete and a create, which `replacing` precedes. */
  replaces?: true
  /**
   * Everything at the target, in any order. Complete, or it throws: a half-read page must never look like an absent
   * key.
   */
  list(): Promise<Observed[]>
  /**
   * Starts what writes need, such as a public key, beside `list`. Called when a run has new values; a failure shows in
   * `apply`.
   */
  prepare?(): void
  /** Carries out creates, updates and deletes. Resolves when each change was reported. */
  apply(changes: readonly Change[], report: Report): Promise<void>
  /**
   * The same for these keys, where the vendor has a stronger read than its listing: asked about keys that the listing
   * lacks or shows otherwise than we wrote them. Keys that are not there are left out.
   */
  reread?(keys: readonly string[]): Promise<Observed[]>
  /**
   * Values by key, those included that `list` hides, of at least these keys; whatever else the vendor adds is ignored.
   * Present only where the vendor hands them out for this target. They are compared and dropped, or imported.
   */
  readValues?(keys: readonly string[]): Promise<ReadonlyMap<string, string>>
}

export interface Observed {
  key: string
  /** Ids of the vendor; more than one when it holds several copies of the key, none when it has no ids. */
  remoteIds: readonly string[]
  /** The value in clear, where the vendor shows it. */
  value?: string
  /** Only the flags the vendor shows. */
  flags: Flags
  /** All tags, where the vendor shows them: only those of the flag `tags` are compared, others belong to others. */
  tags?: Readonly<Record<string, string>>
  /**
   * Changes whenever somebody writes the key, where the vendor shows that and a write does not answer it, such as a
   * time. What the first listing after our write shows counts as ours.
   */
  revision?: string
  /** Set when this is not ours to touch (personal, another scope): says what it is. */
  notManaged?: string
  /** Set when writing would replace something of another type: says what, such as `a TOTP secret`. */
  otherType?: string
}

/** One step of a plan, as the client gets it. */
export type Change =
  | { action: 'create'; key: string; value: string; flags: Flags }
  | {
      action: 'update'
      key: string
      value: string
      flags: Flags
      remoteIds: readonly string[]
      /** The flags of our last write, where there was one. */
      written?: Flags
    }
  | { action: 'delete'; key: string; remoteIds: readonly string[] }

/** A change that writes a value. */
export type Write = Exclude<Change, { action: 'delete' }>

export interface Report {
  /** Journal: called, and awaited, before the first step that could lose the old value. */
  replacing(change: Change): Promise<void>
  /** The change is at the vendor. `remoteIds` are those of the new copy. */
  done(change: Change, remoteIds?: readonly string[]): Promise<void>
  /** The change is not at the vendor. */
  failed(change: Change, error: DestinationError): Promise<void>
}

/** How a field of a credentials, target or options schema looks in a form. */
export interface Field {
  label: string
  help?: string
  placeholder?: string
  /** Never shown again, never returned. */
  secret?: boolean
  /** A text of several lines, such as a private key. */
  multiline?: boolean
  /** What a person reads for each value of an enum or of the field that tells a union's members apart. */
  options?: Readonly<Record<string, string>>
  /** The value is picked from `choices[name]`. */
  choices?: string
  showWhen?: { field: string; in: string[] }
  /** Not shown in forms: it keeps the name of what is picked for this field, so that a person reads no ID. */
  labelOf?: string
}

/** Zod metadata that makes a form field: `z.string().meta(field({ label: 'API key', secret: true }))`. */
export const field = (meta: Field): { field: Field } => ({ field: meta })

/** A list or a map as a flag: the same text whatever its order. */
export const canonical = (value: readonly string[] | Readonly<Record<string, string>>): string =>
  JSON.stringify(Array.isArray(value) ? value.toSorted(byText) : Object.entries(value).sort(([a], [b]) => byText(a, b)))

const byText = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

export const defineDestination = <C, M extends Methods, T extends FormSchema, O extends z.ZodObject>(
  definition: DestinationDefinition<C, T, O> & { connection: ConnectionDefinition<C, M> },
): typeof definition => definition
