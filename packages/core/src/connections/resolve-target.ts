import { BadRequest, type Context } from '@keyferry/kernel'
import { sentence } from '@keyferry/schemas'
import { DestinationError } from '../destinations/destination-error.ts'
import type { DestinationDefinition } from '../destinations/destination.ts'
import { openSession, withTimeout } from './open-session.ts'

/**
 * The target with the vendor's ids, where the destination resolves names; the given one elsewhere. Throws `BadRequest`
 * with the vendor's reason: a sync must not be stored under a name that may be a second key of one place.
 */
export async function resolveTarget(
  ctx: Context,
  { title, resolve, rateLimits }: DestinationDefinition,
  connectionId: string,
  target: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  if (!resolve) return target
  try {
    return await withTimeout(title, async (signal) => {
      const { session, close } = await openSession(ctx, connectionId, { signal, rateLimits })
      try {
        return await resolve(session, target)
      } finally {
        await close()
      }
    })
  } catch (error) {
    if (error instanceof DestinationError) throw new BadRequest(sentence(error.message), { kind: error.kind })
    throw error
  }
}
