/** Who is signed in: better-auth's sessions, with ends that it doesn't know. */
import type { Actor } from '@keyferry/kernel'
import { isAPIError } from 'better-auth/api'
import { isOver, lastSeenEvery, lastUseOf, SIGN_INS, type SessionLimits, type SignInKind } from '../people/sessions.ts'
import type { BetterAuth } from './better-auth.ts'

export interface Session {
  actor: Actor
  /** Null for one of an earlier version. */
  signedInBy: SignInKind | null
  hasSecondFactor: boolean
}

interface Limits {
  sessions: SessionLimits
  /** Whether sessions that began like this continue; the others end when they are used next. */
  admitted: (signedInBy: SignInKind | null) => boolean
}

/**
 * Returns a function to the session of a request's headers: null without one, and for one that is over. `refresh`: it
 * is used now.
 */
export const sessionReader =
  (auth: BetterAuth, { sessions: limits, admitted }: Limits) =>
  async (headers: Headers, { refresh }: { refresh: boolean }): Promise<Session | null> => {
    // Without the note that it is used, which would hide how long it was not.
    const found = await auth.api.getSession({ headers, query: { disableRefresh: true } })
    if (!found) return null
    const { session, user } = found
    const signedInBy = SIGN_INS.find((kind) => kind === session.signedInBy) ?? null
    if (isOver(session, limits) || !admitted(signedInBy)) {
      await (await auth.$context).internalAdapter.deleteSession(session.token)
      return null
    }
    const unnoted = Date.now() - lastUseOf(session, limits)
    if (refresh && unnoted >= lastSeenEvery(limits) && !(await noteUse(auth, headers))) return null
    return {
      actor: { kind: 'user', id: user.id, name: user.email, sessionId: session.id },
      signedInBy,
      hasSecondFactor: user.twoFactorEnabled === true,
    }
  }

/**
 * False when the session has ended meanwhile. Of requests at the same moment one notes it; for the others the row has
 * changed since they read it, which better-auth takes for an end.
 */
async function noteUse(auth: BetterAuth, headers: Headers): Promise<boolean> {
  try {
    return (await auth.api.getSession({ headers })) !== null
  } catch (error) {
    if (!isAPIError(error) || error.statusCode !== 401) throw error
    return (await auth.api.getSession({ headers, query: { disableRefresh: true } })) !== null
  }
}
