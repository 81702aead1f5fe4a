/** What a form is filled in with for well-known issuers. */
import type { FederatedMethod } from '@keyferry/schemas'
import type { FederatedValues } from './federated-auth.ts'
import { words } from './words.ts'

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
    label: words.federatedPresets.githubActions,
    method: 'oidc-auth',
    values: {
      ...bounds,
      oidcDiscoveryUrl: GITHUB,
      boundIssuer: GITHUB,
      boundClaims: { repository: 'your-organization/your-repository', ref: 'refs/heads/main' },
    },
  },
  {
    label: words.federatedPresets.gitlabCi,
    method: 'oidc-auth',
    values: {
      ...bounds,
      oidcDiscoveryUrl: 'https://gitlab.com',
      boundIssuer: 'https://gitlab.com',
      boundClaims: { project_path: 'your-group/your-project', ref_type: 'branch', ref: 'main' },
    },
  },
  {
    label: words.federatedPresets.circleci,
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
    label: words.federatedPresets.kubernetesCluster,
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
    label: words.federatedPresets.anotherOpenidProvider,
    method: 'oidc-auth',
    values: { ...bounds, oidcDiscoveryUrl: '', boundIssuer: '' },
  },
  {
    label: words.federatedPresets.publicKeys,
    method: 'jwt-auth',
    values: { ...bounds, jwksUrl: '', jwksCaCert: '', publicKeys: [], boundIssuer: '' },
  },
]
