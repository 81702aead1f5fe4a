import type { Auth } from '@keyferry/auth'
import type { Actor, Context } from '@keyferry/core/context'
import type { Readiness } from '@keyferry/instance'
import type { Throttle } from '../http/throttle.ts'

/** What every procedure gets. */
export interface RequestContext {
  /** What the verbs get. */
  ctx: Context
  auth: Auth
  actor: Actor | null
  /** A credential came with the request, valid or not. */
  presented: boolean
  throttle: Throttle
  /** Where the request came from. */
  address: string | null
  instance: Instance
  readiness: () => Promise<Readiness>
  /** Found again in the log. */
  reqId: string
}

/** What the process knows of itself. */
export interface Instance {
  version: string
  profile: 'embedded' | 'fleet'
}
