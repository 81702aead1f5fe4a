/** How long a person stays signed in, and how they signed in. */
import { storedTime, withOwnNames } from '@keyferry/db'
import { DAY_MS, type Context } from '@keyferry/kernel'

export interface SessionLimits {
  /** Milliseconds after which a session ends, used or not. */
  maxMs: number
  /** Milliseconds without a request after which it ends. */
  idleMs: number
  /** Milliseconds after which one that began at the provider ends, so that the provider decides again. */
  providerMs: number
}

export const DEFAULT_LIMITS: SessionLimits = {
  maxMs: 7 * DAY_MS,
  idleMs: 1440 * 60_000,
  providerMs: DAY_MS,
}

/** Milliseconds after which a session that is used says so again: a small part of the time it may be idle. */
export const lastSeenEvery = ({ idleMs }: SessionLimits): number => Math.min(300_000, Math.floor(idleMs / 10))

export interface TimedSession {
  createdAt: Date
  expiresAt: Date
  signedInBy?: string | null | undefined
}

/**
 * When a session said last that it is used, in milliseconds since 1970: from its end, which is sealed, and which
 * better-auth then moves to `maxMs` ahead.
 */
export const lastUseOf = ({ createdAt, expiresAt }: TimedSession, { maxMs }: SessionLimits): number =>
  Math.max(createdAt.getTime(), expiresAt.getTime() - maxMs)

/** Whether a session has lasted too long, or was not used for too long. */
export function isOver(session: TimedSession, limits: SessionLimits): boolean {
  const now = Date.now()
  const longest = session.signedInBy === 'oidc' ? Math.min(limits.maxMs, limits.providerMs) : limits.maxMs
  const idle = now - lastUseOf(session, limits)
  return now - session.createdAt.getTime() >= longest || idle >= limits.idleMs + lastSeenEvery(limits)
}

/** Removes sessions that are over from the store, whose users did not come back. */
export async function removeOver(db: Context['db'], limits: SessionLimits): Promise<void> {
  const { maxMs, idleMs, providerMs } = limits
  const before = (ms: number) => storedTime(db, new Date(Date.now() - ms))
  const unusedMs = idleMs + lastSeenEvery(limits)
  const sessions = withOwnNames(db).withTables<{
    session: { createdAt: Date | string; expiresAt: Date | string; signedInBy: string | null }
  }>()
  await sessions
    .deleteFrom('session')
    .where((eb) =>
      eb.or([
        eb('createdAt', '<=', before(maxMs)),
        eb.and([eb('signedInBy', '=', 'oidc'), eb('createdAt', '<=', before(providerMs))]),
        eb.and([eb('createdAt', '<=', before(unusedMs)), eb('expiresAt', '<=', before(unusedMs - maxMs))]),
      ]),
    )
    .execute()
}

export const SIGN_INS = ['password', 'passkey', 'oidc', 'link'] as const
/** `link`: an operator's, from the command line. */
export type SignInKind = (typeof SIGN_INS)[number]

/** By the endpoint of better-auth that begins a session; null for one that continues another's. */
export function kindOf(path: string | undefined): SignInKind | null {
  if (path === undefined) return null
  if (path.includes('/callback/')) return 'oidc'
  if (path.startsWith('/passkey/')) return 'passkey'
  if (path.startsWith('/sign-in-link')) return 'link'
  return path.startsWith('/sign-in/') || path.startsWith('/two-factor/verify') ? 'password' : null
}
