/**
 * Machines that sign in without a secret of Keyferry's: with a token of an OpenID provider, another issuer or a
 * Kubernetes cluster.
 */
import { z } from 'zod'
import { accessTokenSettings } from './identities.ts'
import { id, ifUpdatedAt, lookedUp, storedText, timestamp, withoutTrailingSlashes } from '../names/names.ts'

/** Whose tokens a machine signs in with, under Infisical's names. */
export const FEDERATED_METHODS = ['oidc-auth', 'jwt-auth', 'kubernetes-auth'] as const
export type FederatedMethod = (typeof FEDERATED_METHODS)[number]

const url = z
  .url({ protocol: /^https?$/, hostname: /./, error: 'Must be a URL such as https://issuer.example.com' })
  .max(2048)
  .transform(withoutTrailingSlashes)

/** Infisical's clients send hosts without a scheme, too. */
const host = z.preprocess(
  (text) => (typeof text === 'string' && text !== '' && !text.includes('://') ? `https://${text}` : text),
  url,
)

/** Values with commas between them; one of them has to fit. */
const list = storedText
  .trim()
  .max(4096)
  .transform((text) =>
    text
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .join(', '),
  )

const certificate = storedText
  .trim()
  .max(65_536)
  .refine((text) => text === '' || text.startsWith('-----BEGIN CERTIFICATE-----'), {
    message: 'Must be a certificate in PEM form, from -----BEGIN CERTIFICATE----- on',
  })

const MAX_CLAIMS = 50
const claims = z
  .record(storedText.min(1).max(256), list)
  .refine((fields) => Object.keys(fields).length <= MAX_CLAIMS, { message: `Must be at most ${MAX_CLAIMS} claims` })
  .meta({ maxProperties: MAX_CLAIMS })

/** Which tokens of an issuer are this machine's. */
const bounds = {
  boundAudiences: list.describe('Audiences, one of which the token has to name; empty: any'),
  boundSubject: storedText
    .trim()
    .max(1024)
    .describe('What `sub` has to be; `*` stands for anything up to the next `/`, `**` for whole parts'),
  boundClaims: claims.describe(
    'What other claims have to be, by name or dotted path; several values with commas between them',
  ),
}
const issuer = storedText.trim().max(2048).describe('What `iss` has to be, to the letter')

const oidcFields = {
  oidcDiscoveryUrl: url.describe('Where `/.well-known/openid-configuration` is found'),
  caCert: certificate,
  boundIssuer: issuer.min(1),
  ...bounds,
}
const jwtFields = {
  configurationType: z.enum(['jwks', 'static']).describe('Keys from a URL, or given here'),
  jwksUrl: z.union([z.literal(''), url]),
  jwksCaCert: certificate,
  publicKeys: z
    .array(storedText.trim().min(1).max(65_536))
    .max(20)
    .describe('Public keys in PEM form, JWKs or JWK sets'),
  boundIssuer: issuer,
  ...bounds,
}
const kubernetesFields = {
  kubernetesHost: host.nullable().describe('URL of the API server'),
  caCert: certificate,
  tokenReviewMode: z.enum(['api', 'jwks']).describe('`api`: the cluster is asked; `jwks`: its keys are enough'),
  allowedNamespaces: list,
  allowedNames: list.describe('Names of service accounts'),
  allowedAudience: storedText.trim().max(1024),
  clusterIssuer: issuer.describe('What `iss` has to be, in the mode `jwks`'),
  clusterJwks: storedText
    .trim()
    .max(65_536)
    .describe('Keys of the cluster, for one that cannot be reached; else they are read from it'),
}
const tokenReviewerJwt = storedText
  .trim()
  .max(32_768)
  .nullable()
  .describe('What the cluster is asked with; empty: the token that is checked')

const anyBounds = {
  boundAudiences: bounds.boundAudiences.default(''),
  boundSubject: bounds.boundSubject.default(''),
  boundClaims: bounds.boundClaims.default({}),
}

export const attachOidcAuth = z.object({
  identityId: id,
  ...oidcFields,
  caCert: certificate.default(''),
  ...anyBounds,
  ...accessTokenSettings,
})
export const attachJwtAuth = z.object({
  identityId: id,
  ...jwtFields,
  jwksUrl: jwtFields.jwksUrl.default(''),
  jwksCaCert: certificate.default(''),
  publicKeys: jwtFields.publicKeys.default([]),
  boundIssuer: issuer.default(''),
  ...anyBounds,
  ...accessTokenSettings,
})
export const attachKubernetesAuth = z.object({
  identityId: id,
  ...kubernetesFields,
  kubernetesHost: kubernetesFields.kubernetesHost.default(null),
  caCert: certificate.default(''),
  tokenReviewMode: kubernetesFields.tokenReviewMode.default('api'),
  allowedNamespaces: list.default(''),
  allowedNames: kubernetesFields.allowedNames.default(''),
  allowedAudience: kubernetesFields.allowedAudience.default(''),
  clusterIssuer: kubernetesFields.clusterIssuer.default(''),
  clusterJwks: kubernetesFields.clusterJwks.default(''),
  ...accessTokenSettings,
  tokenReviewerJwt: tokenReviewerJwt.default(null),
})

