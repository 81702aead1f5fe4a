/** Verbs for the members of a project, with what each requires. */
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { defineAuthVerb } from '../policy/auth-verb.ts'
import {
  getIdentityMember,
  getIdentityMembership,
  listIdentityMembers,
  listMembershipsOfIdentity,
} from './machine-members.ts'
import { requirement, project, RUNS_INSTANCE, type Requirements } from '../policy/requirement.ts'
import { defineVerb } from '../policy/verb.ts'
import { inviteMember, inviteMembers, listInvitations, revokeInvitation } from './invitations.ts'
import { listInstanceAdmins } from './people.ts'
import { addIdentity, listMembers, memberOfIdentity, removeMember, updateMember } from './members.ts'

const byProject = z.object({ projectId: schemas.id })
const managing = (input: { projectId: string }): Requirements => [requirement('members.manage', project(input))]

export const memberVerbs = {
  list: defineVerb({ input: byProject, requires: managing, run: listMembers }),

  instanceAdmins: defineVerb({ input: byProject, requires: managing, run: listInstanceAdmins }),

  invite: defineAuthVerb({
    input: schemas.inviteMember,
    requires: managing,
    run: (ctx, actor, input, { auth }) => inviteMember(ctx, auth, actor, input),
  }),

  inviteMany: defineAuthVerb({
    input: schemas.inviteMembers,
    requires: managing,
    run: (ctx, actor, input, { auth }) => inviteMembers(ctx, auth, actor, input),
  }),

  invitations: defineVerb({ input: byProject, requires: managing, run: listInvitations }),

  revokeInvitation: defineVerb({
    input: z.object({ projectId: schemas.id, invitationId: schemas.id }),
    requires: managing,
    run: revokeInvitation,
    ends: ({ projectId, invitationId: id }) => ({ table: 'invitations', values: { id, projectId } }),
  }),

  update: defineVerb({ input: schemas.updateMember, requires: managing, run: updateMember }),

  remove: defineVerb({
    input: z.object({ projectId: schemas.id, memberId: schemas.id }),
    requires: managing,
    run: removeMember,
    ends: ({ projectId, memberId: id }) => ({ table: 'memberships', values: { id, projectId } }),
  }),

  identities: defineVerb({
    input: byProject,
    requires: managing,
    run: listIdentityMembers,
  }),

  identity: defineVerb({
    input: z.object({ projectId: schemas.id, identityId: schemas.id }),
    requires: managing,
    run: getIdentityMember,
  }),

  /** By the id of its membership. */
  membership: defineVerb({
    input: z.object({ membershipId: schemas.id }),
    requires: ({ membershipId }) => [requirement('members.manage', { kind: 'membership', membershipId })],
    run: getIdentityMembership,
  }),

  ofIdentity: defineVerb({
    input: z.object({ identityId: schemas.id }),
    requires: () => RUNS_INSTANCE,
    run: listMembershipsOfIdentity,
  }),

  addIdentity: defineVerb({ input: schemas.identityMembership, requires: managing, run: addIdentity }),

  updateIdentity: defineVerb({
    input: schemas.identityMembership,
    requires: managing,
    run: async (ctx, actor, input) =>
      updateMember(ctx, actor, { ...input, memberId: await memberOfIdentity(ctx, input) }),
  }),

  removeIdentity: defineVerb({
    input: z.object({ projectId: schemas.id, identityId: schemas.id }),
    requires: managing,
    run: async (ctx, actor, input) =>
      removeMember(ctx, actor, { ...input, memberId: await memberOfIdentity(ctx, input) }),
    ends: ({ projectId, identityId: principalId }) => ({ table: 'memberships', values: { projectId, principalId } }),
  }),
}
