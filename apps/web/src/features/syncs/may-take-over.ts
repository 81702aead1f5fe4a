import type { me } from '@keyferry/schemas'
import type { z } from 'zod'
import type { Sync } from '../../lib/types.ts'

/**
 * Whether it is worth offering: someone who may run the sync and has its environment. Whether they may read everything that it sends,
 * imports and references included, only the server knows; it refuses by name.
 */
export function mayTakeOver({ instanceAdmin, grants }: z.output<typeof me>, sync: Sync): boolean {
  if (instanceAdmin) return true
  const grant = grants.find(({ projectId }) => projectId === sync.projectId)
  if (!grant || grant.role === 'viewer') return false
  return (
    grant.scopes === null ||
    grant.scopes.some(({ environment }) => environment === '*' || environment === sync.environment?.slug)
  )
}
