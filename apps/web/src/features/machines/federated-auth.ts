/** The fields of the ways to sign in without a stored secret, as a form shows them. */
import { accessTokenSettings, type FederatedMethod } from '@keyferry/schemas'
import { z } from 'zod'
import { words } from './words.ts'

export const FEDERATED_LABELS: Record<FederatedMethod, string> = {
  'oidc-auth': words.federatedAuth.oidcAuth,
  'jwt-auth': words.federatedAuth.jwtAuth,
  'kubernetes-auth': words.federatedAuth.kubernetesAuth,
}

/**
 * `claims` are lines such as `ref = refs/heads/*`, `keys` are separated by empty lines; a `secret` is never shown
 * again.
 */
export interface FederatedField {
  name: string
  label: string
  kind: 'text' | 'lines' | 'claims' | 'keys' | 'secret' | 'choice'
  /** Of a choice: values and their labels. */
  options?: readonly (readonly [value: string, label: string])[]
  help?: string
}

const PATTERNS = words.federatedAuth.listHelp
const BOUNDS: FederatedField[] = [
  {
    name: 'boundAudiences',
    label: words.federatedAuth.audience,
    kind: 'text',
    help: words.federatedAuth.audienceHelp,
  },
  {
    name: 'boundSubject',
    label: words.federatedAuth.subject,
    kind: 'text',
    help: words.federatedAuth.subjectHelp,
  },
  { name: 'boundClaims', label: words.federatedAuth.claims, kind: 'claims', help: words.federatedAuth.claimsHelp },
]

export const FEDERATED_FIELDS: Record<FederatedMethod, readonly FederatedField[]> = {
  'oidc-auth': [
    {
      name: 'oidcDiscoveryUrl',
      label: words.federatedAuth.discoveryUrl,
      kind: 'text',
      help: words.federatedAuth.discoveryUrlHelp,
    },
    { name: 'boundIssuer', label: words.federatedAuth.issuer, kind: 'text', help: words.federatedAuth.issuerHelp },
    ...BOUNDS,
    {
      name: 'caCert',
      label: words.federatedAuth.caCertificate,
      kind: 'lines',
      help: words.federatedAuth.issuerCaHelp,
    },
  ],
  'jwt-auth': [
    { name: 'jwksUrl', label: words.federatedAuth.jwksUrl, kind: 'text', help: words.federatedAuth.jwksUrlHelp },
    {
      name: 'jwksCaCert',
      label: words.federatedAuth.caCertificate,
      kind: 'lines',
      help: words.federatedAuth.jwksCaHelp,
    },
    {
      name: 'publicKeys',
      label: words.federatedAuth.publicKeys,
      kind: 'keys',
      help: words.federatedAuth.publicKeysHelp,
    },
    { name: 'boundIssuer', label: words.federatedAuth.issuer, kind: 'text', help: words.federatedAuth.issuerOrAnyHelp },
    ...BOUNDS,
  ],
  'kubernetes-auth': [
    {
      name: 'kubernetesHost',
      label: words.federatedAuth.apiServer,
      kind: 'text',
      help: words.federatedAuth.apiServerHelp,
    },
    {
      name: 'caCert',
      label: words.federatedAuth.caCertificate,
      kind: 'lines',
      help: words.federatedAuth.clusterCaHelp,
    },
    { name: 'allowedNamespaces', label: words.federatedAuth.namespaces, kind: 'text', help: PATTERNS },
    { name: 'allowedNames', label: words.federatedAuth.serviceAccounts, kind: 'text', help: PATTERNS },
    {
      name: 'allowedAudience',
      label: words.federatedAuth.audience,
      kind: 'text',
      help: words.federatedAuth.clusterAudienceHelp,
    },
    {
      name: 'tokenReviewMode',
      label: words.federatedAuth.review,
      kind: 'choice',
      options: [
        ['api', words.federatedAuth.reviewByCluster],
        ['jwks', words.federatedAuth.reviewByKeys],
      ],
      help: words.federatedAuth.reviewHelp,
    },
    {
      name: 'clusterIssuer',
      label: words.federatedAuth.issuer,
      kind: 'text',
      help: words.federatedAuth.clusterIssuerHelp,
    },
    {
      name: 'clusterJwks',
      label: words.federatedAuth.clusterKeys,
      kind: 'lines',
      help: words.federatedAuth.clusterKeysHelp,
    },
    {
      name: 'tokenReviewerJwt',
      label: words.federatedAuth.tokenReviewer,
      kind: 'secret',
      help: words.federatedAuth.tokenReviewerHelp,
    },
  ],
}

/** By the name of the field, as the API takes them. */
export type FederatedValues = Record<string, unknown>

/** Of the access tokens, unless something else is chosen. */
export const TOKEN_DEFAULTS = z.object(accessTokenSettings).parse({})

const record = z.record(z.string(), z.string())
const texts = z.array(z.string())

/** What a field shows of a value of the API. */
export function textOf({ kind }: FederatedField, value: unknown): string {
  if (kind === 'claims')
    return Object.entries(record.catch({}).parse(value))
      .map(([name, pattern]) => `${name} = ${pattern}`)
      .join('\n')
  if (kind === 'keys') return texts.catch([]).parse(value).join('\n\n')
  return typeof value === 'string' ? value : ''
}

/** The value that the API takes for the text of a field; undefined: it stays as it is. */
export function valueOf({ name, kind }: FederatedField, text: string): unknown {
  switch (kind) {
    case 'claims':
      return Object.fromEntries(lines(text).map((line) => parts(line)))
    case 'keys':
      return text
        .split(/\n\s*\n/)
        .map((key) => key.trim())
        .filter((key) => key !== '')
    case 'secret':
      return text === '' ? undefined : text
    case 'choice':
    case 'text':
    case 'lines':
      return text === '' && name === 'kubernetesHost' ? null : text
  }
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

function parts(line: string): [name: string, pattern: string] {
  const at = line.indexOf('=')
  return at === -1 ? [line, ''] : [line.slice(0, at).trim(), line.slice(at + 1).trim()]
}