/** Something beside `*`, `?` and separators, which fit everybody. */
const says = (pattern: string): boolean => /[^*?/,\s]/.test(pattern)
const isBound = ({ boundSubject, boundClaims }: { boundSubject: string; boundClaims: Record<string, string> }) =>
  says(boundSubject) || Object.values(boundClaims).some(says)
const UNBOUND = 'Name a subject or a claim. Otherwise every token of this issuer could sign in.'

/** What is kept, complete and with the rules that concern several fields. */
export const oidcAuthSetting = attachOidcAuth
  .omit({ identityId: true })
  .refine(isBound, { path: ['boundSubject'], message: UNBOUND })
export const jwtAuthSetting = attachJwtAuth
  .omit({ identityId: true })
  .refine((auth) => auth.configurationType !== 'jwks' || auth.jwksUrl !== '', {
    path: ['jwksUrl'],
    message: 'Enter the URL of the keys',
  })
  .refine((auth) => auth.configurationType !== 'static' || auth.publicKeys.length > 0, {
    path: ['publicKeys'],
    message: 'Enter at least one public key',
  })
  .refine((auth) => auth.configurationType === 'static' || isBound(auth), { path: ['boundSubject'], message: UNBOUND })
export const kubernetesAuthSetting = attachKubernetesAuth
  .omit({ identityId: true, tokenReviewerJwt: true })
  .refine((auth) => auth.kubernetesHost !== null || (auth.tokenReviewMode === 'jwks' && auth.clusterJwks !== ''), {
    path: ['kubernetesHost'],
    message: 'Enter the URL of the API server',
  })
  .refine((auth) => auth.tokenReviewMode === 'api' || auth.clusterIssuer !== '', {
    path: ['clusterIssuer'],
    message: 'Enter the issuer that the tokens of this cluster name',
  })
  .refine((auth) => auth.tokenReviewMode === 'api' || auth.allowedAudience !== '', {
    path: ['allowedAudience'],
    message: 'Enter an audience. Otherwise tokens for other services could sign in.',
  })
  .refine((auth) => says(auth.allowedNamespaces) || says(auth.allowedNames), {
    path: ['allowedNamespaces'],
    message: 'Name a namespace or a service account. Otherwise every pod of the cluster would sign in.',
  })

const { accessTokenTrustedIps, accessTokenTTL, accessTokenMaxTTL, accessTokenNumUsesLimit } = accessTokenSettings
/** Without what a field that is left out would become. */
const tokenFields = {
  accessTokenTrustedIps: accessTokenTrustedIps.unwrap(),
  accessTokenTTL: accessTokenTTL.unwrap(),
  accessTokenMaxTTL: accessTokenMaxTTL.unwrap(),
  accessTokenNumUsesLimit: accessTokenNumUsesLimit.unwrap(),
}
const oneIdentity = z.object({ identityId: id })
const changes = <T extends z.ZodRawShape>(fields: T) =>
  oneIdentity.extend({ ifUpdatedAt, ...z.object({ ...fields, ...tokenFields }).partial().shape })
export const updateOidcAuth = changes(oidcFields)
export const updateJwtAuth = changes(jwtFields)
export const updateKubernetesAuth = changes({ ...kubernetesFields, tokenReviewerJwt })

const kept = { id, identityId: id, createdAt: timestamp, updatedAt: timestamp }
const text = z.string()
const shownBounds = {
  boundIssuer: text,
  boundAudiences: text,
  boundSubject: text,
  boundClaims: z.record(z.string(), text),
}
export const oidcAuth = z
  .object({ ...kept, oidcDiscoveryUrl: text, caCert: text, ...shownBounds, ...tokenFields })
  .meta({ id: 'IdentityOidcAuth' })
export const jwtAuth = z
  .object({
    ...kept,
    configurationType: jwtFields.configurationType,
    jwksUrl: text,
    jwksCaCert: text,
    publicKeys: z.array(text),
    ...shownBounds,
    ...tokenFields,
  })
  .meta({ id: 'IdentityJwtAuth' })
export const kubernetesAuth = z
  .object({
    ...kept,
    kubernetesHost: text.nullable(),
    caCert: text,
    tokenReviewMode: kubernetesFields.tokenReviewMode,
    tokenReviewerJwt: z.null().describe('Never answered'),
    hasTokenReviewerJwt: z.boolean(),
    allowedNamespaces: text,
    allowedNames: text,
    allowedAudience: text,
    clusterIssuer: text,
    clusterJwks: text,
    ...tokenFields,
  })
  .meta({ id: 'IdentityKubernetesAuth' })

/** A token of the issuer. GitHub's have 2 KiB, those with many groups some more. */
export const federatedLogin = z.object({
  identityId: lookedUp(64),
  jwt: z.string().trim().min(1).max(32_768, 'Token must be at most 32768 characters'),
})
