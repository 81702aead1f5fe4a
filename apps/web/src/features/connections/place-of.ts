import type { Resource } from '@keyferry/schemas/policy'
import type { Connection } from '../../lib/server/types.ts'

/** Where a connection is: one of no project is everybody's, and its instance admins' to change. */
export const placeOf = ({ projectId }: Connection): Resource =>
  projectId === null ? { kind: 'organization' } : { kind: 'project', projectId }
