/** What ends when a password or a second factor changes. */
import { endRowsBefore } from '@keyferry/db'
import type { Context } from '@keyferry/kernel'
import type { GenericEndpointContext } from 'better-auth'

/**
 * Links for a new password, sign-ins that wait for a second factor and devices that were trusted with one: all name the
 * person.
 */
export async function endOpenDoors(
  { context }: Pick<GenericEndpointContext, 'context'>,
  userId: string,
): Promise<void> {
  await context.adapter.deleteMany({ model: 'verification', where: [{ field: 'value', value: userId }] })
}

/** All sessions but the one with the token `kept`, and `endOpenDoors`. */
export async function endOtherSessions(
  { authority }: Pick<Context, 'authority'>,
  { context }: Pick<GenericEndpointContext, 'context'>,
  userId: string,
  kept: string,
): Promise<void> {
  const at = authority.endsAt()
  const found = await context.internalAdapter.findSession(kept)
  // Sealed again: what is older ends.
  if (found) await context.internalAdapter.updateSession(kept, { expiresAt: found.session.expiresAt })
  const where = [
    { field: 'userId', value: userId },
    { field: 'token', value: kept, operator: 'ne' as const },
  ]
  await context.adapter.deleteMany({ model: 'session', where })
  endRowsBefore(authority, 'session', { userId }, at)
  await endOpenDoors({ context }, userId)
}
