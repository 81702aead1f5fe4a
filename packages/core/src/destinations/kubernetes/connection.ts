/** How a cluster is reached, and who calls (Kubernetes' API reference and a kube-apiserver 1.20.2, 2026-11-28). */
import { z } from 'zod'
import { bearer } from '../shared/http/authorization.ts'
import { type CredentialsOf, defineConnection, type Session } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import { addressField, caField, tokenField } from '../fields.ts'

const methods = {
  'service-account-token': {
    title: 'Service account token',
    help: 'Create a service account whose role grants get and patch on the one secret, and create on secrets, and a token of it that does not end.',
    credentials: z.object({
      instanceUrl: addressField('https://cluster.example.com:6443', { label: 'API server' }),
      token: tokenField({ label: 'Token', placeholder: 'eyJ…' }, { max: 10_000 }),
      caCertificate: caField,
    }),
  },
}

export type KubernetesCredentials = CredentialsOf<typeof methods>

export const kubernetesConnection = defineConnection({
  app: 'kubernetes',
  title: 'Kubernetes',
  methods,
  baseUrl: ({ instanceUrl }) => instanceUrl,
  ca: ({ caCertificate }) => caCertificate || undefined,
  authorization: ({ token }) => bearer(token),
  check: checkKubernetes,
})

const selfReview = z.object({ status: z.object({ userInfo: z.object({ username: z.string().min(1) }) }) })
const accessReview = z.object({
  kind: z.literal('SelfSubjectAccessReview'),
  status: z.object({ allowed: z.boolean() }),
})

/** Both reviews are open to every user, and to anonymous callers neither. */
async function checkKubernetes({ http, credentials }: Session<KubernetesCredentials>) {
  const self = await http.request({
    method: 'POST',
    path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
    repeatable: true,
    // Before 1.28.
    accept: [404],
    acceptsText: true,
  })
  const known = selfReview.safeParse(self.body)
  if (known.success) return { label: known.data.status.userInfo.username }
  const access = await http.request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: { verb: 'get', resource: 'secrets' } },
    },
    repeatable: true,
  })
  if (accessReview.safeParse(access.body).success) return { label: new URL(credentials.instanceUrl).host }
  throw new DestinationError('missing', 'this host does not respond like a Kubernetes API server; check the address', {
    status: access.status,
  })
}
