/** How long a person stays signed in, and how they signed in. */
import type { Context } from '@keyferry/core/context'
import { withOwnNames } from '@keyferry/db'

export interface SessionLimits {
  /** Milliseconds after which a session ends, used or not. */
  maxMs: number
  /** Milliseconds without a request after which it ends. */
  idleMs: number
}

export const DEFAULT_LIMITS: SessionLimits = { maxMs: 168 * 3_600_000, idleMs: 1440 * 60_000 }

/** Milliseconds after which a session that is used says so again: a small part of the time it may be idle. */
export const lastSeenEvery = ({ idleMs }: SessionLimits): number => Math.min(300_000, Math.floor(idleMs / 10))

export function isOver(session: { createdAt: Date; updatedAt: Date }, limits: SessionLimits): boolean {
  const now = Date.now()
  return (
    now - session.createdAt.getTime() >= limits.maxMs ||
    now - session.updatedAt.getTime() >= limits.idleMs + lastSeenEvery(limits)
  )
}

/** Removes sessions that are over from the store, where nobody came back to be told. */
export async function removeOver(db: Context['db'], limits: SessionLimits): Promise<void> {
  const { maxMs, idleMs } = limits
  // better-auth keeps times as the database has them.
  const before = (ms: number) =>
    db.dialect === 'sqlite' ? new Date(Date.now() - ms).toISOString() : new Date(Date.now() - ms)
  const sessions = withOwnNames(db).withTables<{ session: { createdAt: Date | string; updatedAt: Date | string } }>()
  await sessions
    .deleteFrom('session')
    .where((eb) =>
      eb.or([eb('createdAt', '<=', before(maxMs)), eb('updatedAt', '<=', before(idleMs + lastSeenEvery(limits)))]),
    )
    .execute()
}

export const SIGN_INS = ['password', 'passkey', 'oidc', 'link'] as const
/** `link`: an operator's, from the command line. */
export type SignInKind = (typeof SIGN_INS)[number]

/** By the endpoint of better-auth that begins a session; null for one that goes on with another's. */
export function kindOf(path: string | undefined): SignInKind | null {
  if (path === undefined) return null
  if (path.includes('/callback/')) return 'oidc'
  if (path.startsWith('/passkey/')) return 'passkey'
  if (path.startsWith('/sign-in-link')) return 'link'
  return path.startsWith('/sign-in/') || path.startsWith('/two-factor/verify') ? 'password' : null
}
