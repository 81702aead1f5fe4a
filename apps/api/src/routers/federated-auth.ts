import { signInFederated } from '@keyferry/access/sign-in'
import { jwtAuthVerbs, kubernetesAuthVerbs, oidcAuthVerbs } from '@keyferry/access/verbs'
import {
  accessToken,
  federatedLogin,
  jwtAuth as jwtAuthSchema,
  kubernetesAuth as kubernetesAuthSchema,
  oidcAuth as oidcAuthSchema,
  type FederatedMethod,
} from '@keyferry/schemas'
import { anyone, mutation, query, router } from '../trpc/procedures.ts'

const login = (method: FederatedMethod, tag: string, summary: string) =>
  anyone
    .meta({
      tag,
      summary,
      wrongPerMinute: 120,
      routes: [{ method: 'POST', path: `/api/v1/auth/${method}/login`, form: true }],
    })
    .input(federatedLogin)
    .output(accessToken)
    .mutation(({ ctx, input }) => signInFederated(ctx.ctx, method, input, ctx.address))

const routes = (http: 'GET' | 'POST' | 'PATCH' | 'DELETE', method: FederatedMethod, envelope: string) => [
  {
    method: http,
    path: `/api/v1/auth/${method}/identities/:identityId`,
    envelope,
    ...(http === 'DELETE' ? { input: 'query' as const } : {}),
  },
]

const oidc = { tag: 'OIDC auth', output: oidcAuthSchema }
export const oidcAuth = router({
  login: login('oidc-auth', oidc.tag, 'A short-lived token for one of an OpenID provider'),
  attach: mutation(oidcAuthVerbs.attach, {
    ...oidc,
    summary: 'Lets a machine sign in with tokens of an OpenID provider',
    routes: routes('POST', 'oidc-auth', 'identityOidcAuth'),
  }),
  get: query(oidcAuthVerbs.get, {
    ...oidc,
    summary: 'Which tokens of an OpenID provider a machine signs in with',
    routes: routes('GET', 'oidc-auth', 'identityOidcAuth'),
  }),
  update: mutation(oidcAuthVerbs.update, {
    ...oidc,
    summary: 'Changes which tokens of an OpenID provider a machine signs in with',
    routes: routes('PATCH', 'oidc-auth', 'identityOidcAuth'),
  }),
  detach: mutation(oidcAuthVerbs.detach, {
    ...oidc,
    summary: 'Ends sign-in with tokens of an OpenID provider, and the access tokens that it gave out',
    routes: routes('DELETE', 'oidc-auth', 'identityOidcAuth'),
  }),
})

const jwt = { tag: 'JWT auth', output: jwtAuthSchema }
export const jwtAuth = router({
  login: login('jwt-auth', jwt.tag, 'A short-lived token for a JWT'),
  attach: mutation(jwtAuthVerbs.attach, {
    ...jwt,
    summary: 'Lets a machine sign in with JWTs that known keys signed',
    routes: routes('POST', 'jwt-auth', 'identityJwtAuth'),
  }),
  get: query(jwtAuthVerbs.get, {
    ...jwt,
    summary: 'Which JWTs a machine signs in with',
    routes: routes('GET', 'jwt-auth', 'identityJwtAuth'),
  }),
  update: mutation(jwtAuthVerbs.update, {
    ...jwt,
    summary: 'Changes which JWTs a machine signs in with',
    routes: routes('PATCH', 'jwt-auth', 'identityJwtAuth'),
  }),
  detach: mutation(jwtAuthVerbs.detach, {
    ...jwt,
    summary: 'Ends sign-in with JWTs, and the access tokens that it gave out',
    routes: routes('DELETE', 'jwt-auth', 'identityJwtAuth'),
  }),
})

const kubernetes = { tag: 'Kubernetes auth', output: kubernetesAuthSchema }
export const kubernetesAuth = router({
  login: login('kubernetes-auth', kubernetes.tag, 'A short-lived token for one of a service account'),
  attach: mutation(kubernetesAuthVerbs.attach, {
    ...kubernetes,
    summary: 'Lets a machine sign in with tokens of service accounts',
    routes: routes('POST', 'kubernetes-auth', 'identityKubernetesAuth'),
  }),
  get: query(kubernetesAuthVerbs.get, {
    ...kubernetes,
    summary: 'Which service accounts a machine signs in as',
    routes: routes('GET', 'kubernetes-auth', 'identityKubernetesAuth'),
  }),
  update: mutation(kubernetesAuthVerbs.update, {
    ...kubernetes,
    summary: 'Changes which service accounts a machine signs in as',
    routes: routes('PATCH', 'kubernetes-auth', 'identityKubernetesAuth'),
  }),
  detach: mutation(kubernetesAuthVerbs.detach, {
    ...kubernetes,
    summary: 'Ends sign-in with tokens of service accounts, and the access tokens that it gave out',
    routes: routes('DELETE', 'kubernetes-auth', 'identityKubernetesAuth'),
  }),
})
