import { z } from 'zod'
import { role, roleAlias, scopes, shownScopes } from './scopes.ts'
import { id, ifUpdatedAt, timestamp } from '../names/names.ts'

export const member = z
  .object({
    id,
    projectId: id,
    kind: z.enum(['user', 'identity']),
    principalId: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    role,
    scopes: shownScopes,
    createdAt: timestamp,
    updatedAt: timestamp,
  })
  .meta({ id: 'Member' })

/** A machine as a member. */
export const identityMember = member
  .extend({ project: z.object({ id, name: z.string() }), authMethods: z.array(z.string()) })
  .meta({ id: 'IdentityMember' })

export const updateMember = z.object({
  projectId: id,
  memberId: id,
  ifUpdatedAt,
  role: roleAlias.optional(),
  scopes: scopes.optional(),
})

export const identityMembership = z.object({
  projectId: id,
  identityId: id,
  role: roleAlias.optional(),
  scopes: scopes.optional(),
})
