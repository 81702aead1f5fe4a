/** What may be done with machine identities and API keys, and who may. */
import { may, RUNS_INSTANCE, SIGNED_IN, type Requirement, type Requirements } from '@keyferry/core/access/requirement'
import { defineVerb } from '@keyferry/core/access/verb'
import * as schemas from '@keyferry/schemas'
import { allows, type Access } from '@keyferry/schemas/policy'
import { z } from 'zod'
import { defineAuthVerb } from '../verb.ts'
import { createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'
import {
  createIdentity,
  deleteIdentity,
  getIdentity,
  listIdentities,
  searchIdentities,
  updateIdentity,
} from './identities.ts'
import {
  attachUniversalAuth,
  createClientSecret,
  detachUniversalAuth,
  getClientSecret,
  getUniversalAuth,
  listClientSecrets,
  revokeClientSecret,
  updateUniversalAuth,
} from './universal-auth.ts'

const running = (): Requirements => RUNS_INSTANCE
const one = z.object({ identityId: schemas.id })
const oneSecret = one.extend({ clientSecretId: schemas.id })

export const identityVerbs = {
  list: defineVerb({ input: null, requires: running, run: (ctx, actor) => listIdentities(ctx, actor) }),
  search: defineVerb({ input: schemas.searchIdentities, requires: running, run: searchIdentities }),
  get: defineVerb({ input: one, requires: running, run: getIdentity }),
  create: defineVerb({ input: schemas.createIdentity, requires: running, run: createIdentity }),
  update: defineVerb({ input: schemas.updateIdentity, requires: running, run: updateIdentity }),
  delete: defineVerb({ input: one, requires: running, run: deleteIdentity }),
}

export const universalAuthVerbs = {
  attach: defineVerb({ input: schemas.attachUniversalAuth, requires: running, run: attachUniversalAuth }),
  get: defineVerb({ input: one, requires: running, run: getUniversalAuth }),
  update: defineVerb({ input: schemas.updateUniversalAuth, requires: running, run: updateUniversalAuth }),
  detach: defineVerb({ input: one, requires: running, run: detachUniversalAuth }),
  createSecret: defineVerb({ input: schemas.createClientSecret, requires: running, run: createClientSecret }),
  secrets: defineVerb({ input: one, requires: running, run: listClientSecrets }),
  secret: defineVerb({ input: oneSecret, requires: running, run: getClientSecret }),
  revokeSecret: defineVerb({ input: oneSecret, requires: running, run: revokeClientSecret }),
}

const runsInstance = (access: Access): boolean => allows(access, 'instance.manage', { kind: 'instance' })

/** A key is created only for projects that its owner belongs to. */
const ownProjects = (grants: readonly { projectId: string }[]): Requirement[] =>
  grants.map(({ projectId }) => may('project.read', { kind: 'project', projectId }))

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
  }),
}
