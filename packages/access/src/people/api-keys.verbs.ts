/** Verbs for API keys, with what each requires. */
import * as schemas from '@keyferry/schemas'
import { allows, type Access } from '@keyferry/schemas/policy'
import { z } from 'zod'
import { defineAuthVerb } from '../policy/auth-verb.ts'
import { requirement, SIGNED_IN, type Requirement } from '../policy/requirement.ts'
import { defineVerb } from '../policy/verb.ts'
import { createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'

const runsInstance = (access: Access): boolean => allows(access, 'instance.manage', { kind: 'instance' })

/** A key is created only for projects that its owner belongs to. */
const ownProjects = (grants: readonly { projectId: string }[]): Requirement[] =>
  grants.map(({ projectId }) => requirement('project.read', { kind: 'project', projectId }))

export const apiKeyVerbs = {
  list: defineVerb({
    input: null,
    requires: () => SIGNED_IN,
    run: (ctx, actor, _input, { access }) => listApiKeys(ctx, actor, { everybody: runsInstance(access) }),
  }),

  create: defineAuthVerb({
    input: schemas.createApiKey,
    requires: ({ grants }) => [...SIGNED_IN, ...ownProjects(grants)],
    run: (ctx, actor, input, { auth, access }) => createApiKey(ctx, auth, actor, access, input),
  }),

  revoke: defineVerb({
    input: z.object({ apiKeyId: schemas.id }),
    requires: () => SIGNED_IN,
    run: (ctx, actor, input, { access }) => revokeApiKey(ctx, actor, { ...input, everybody: runsInstance(access) }),
    ends: ({ apiKeyId: id }) => ({ table: 'apiKeys', values: { id } }),
  }),
}
