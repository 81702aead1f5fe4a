/**
 * What the present person may do, by the policy that the server decides with. The server has the last word: this is so
 * that a screen offers what will work, and says why the rest will not.
 */
import type { grant, me } from '@keyferry/schemas'
import { allows, rolesWith, type Access, type Action, type Resource } from '@keyferry/schemas/policy'
import { useMemo, useState } from 'react'
import type { z } from 'zod'
import { hasTyped } from '../focus/typed.ts'
import { trpc } from '../server/trpc.ts'
import type { FolderRef as FolderPlace, BriefSync } from '../server/types.ts'
import { words } from '../words.ts'

export interface Rights {
  email: string
  instanceAdmin: boolean
  /** What they were given in this project; undefined for an instance admin who is no member. */
  grant: z.output<typeof grant> | undefined
  /** Left out, `place` is the project, or the instance for what belongs to it. */
  may(action: Action, place?: Resource): boolean
  /** Why they may not, as a sentence; undefined when they may. */
  whyNot(action: Action, place?: Resource): string | undefined
}

const INSTANCE: Resource = { kind: 'instance' }

export const inFolder = ({ projectId, environment, secretPath }: FolderPlace): Resource => ({
  kind: 'folder',
  projectId,
  environment,
  path: secretPath,
})
/** The folder with everything in it. */
export const andBelow = ({ projectId, environment, secretPath }: FolderPlace): Resource => ({
  kind: 'folder',
  projectId,
  environment,
  path: secretPath,
  below: true,
})
/** A sync is where its source is. */
export const atSource = ({ projectId, environment, folder }: BriefSync): Resource =>
  environment && folder
    ? inFolder({ projectId, environment: environment.slug, secretPath: folder.path })
    : { kind: 'project', projectId }

export function rightsOf({ email, instanceAdmin, grants }: z.output<typeof me>, projectId: string): Rights {
  const access: Access = { instanceAdmin, grants: new Map(grants.map((each) => [each.projectId, each])) }
  const grant = grants.find((each) => each.projectId === projectId)
  const placeOf = (action: Action): Resource =>
    action.startsWith('instance.') ? INSTANCE : { kind: 'project', projectId }
  const whyNot = (action: Action, place = placeOf(action)): string | undefined => {
    if (allows(access, action, place)) return undefined
    const roles = place.kind === 'project' || place.kind === 'folder' ? rolesWith(action) : []
    const what = words.rights.actions[action]
    if (roles.length === 0) return words.rights.instanceAdmins(what)
    const who = roles.map((role) => `${role}s`).join(words.rights.and)
    if (!grant || !roles.includes(grant.role)) return words.rights.roles(who, what)
    return place.kind === 'folder'
      ? words.rights.outside(place.environment, place.path, place.below === true ? words.rights.below : '')
      : words.rights.limited(who, what)
  }
  return {
    email,
    instanceAdmin,
    grant,
    may: (action, place = placeOf(action)) => allows(access, action, place),
    whyNot,
  }
}

/** What is taken from somebody who types is taken from the screen afterwards; saving it is refused. */
export function useRights(projectId: string) {
  const { data, error, refetch } = trpc.instance.me.useQuery()
  const [shown, setShown] = useState(data)
  if (data !== shown && (shown === undefined || !hasTyped())) setShown(data)
  const rights = useMemo(() => shown && rightsOf(shown, projectId), [shown, projectId])
  return { rights, error, refetch }
}

/**
 * Why something may not be done, for the `denied` of a button. Nobody is denied anything before it is known who they
 * are.
 */
export function useWhyNot(projectId: string): Rights['whyNot'] {
  const { rights } = useRights(projectId)
  return rights?.whyNot ?? notKnownYet
}

const notKnownYet = () => undefined
