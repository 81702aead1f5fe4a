/** What ends when a password or a second factor changes. */
import type { GenericEndpointContext } from 'better-auth'

/** Links for a new password, sign-ins that wait for a second factor and devices that were trusted with one: all name the person. */
export async function endOpenDoors(
  { context }: Pick<GenericEndpointContext, 'context'>,
  userId: string,
): Promise<void> {
  await context.adapter.deleteMany({ model: 'verification', where: [{ field: 'value', value: userId }] })
}

/** All sessions but the one with the token `kept`, and `endOpenDoors`. */
export async function endOtherSessions(
  { context }: Pick<GenericEndpointContext, 'context'>,
  userId: string,
  kept: string,
): Promise<void> {
  const where = [
    { field: 'userId', value: userId },
    { field: 'token', value: kept, operator: 'ne' as const },
  ]
  await context.adapter.deleteMany({ model: 'session', where })
  await endOpenDoors({ context }, userId)
}
