/** Verbs for the sign-in of machines by tokens of an issuer, with what each requires. */
import * as schemas from '@keyferry/schemas'
import type { FederatedMethod } from '@keyferry/schemas'
import type { FederatedAuthTable, Selectable } from '@keyferry/db'
import { z } from 'zod'
import { RUNS_INSTANCE, type Requirements } from '../policy/requirement.ts'
import { defineVerb } from '../policy/verb.ts'
import {
  attach,
  describeJwtAuth,
  describeKubernetesAuth,
  describeOidcAuth,
  detach,
  findFederatedAuth,
  update,
} from './federated-auths.ts'

const requires = (): Requirements => RUNS_INSTANCE
const input = z.object({ identityId: schemas.id })

/** Those that every way has alike. */
const common = <Shown>(method: FederatedMethod, describe: (row: Selectable<FederatedAuthTable>) => Shown) => ({
  get: defineVerb({
    input,
    requires,
    run: async (ctx, _actor, { identityId }) => describe(await findFederatedAuth(ctx.db, method, identityId)),
  }),
  detach: defineVerb({
    input,
    requires,
    run: async (ctx, actor, { identityId }) => describe(await detach(ctx, actor, method, identityId)),
    ends: ({ identityId }) => ({ table: 'federatedAuths', values: { identityId, method } }),
  }),
})

export const oidcAuthVerbs = {
  ...common('oidc-auth', describeOidcAuth),
  attach: defineVerb({
    input: schemas.attachOidcAuth,
    requires,
    run: async (ctx, actor, { identityId, ...settings }) =>
      describeOidcAuth(await attach(ctx, actor, 'oidc-auth', { identityId, settings })),
  }),
  update: defineVerb({
    input: schemas.updateOidcAuth,
    requires,
    run: async (ctx, actor, { identityId, ifUpdatedAt, ...settings }) =>
      describeOidcAuth(await update(ctx, actor, 'oidc-auth', { identityId, ifUpdatedAt, settings })),
  }),
}

export const jwtAuthVerbs = {
  ...common('jwt-auth', describeJwtAuth),
  attach: defineVerb({
    input: schemas.attachJwtAuth,
    requires,
    run: async (ctx, actor, { identityId, ...settings }) =>
      describeJwtAuth(await attach(ctx, actor, 'jwt-auth', { identityId, settings })),
  }),
  update: defineVerb({
    input: schemas.updateJwtAuth,
    requires,
    run: async (ctx, actor, { identityId, ifUpdatedAt, ...settings }) =>
      describeJwtAuth(await update(ctx, actor, 'jwt-auth', { identityId, ifUpdatedAt, settings })),
  }),
}

export const kubernetesAuthVerbs = {
  ...common('kubernetes-auth', describeKubernetesAuth),
  attach: defineVerb({
    input: schemas.attachKubernetesAuth,
    requires,
    run: async (ctx, actor, { identityId, tokenReviewerJwt: reviewerToken, ...settings }) =>
      describeKubernetesAuth(await attach(ctx, actor, 'kubernetes-auth', { identityId, settings, reviewerToken })),
  }),
  update: defineVerb({
    input: schemas.updateKubernetesAuth,
    requires,
    run: async (ctx, actor, { identityId, ifUpdatedAt, tokenReviewerJwt: reviewerToken, ...settings }) =>
      describeKubernetesAuth(
        await update(ctx, actor, 'kubernetes-auth', { identityId, ifUpdatedAt, settings, reviewerToken }),
      ),
  }),
}
