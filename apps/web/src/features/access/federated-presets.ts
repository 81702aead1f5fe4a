/** What a form is filled in with for well-known issuers. */
import type { FederatedMethod } from '@keyferry/schemas'
import type { FederatedValues } from './federated-auth.ts'

export interface FederatedPreset {
  label: string
  method: FederatedMethod
  values: FederatedValues
}

const GITHUB = 'https://token.actions.githubusercontent.com'
const bounds = { boundAudiences: '', boundSubject: '', boundClaims: {}, caCert: '' }

/** Claims and URLs by the issuers' own documents, 2026-11. */
export const FEDERATED_PRESETS: readonly FederatedPreset[] = [
  {
    label: 'GitHub Actions',
    method: 'oidc-auth',
    values: {
      ...bounds,
      oidcDiscoveryUrl: GITHUB,
      boundIssuer: GITHUB,
      boundClaims: { repository: 'your-organization/your-repository', ref: 'refs/heads/main' },
    },
  },
  {
    label: 'GitLab CI',
    method: 'oidc-auth',
    values: {
      ...bounds,
      oidcDiscoveryUrl: 'https://gitlab.com',
      boundIssuer: 'https://gitlab.com',
      boundClaims: { project_path: 'your-group/your-project', ref_type: 'branch', ref: 'main' },
    },
  },
  {
    label: 'CircleCI',
    method: 'oidc-auth',
    values: {
      ...bounds,
      oidcDiscoveryUrl: 'https://oidc.circleci.com/org/your-organization-id',
      boundIssuer: 'https://oidc.circleci.com/org/your-organization-id',
      boundAudiences: 'your-organization-id',
      boundClaims: { 'oidc.circleci.com/project-id': 'your-project-id' },
    },
  },
  {
    label: 'A Kubernetes cluster',
    method: 'kubernetes-auth',
    values: {
      kubernetesHost: '',
      caCert: '',
      allowedNamespaces: '',
      allowedNames: '',
      allowedAudience: '',
      tokenReviewMode: 'api',
      clusterIssuer: '',
      clusterJwks: '',
      tokenReviewerJwt: '',
    },
  },
  {
    label: 'Another OpenID provider',
    method: 'oidc-auth',
    values: { ...bounds, oidcDiscoveryUrl: '', boundIssuer: '' },
  },
  {
    label: 'Public keys',
    method: 'jwt-auth',
    values: { ...bounds, jwksUrl: '', jwksCaCert: '', publicKeys: [], boundIssuer: '' },
  },
]
