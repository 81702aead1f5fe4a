/** The fields of the ways to sign in without a stored secret, as a form shows them. */
import { accessTokenSettings, type FederatedMethod } from '@keyferry/schemas'
import { z } from 'zod'

export const FEDERATED_LABELS: Record<FederatedMethod, string> = {
  'oidc-auth': 'OIDC auth',
  'jwt-auth': 'JWT auth',
  'kubernetes-auth': 'Kubernetes auth',
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

const PATTERNS = 'Several with commas between them. * stands for anything up to the next /.'
const BOUNDS: FederatedField[] = [
  { name: 'boundAudiences', label: 'Audience', kind: 'text', help: 'What aud has to name. Empty: any.' },
  {
    name: 'boundSubject',
    label: 'Subject',
    kind: 'text',
    help: 'What sub has to be. * stands for anything up to the next /.',
  },
  { name: 'boundClaims', label: 'Claims', kind: 'claims', help: 'One per line, such as ref = refs/heads/*' },
]

export const FEDERATED_FIELDS: Record<FederatedMethod, readonly FederatedField[]> = {
  'oidc-auth': [
    {
      name: 'oidcDiscoveryUrl',
      label: 'Discovery URL',
      kind: 'text',
      help: 'Keyferry reads the keys of the issuer from there.',
    },
    { name: 'boundIssuer', label: 'Issuer', kind: 'text', help: 'What iss has to be, to the letter.' },
    ...BOUNDS,
    {
      name: 'caCert',
      label: 'CA certificate',
      kind: 'lines',
      help: 'PEM, for an issuer with a certificate of its own.',
    },
  ],
  'jwt-auth': [
    { name: 'jwksUrl', label: 'URL of the keys', kind: 'text', help: 'A JWK set. Empty: the keys below.' },
    {
      name: 'jwksCaCert',
      label: 'CA certificate',
      kind: 'lines',
      help: 'PEM, for a URL of the keys with a certificate of its own.',
    },
    {
      name: 'publicKeys',
      label: 'Public keys',
      kind: 'keys',
      help: 'PEM, JWKs or JWK sets, with an empty line between them.',
    },
    { name: 'boundIssuer', label: 'Issuer', kind: 'text', help: 'What iss has to be, to the letter. Empty: any.' },
    ...BOUNDS,
  ],
  'kubernetes-auth': [
    {
      name: 'kubernetesHost',
      label: 'API server',
      kind: 'text',
      help: 'Its URL. A private host has to be named in KEYFERRY_ALLOW_PRIVATE_NETWORK.',
    },
    { name: 'caCert', label: 'CA certificate', kind: 'lines', help: 'PEM, as in the ConfigMap kube-root-ca.crt.' },
    { name: 'allowedNamespaces', label: 'Namespaces', kind: 'text', help: PATTERNS },
    { name: 'allowedNames', label: 'Service accounts', kind: 'text', help: PATTERNS },
    { name: 'allowedAudience', label: 'Audience', kind: 'text', help: 'Empty: that of the cluster.' },
    {
      name: 'tokenReviewMode',
      label: 'Tokens are checked',
      kind: 'choice',
      options: [
        ['api', 'By the cluster (TokenReview)'],
        ['jwks', 'With the keys of the cluster'],
      ],
      help: 'With its keys, a deleted service account signs in until its tokens expire. Issuer and audience are needed then.',
    },
    { name: 'clusterIssuer', label: 'Issuer', kind: 'text', help: 'What iss has to be. Only with the keys.' },
    {
      name: 'clusterJwks',
      label: 'Keys of the cluster',
      kind: 'lines',
      help: 'A JWK set, for an API server that Keyferry does not reach. Empty: they are read from it.',
    },
    {
      name: 'tokenReviewerJwt',
      label: 'Token reviewer',
      kind: 'secret',
      help: 'A token with the role system:auth-delegator that the cluster is asked with. Empty: the token that is checked.',
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
