import type { grant } from '@keyferry/schemas'
import type { z } from 'zod'
import { trpc } from '../../lib/trpc.ts'

export interface Rights {
  email: string
  instanceAdmin: boolean
  /** What they were given in this project; undefined for an instance admin who is no member. */
  grant: z.output<typeof grant> | undefined
  /** Whether they may see and change who has access. */
  managesMembers: boolean
}

/** What whoever reads this may do with the access to a project. The server decides; this is so that the screen can say why. */
export function useRights(projectId: string) {
  const { data, error, refetch } = trpc.instance.me.useQuery()
  if (!data) return { rights: undefined, error, refetch }
  const grant = data.grants.find((each) => each.projectId === projectId)
  const managesMembers = data.instanceAdmin || (grant?.role === 'admin' && grant.scopes === null)
  const rights: Rights = { email: data.email, instanceAdmin: data.instanceAdmin, grant, managesMembers }
  return { rights, error, refetch }
}
