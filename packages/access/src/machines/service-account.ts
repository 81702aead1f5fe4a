/** The token of a Kubernetes service account: the cluster is asked, or its keys are enough. */
import type { Network } from '@keyferry/kernel'
import { decodeJwt, errors } from 'jose'
import { z } from 'zod'
import { fits } from './bound-claims.ts'
import type { FederatedSettings } from './federated-auths.ts'
import { checkIssuerToken, TokenRefused } from './issuer-token.ts'
import { NoAnswer, requestJson } from './request-json.ts'

type Settings = Extract<FederatedSettings, { method: 'kubernetes-auth' }>
type Calling = { network: Network; now: () => Date }

/**
 * The name of the service account, such as `system:serviceaccount:shop:deploy`. `reviewer`: what the cluster is asked
 * with; null: the token itself. Rejects with `TokenRefused`, and with `NoAnswer` when the cluster does not say.
 */
export async function checkServiceAccount(
  ctx: Calling,
  settings: Settings,
  reviewer: string | null,
  token: string,
): Promise<string> {
  // A token that does not even claim to be a right one must not make Keyferry call the cluster.
  refuseOthers(settings, claimedSubject(ctx, token), { isGenuine: false })
  const subject =
    settings.tokenReviewMode === 'jwks'
      ? await subjectByKeys(ctx, settings, reviewer, token)
      : await subjectByReview(ctx, settings, reviewer ?? token, token)
  refuseOthers(settings, subject, { isGenuine: true })
  return subject
}

function claimedSubject({ now }: Calling, token: string): string {
  try {
    const { sub = '', exp } = decodeJwt(token)
    if (exp !== undefined && exp * 1000 < now().getTime()) throw new TokenRefused('expired', { isGenuine: false })
    return sub
  } catch (error) {
    if (error instanceof errors.JWTInvalid) throw new TokenRefused('unreadable', { isGenuine: false })
    throw error
  }
}

function refuseOthers(
  { allowedNamespaces, allowedNames }: Settings,
  subject: string,
  { isGenuine }: { isGenuine: boolean },
): void {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(subject) ?? []
  if (namespace === undefined) throw new TokenRefused('service account', { isGenuine })
  if (allowedNamespaces !== '' && !fits(namespace, allowedNamespaces))
    throw new TokenRefused('namespace', { isGenuine })
  if (allowedNames !== '' && !fits(name, allowedNames)) throw new TokenRefused('service account', { isGenuine })
}

async function subjectByKeys(
  ctx: Calling,
  { kubernetesHost, caCert: ca, clusterJwks, clusterIssuer: issuer, allowedAudience }: Settings,
  reviewer: string | null,
  token: string,
): Promise<string> {
  const keys =
    clusterJwks === ''
      ? { jwks: `${kubernetesHost}/openid/v1/jwks`, ca, bearer: reviewer ?? undefined }
      : { given: [clusterJwks] }
  const bounds = { boundAudiences: '', boundSubject: '', boundClaims: {} }
  const { sub = '', aud = [] } = await checkIssuerToken(ctx, token, { keys, issuer, bounds })
  if (![aud].flat().includes(allowedAudience)) throw new TokenRefused('audience', { isGenuine: true })
  return sub
}

const tokenReview = z.object({
  status: z.object({
    authenticated: z.boolean().optional(),
    user: z.object({ username: z.string().optional() }).optional(),
    audiences: z.array(z.string()).optional(),
  }),
})

/** authentication.k8s.io/v1; the cluster knows about accounts and pods that are gone. */
async function subjectByReview(
  { network }: Calling,
  { kubernetesHost, caCert: ca, allowedAudience }: Settings,
  bearer: string,
  token: string,
): Promise<string> {
  const audiences = allowedAudience === '' ? {} : { audiences: [allowedAudience] }
  const { status, body } = await requestJson(network, {
    url: `${kubernetesHost}/apis/authentication.k8s.io/v1/tokenreviews`,
    ca,
    bearer,
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token, ...audiences } },
  })
  // It asks for itself, and is not good.
  if (status === 401 && bearer === token) throw new TokenRefused('signature', { isGenuine: false })
  if (status !== 200 && status !== 201)
    throw new NoAnswer(
      `The cluster answered ${status} to a TokenReview. The token that it is asked with needs the role system:auth-delegator`,
    )
  const { data } = tokenReview.safeParse(body)
  if (!data) throw new NoAnswer('The cluster answered something else than a TokenReview')
  const { authenticated, user, audiences: granted = [] } = data.status
  if (authenticated !== true) throw new TokenRefused('refused by the cluster', { isGenuine: false })
  if (allowedAudience !== '' && !granted.includes(allowedAudience))
    throw new TokenRefused('audience', { isGenuine: true })
  return user?.username ?? ''
}
