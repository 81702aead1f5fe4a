/** Verbs for machine identities, with what each requires. */
import * as schemas from '@keyferry/schemas'
import { z } from 'zod'
import { RUNS_INSTANCE, SIGNED_IN, type Requirements } from '../policy/requirement.ts'
import { defineVerb } from '../policy/verb.ts'
import {
  createIdentity,
  deleteIdentity,
  getIdentity,
  getIdentityDetails,
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
const oneIdentity = z.object({ identityId: schemas.id })
const oneSecret = oneIdentity.extend({ clientSecretId: schemas.id })

export const identityVerbs = {
  list: defineVerb({ input: null, requires: running, run: listIdentities }),
  search: defineVerb({ input: schemas.searchIdentities, requires: running, run: searchIdentities }),
  get: defineVerb({ input: oneIdentity, requires: running, run: getIdentity }),
  details: defineVerb({ input: null, requires: () => SIGNED_IN, run: (ctx) => getIdentityDetails(ctx) }),
  create: defineVerb({ input: schemas.createIdentity, requires: running, run: createIdentity }),
  update: defineVerb({ input: schemas.updateIdentity, requires: running, run: updateIdentity }),
  delete: defineVerb({
    input: oneIdentity,
    requires: running,
    run: deleteIdentity,
    ends: ({ identityId: id }) => ({ table: 'identities', values: { id } }),
  }),
}

export const universalAuthVerbs = {
  attach: defineVerb({ input: schemas.attachUniversalAuth, requires: running, run: attachUniversalAuth }),
  get: defineVerb({ input: oneIdentity, requires: running, run: getUniversalAuth }),
  update: defineVerb({ input: schemas.updateUniversalAuth, requires: running, run: updateUniversalAuth }),
  detach: defineVerb({
    input: oneIdentity,
    requires: running,
    run: detachUniversalAuth,
    ends: ({ identityId }) => ({ table: 'universalAuths', values: { identityId } }),
  }),
  createSecret: defineVerb({ input: schemas.createClientSecret, requires: running, run: createClientSecret }),
  secrets: defineVerb({ input: oneIdentity, requires: running, run: listClientSecrets }),
  secret: defineVerb({ input: oneSecret, requires: running, run: getClientSecret }),
  revokeSecret: defineVerb({
    input: oneSecret,
    requires: running,
    run: revokeClientSecret,
    ends: ({ identityId, clientSecretId: id }) => ({ table: 'clientSecrets', values: { id, identityId } }),
  }),
}
