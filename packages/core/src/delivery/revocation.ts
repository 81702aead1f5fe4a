/** Whether the value before the present one can be revoked. Pure; fails closed. */
import type { DeliveredTo, DeliveryState, Revocation, RevocationReason, SecretReader } from '@keyferry/schemas'
import type { Copy } from './copy-state.ts'

/** A destination with what it has of the secret. */
export type KnownDestination = DeliveredTo & { copy: Copy }

export interface RevocationInput {
  destinations: readonly KnownDestination[]
  /** There are syncs whose results the caller may not see. */
  hasHiddenDestinations: boolean
  /** Everybody who read the value, each with the last time. */
  readers: readonly SecretReader[]
  /** Readers may be named to the caller. */
  namesReaders: boolean
}

/** States in which a destination is not expected to get the new value: only a copy that it has counts. */
const NOT_EXPECTED: readonly DeliveryState[] = ['rejected', 'excluded']

/**
 * Revoking is not safe while a destination lacks the present value or may have the old one, or while a copy is left
 * behind. Nor is it while a destination is out of the caller's sight, or a machine read the old value last.
 */
export function revocationOf({
  destinations,
  hasHiddenDestinations,
  readers,
  namesReaders,
}: RevocationInput): Revocation {
  const machines = readers.filter(({ actor, isNewest }) => actor.kind !== 'user' && !isNewest)
  const reasons: RevocationReason[] = [
    ...destinations.flatMap(reasonsOf),
    ...(hasHiddenDestinations ? [{ code: 'hidden-destinations' as const }] : []),
    ...(namesReaders
      ? machines.map(({ actor, readAt }) => ({ code: 'read-by-machine' as const, actor, readAt }))
      : machines.length > 0
        ? [{ code: 'hidden-machines' as const }]
        : []),
  ]
  return { isSafe: reasons.length === 0, reasons }
}

function reasonsOf({ copy, state, syncId, syncName, key, reason, target }: KnownDestination): RevocationReason[] {
  if (state === 'delivered') return []
  if (state === 'left-behind')
    return copy === 'newest' ? [] : [{ code: 'old-copy', syncId, syncName, key: key ?? '', target }]
  if (NOT_EXPECTED.includes(state) && copy === 'none') return []
  return [{ code: 'not-delivered', syncId, syncName, key, state, reason }]
}
