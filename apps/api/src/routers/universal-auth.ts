import { renewToken, revokeToken, signIn } from '@keyferry/auth/machines/sign-in'
import {
  attachUniversalAuth as attach,
  createClientSecret as createSecret,
  detachUniversalAuth,
  getClientSecret,
  getUniversalAuth,
  listClientSecrets,
  revokeClientSecret,
  updateUniversalAuth as update,
} from '@keyferry/auth/machines/universal-auth'
import {
  accessToken,
  accessTokenInput,
  attachUniversalAuth,
  clientSecret,
  createClientSecret,
  id,
  universalAuth as universalAuthSchema,
  universalAuthLogin,
  updateUniversalAuth,
} from '@keyferry/schemas'
import { z } from 'zod'
import { anyone, call, may, router } from '../trpc/procedures.ts'

const tag = 'Universal auth'
const base = '/api/v1/auth/universal-auth/identities/:identityId'
const envelope = 'identityUniversalAuth'
const one = z.object({ identityId: id })
const oneSecret = one.extend({ clientSecretId: id })

export const universalAuth = router({
  login: anyone
    .meta({
      tag,
      summary: 'A short-lived token for a client id and secret',
      // Scripts behind one address sign in often; what stops guessing is the lock-out of the identity.
      perMinute: 120,
      routes: [{ method: 'POST', path: '/api/v1/auth/universal-auth/login' }],
    })
    .input(universalAuthLogin)
    .output(accessToken)
    .mutation(({ ctx, input }) => signIn(ctx.ctx, input, ctx.address)),

  renew: anyone
    .meta({
      tag,
      summary: 'Longer life for a token that is still good',
      perMinute: 120,
      routes: [{ method: 'POST', path: '/api/v1/auth/token/renew' }],
    })
    .input(accessTokenInput)
    .output(accessToken)
    .mutation(({ ctx, input }) => renewToken(ctx.ctx, input, ctx.address)),

  revoke: anyone
    .meta({
      tag,
      summary: 'Ends a token',
      perMinute: 120,
      routes: [{ method: 'POST', path: '/api/v1/auth/token/revoke' }],
    })
    .input(accessTokenInput)
    .output(z.object({ message: z.string() }))
    .mutation(({ ctx, input }) => revokeToken(ctx.ctx, input)),

  attach: may('instance.manage')
    .meta({
      tag,
      summary: 'Lets a machine sign in with client secrets',
      routes: [{ method: 'POST', path: base, envelope }],
    })
    .input(attachUniversalAuth)
    .output(universalAuthSchema)
    .mutation(call(attach)),

  get: may('instance.manage')
    .meta({ tag, summary: 'How a machine signs in', routes: [{ method: 'GET', path: base, envelope }] })
    .input(one)
    .output(universalAuthSchema)
    .query(call(getUniversalAuth)),

  update: may('instance.manage')
    .meta({ tag, summary: 'Changes how a machine signs in', routes: [{ method: 'PATCH', path: base, envelope }] })
    .input(updateUniversalAuth)
    .output(universalAuthSchema)
    .mutation(call(update)),

  detach: may('instance.manage')
    .meta({
      tag,
      summary: 'Ends its client secrets and tokens',
      routes: [{ method: 'DELETE', path: base, envelope, input: 'query' }],
    })
    .input(one)
    .output(universalAuthSchema)
    .mutation(call(detachUniversalAuth)),

  createSecret: may('instance.manage')
    .meta({
      tag,
      summary: 'A client secret, shown once',
      routes: [{ method: 'POST', path: `${base}/client-secrets` }],
    })
    .input(createClientSecret)
    .output(z.object({ clientSecret: z.string(), clientSecretData: clientSecret }))
    .mutation(call(createSecret)),

  secrets: may('instance.manage')
    .meta({
      tag,
      summary: 'The client secrets of a machine, without the secrets themselves',
      routes: [{ method: 'GET', path: `${base}/client-secrets`, envelope: 'clientSecretData' }],
    })
    .input(one)
    .output(z.array(clientSecret))
    .query(call(listClientSecrets)),

  secret: may('instance.manage')
    .meta({
      tag,
      summary: 'One client secret, without the secret itself',
      routes: [{ method: 'GET', path: `${base}/client-secrets/:clientSecretId`, envelope: 'clientSecretData' }],
    })
    .input(oneSecret)
    .output(clientSecret)
    .query(call(getClientSecret)),

  revokeSecret: may('instance.manage')
    .meta({
      tag,
      summary: 'Ends a client secret and the tokens it gave out',
      routes: [{ method: 'POST', path: `${base}/client-secrets/:clientSecretId/revoke`, envelope: 'clientSecretData' }],
    })
    .input(oneSecret)
    .output(clientSecret)
    .mutation(call(revokeClientSecret)),
})
