import { renewToken, revokeToken, signIn } from '@keyferry/access/sign-in'
import { universalAuthVerbs } from '@keyferry/access/verbs'
import {
  accessToken,
  accessTokenInput,
  clientSecret,
  universalAuth as universalAuthSchema,
  universalAuthLogin,
} from '@keyferry/schemas'
import { z } from 'zod'
import { universalAuthRoutes } from '../infisical/universal-auth.ts'
import { anyone, mutation, query, router } from '../trpc/procedures.ts'

const tag = 'Universal auth'
const base = '/api/v1/auth/universal-auth/identities/:identityId'

export const universalAuth = router({
  login: anyone
    .meta({
      tag,
      summary: 'A short-lived token for a client id and secret',
      wrongPerMinute: 120,
      routes: [{ method: 'POST', path: '/api/v1/auth/universal-auth/login', form: true }],
    })
    .input(universalAuthLogin)
    .output(accessToken)
    .mutation(({ ctx, input }) => signIn(ctx.ctx, input, ctx.address)),

  renew: anyone
    .meta({
      tag,
      summary: 'Longer life for a token that is still good',
      wrongPerMinute: 120,
      routes: [{ method: 'POST', path: '/api/v1/auth/token/renew', form: true }],
    })
    .input(accessTokenInput)
    .output(accessToken)
    .mutation(({ ctx, input }) => renewToken(ctx.ctx, input, ctx.address)),

  revoke: anyone
    .meta({
      tag,
      summary: 'Ends a token',
      wrongPerMinute: 120,
      routes: [{ method: 'POST', path: '/api/v1/auth/token/revoke', form: true }],
    })
    .input(accessTokenInput)
    .output(z.object({ message: z.string() }))
    .mutation(({ ctx, input }) => revokeToken(ctx.ctx, input, ctx.address)),

  attach: mutation(universalAuthVerbs.attach, {
    tag,
    summary: 'Lets a machine sign in with client secrets',
    routes: universalAuthRoutes.attach,
    output: universalAuthSchema,
  }),

  get: query(universalAuthVerbs.get, {
    tag,
    summary: 'How a machine signs in',
    routes: universalAuthRoutes.get,
    output: universalAuthSchema,
  }),

  update: mutation(universalAuthVerbs.update, {
    tag,
    summary: 'Changes how a machine signs in',
    routes: universalAuthRoutes.update,
    output: universalAuthSchema,
  }),

  detach: mutation(universalAuthVerbs.detach, {
    tag,
    summary: 'Ends its client secrets and tokens',
    routes: universalAuthRoutes.detach,
    output: universalAuthSchema,
  }),

  createSecret: mutation(universalAuthVerbs.createSecret, {
    tag,
    summary: 'A client secret, shown once',
    routes: [{ method: 'POST', path: `${base}/client-secrets` }],
    output: z.object({ clientSecret: z.string(), clientSecretData: clientSecret }),
  }),

  secrets: query(universalAuthVerbs.secrets, {
    tag,
    summary: 'The client secrets of a machine, without the secrets themselves',
    routes: [{ method: 'GET', path: `${base}/client-secrets`, envelope: 'clientSecretData' }],
    output: z.array(clientSecret),
  }),

  secret: query(universalAuthVerbs.secret, {
    tag,
    summary: 'One client secret, without the secret itself',
    routes: [{ method: 'GET', path: `${base}/client-secrets/:clientSecretId`, envelope: 'clientSecretData' }],
    output: clientSecret,
  }),

  revokeSecret: mutation(universalAuthVerbs.revokeSecret, {
    tag,
    summary: 'Revokes a client secret and the access tokens issued with it',
    routes: [{ method: 'POST', path: `${base}/client-secrets/:clientSecretId/revoke`, envelope: 'clientSecretData' }],
    output: clientSecret,
  }),
})
