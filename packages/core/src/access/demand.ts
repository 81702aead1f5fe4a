import { allows, isMember, type Access, type Action, type Place } from '@keyferry/schemas/policy'
import { Forbidden, NotFound } from '../errors.ts'
import type { Located } from './locate.ts'

/** One thing that a call needs. */
export interface Need extends Located {
  action: Action
}

/** Throws `NotFound` when they may not know of the place, `Forbidden` when they may know but not do it. */
export function demand(access: Access, { action, place, missing }: Need): void {
  if (allows(access, action, place)) return
  if ('projectId' in place && !isMember(access, place.projectId)) throw new NotFound(missing)
  // A connection is found by its id, so its id must not tell whether there is one.
  if (place.kind === 'organization' && !allows(access, 'connections.read', place)) throw new NotFound(missing)
  throw refusal(action, place)
}

/** Infisical's sentence and its list of what was asked for. */
export function refusal(action: Action, place: Place): Forbidden {
  const [subject = '', verb = ''] = action.split('.')
  const where = place.kind === 'folder' ? { environment: place.environment, secretPath: place.path } : {}
  const words =
    place.kind === 'folder'
      ? `${subject} in ${place.environment}:${place.path}`
      : place.kind === 'project'
        ? `${subject} of this project`
        : subject
  return new Forbidden(`You are not allowed to ${verb} on ${words}`, {
    denied: [{ action: verb, inverted: false, subject, conditions: where }],
  })
}
