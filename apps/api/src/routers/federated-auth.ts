import type { Verb } from '@keyferry/access'
import { signInFederated } from '@keyferry/access/sign-in'
import { jwtAuthVerbs, kubernetesAuthVerbs, oidcAuthVerbs } from '@keyferry/access/verbs'
import * as schemas from '@keyferry/schemas'
import type { z } from 'zod'
import { federatedRoutes, type ShownAuth } from '../infisical/federated-auth.ts'
import { anyone, mutation, query, router } from '../trpc/procedures.ts'

/** One way to sign in. `tokens`: what a machine signs in with, for summaries. */
interface Way<A extends z.ZodObject, U extends z.ZodObject, One extends z.ZodType, Out extends ShownAuth> {
  method: schemas.FederatedMethod
  envelope: string
  tag: string
  tokens: string
  output: Out
  verbs: {
    attach: Verb<A, z.input<Out>>
    update: Verb<U, z.input<Out>>
    get: Verb<One, z.input<Out>>
    detach: Verb<One, z.input<Out>>
  }
}

function signIn<A extends z.ZodObject, U extends z.ZodObject, One extends z.ZodType, Out extends ShownAuth>({
  method,
  envelope,
  tag,
  tokens,
  output,
  verbs: { attach, update, get, detach },
}: Way<A, U, One, Out>) {
  const routes = federatedRoutes({ method, envelope, attach: attach.input, update: update.input, output })
  return router({
    login: anyone
      .meta({
        tag,
        summary: `A short-lived token for a machine with ${tokens}`,
        wrongPerMinute: 120,
        routes: [{ method: 'POST', path: `/api/v1/auth/${method}/login`, form: true }],
      })
      .input(schemas.federatedLogin)
      .output(schemas.accessToken)
      .mutation(({ ctx, input }) => signInFederated(ctx.ctx, method, input, ctx.address)),
    attach: mutation(attach, { tag, output, summary: `Lets a machine sign in with ${tokens}`, routes: routes.attach }),
    get: query(get, { tag, output, summary: `With which ${tokens} a machine signs in`, routes: routes.get }),
    update: mutation(update, {
      tag,
      output,
      summary: `Changes with which ${tokens} a machine signs in`,
      routes: routes.update,
    }),
    detach: mutation(detach, {
      tag,
      output,
      summary: `Ends sign-in with ${tokens}, and revokes the access tokens issued with it`,
      routes: routes.detach,
    }),
  })
}

export const oidcAuth = signIn({
  method: 'oidc-auth',
  envelope: 'identityOidcAuth',
  tag: 'OIDC auth',
  tokens: 'tokens of an OpenID provider',
  output: schemas.oidcAuth,
  verbs: oidcAuthVerbs,
})

export const jwtAuth = signIn({
  method: 'jwt-auth',
  envelope: 'identityJwtAuth',
  tag: 'JWT auth',
  tokens: 'JWTs that known keys signed',
  output: schemas.jwtAuth,
  verbs: jwtAuthVerbs,
})

export const kubernetesAuth = signIn({
  method: 'kubernetes-auth',
  envelope: 'identityKubernetesAuth',
  tag: 'Kubernetes auth',
  tokens: 'tokens of service accounts',
  output: schemas.kubernetesAuth,
  verbs: kubernetesAuthVerbs,
})
