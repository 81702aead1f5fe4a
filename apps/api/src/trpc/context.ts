import type { Auth } from '@keyferry/access/sign-in'
import type { Actor, Context, KeyferryError } from '@keyferry/kernel'
import type { Readiness } from '@keyferry/runtime'
import type { Admission, Answering } from '../http/admission.ts'
import type { UnderWay } from '../http/under-way.ts'

/** What every procedure gets. */
export interface RequestContext {
  /** What the verbs get. */
  ctx: Context
  auth: Auth
  actor: Actor | null
  /** Who the same credential belongs to now; null once it ended. Counts as no use of it. */
  authenticate: () => Promise<Actor | null>
  /** Why someone who is known is no actor here. */
  refusal: KeyferryError | null
  /** A credential came with the request, valid or not. */
  presented: boolean
  /** The bearer token of the request, valid or not. */
  bearer: string | null
  throttle: Throttle
  admission: Admission
  track: UnderWay['track']
  /**
   * Makes of what a procedure answers what the edge sends, and counts its bytes. Throws as `Admission.countAnswer`
   * does.
   */
  prepare(output: unknown, type: Answering): Promise<unknown>
  /** Leaves the answer uncompressed. */
  keepPlain(): void
  /** Where the request came from. */
  address: string
  /** The same address, where it is that of a proxy which is not believed. */
  unknownProxy: string | undefined
  /** A program on the machine of this process sent it: no browser, no proxy. */
  isLocalProgram: boolean
  instance: Instance
  readiness: () => Promise<Readiness>
  /** Found again in the log. */
  reqId: string
}

/**
 * Throws `TooManyRequests` once `what` was tried more than `perMinute` times within a minute from the address of the
 * request.
 */
export type Throttle = (what: string, perMinute: number) => Promise<void>

/** What the process knows of itself. */
export interface Instance {
  version: string
  /** A newer release, if the operator lets the instance look for one. */
  newerVersion?(): string | undefined
  profile: 'embedded' | 'fleet'
}
