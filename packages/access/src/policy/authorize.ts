/** The one check: whether somebody may do what a verb requires. */
import { timeSlice, type Db } from '@keyferry/db'
import { Forbidden, OutOfReach, type Tx } from '@keyferry/kernel'
import { allows, isMember, type Access, type Action, type Resource } from '@keyferry/schemas/policy'
import type { Requirement } from './requirement.ts'
import { resolve, type Resolved } from './resolve.ts'

/**
 * Throws `OutOfReach` when they may not know that the thing exists, `Forbidden` when they may know but not do it.
 * Instance admins are checked too: an id that nothing has is refused here.
 */
export async function authorize(db: Db | Tx, access: Access, requirements: readonly Requirement[]): Promise<void> {
  const slice = timeSlice()
  for (const { action, at } of requirements) {
    if (slice.isOver()) await slice.rest()
    // The walk through imports and references is not needed for those who can read the whole project.
    if (at.kind === 'shown-by' && at.folder.kind === 'folder') {
      if (allows(access, action, { kind: 'project', projectId: at.folder.projectId })) continue
    }
    await check(access, action, await resolve(db, at))
  }
}

async function check(access: Access, action: Action, { places, behind, missing, known }: Resolved): Promise<void> {
  for (const place of places) {
    if (allows(access, action, place)) continue
    if (known ? !known(access) : !mayKnow(access, place)) throw new OutOfReach(missing)
    throw refusal(action, place)
  }
  const [named] = places
  if (!behind || (named && readsProject(access, action, named))) return
  if ((await behind()).every((place) => allows(access, action, place))) return
  throw refusal(action, named ?? { kind: 'instance' }, 'what it imports or refers to')
}

/** Whether they may do it in the whole project of a place. */
const readsProject = (access: Access, action: Action, place: Resource): boolean =>
  'projectId' in place && allows(access, action, { kind: 'project', projectId: place.projectId })

function mayKnow(access: Access, place: Resource): boolean {
  if ('projectId' in place) return isMember(access, place.projectId)
  return place.kind !== 'organization' || allows(access, 'connections.read', place)
}

/**
 * Infisical's sentence and its list of requested permissions. `beyond`: what is refused lies behind the place, and is
 * not named.
 */
export function refusal(action: Action, place: Resource, beyond?: string): Forbidden {
  const [subject = '', verb = ''] = action.split('.')
  const where = place.kind === 'folder' ? { environment: place.environment, secretPath: place.path } : {}
  const words =
    place.kind === 'folder'
      ? `${subject} in ${place.environment}:${place.path}`
      : place.kind === 'project'
        ? `${subject} of this project`
        : subject
  return new Forbidden(`You are not allowed to ${verb} on ${words}${beyond ? ` and ${beyond}` : ''}`, {
    denied: [{ action: verb, inverted: false, subject, conditions: where }],
  })
}
