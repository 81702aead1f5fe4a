import { z } from 'zod'
import { type ChoiceList, defineDestination, field } from '../destination.ts'
import { listNamespaces } from './api.ts'
import { kubernetesClient, labelFlags } from './client.ts'
import { kubernetesConnection, type KubernetesCredentials } from './connection.ts'
import { kubernetesKeyRules, kubernetesLimits, kubernetesRateLimits } from './limits.ts'

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const target = z.object({
  namespace: z
    .string()
    .trim()
    .max(63, 'Namespace must be at most 63 characters')
    .regex(NAME, 'Namespace may have small letters, digits and dashes only')
    .meta(field({ label: 'Namespace', choices: 'namespaces' })),
  secretName: z
    .string()
    .trim()
    .max(253, 'Secret name must be at most 253 characters')
    .regex(
      /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/,
      'Secret name may have small letters, digits, dashes and dots only',
    )
    .meta(field({ label: 'Secret name', placeholder: 'app', help: 'Its keys become the keys of this Secret.' })),
})

const label = z.object({
  key: z
    .string()
    .trim()
    .max(316, 'Label must be at most 316 characters')
    .regex(
      /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/,
      'Label must be a name such as team or example.com/team',
    ),
  value: z
    .string()
    .trim()
    .max(63, 'Value of a label must be at most 63 characters')
    .regex(
      /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/,
      'Value of a label may have letters, digits, -, _ and . only',
    ),
})

const options = z.object({
  createSecret: z
    .boolean()
    .default(true)
    .meta(field({ label: 'Create the Secret', help: 'If the namespace has no Secret with this name.' })),
  secretType: z
    .string()
    .trim()
    .min(1, 'Type must not be empty')
    .max(253, 'Type must be at most 253 characters')
    .regex(/^[-A-Za-z0-9._/]+$/, 'Type must be a name such as Opaque or kubernetes.io/tls')
    .default('Opaque')
    .meta(field({ label: 'Type', help: 'A Secret of another type is not written.' })),
  labels: z
    .array(label)
    .max(50, 'At most 50 labels')
    .default([])
    .meta(field({ label: 'Labels', help: 'Set on the Secret. Other labels don’t change.' })),
})

const labelsOf = ({ labels }: z.infer<typeof options>): Map<string, string> =>
  new Map(labels.map(({ key, value }) => [key, value]))

const namespaces: ChoiceList<KubernetesCredentials> = {
  needs: [],
  list: async ({ http }) =>
    (await listNamespaces(http)).map((row) => ({ value: row.name, label: row.name, hint: null, row })),
}

export default defineDestination({
  name: 'kubernetes',
  title: 'Kubernetes',
  docsUrl: 'https://kubernetes.io/docs/concepts/configuration/secret/',
  connection: kubernetesConnection,
  target,
  options,
  notes: {
    initialSync:
      'The first sync overwrites keys with the same name in the Secret, or imports them first. Its other keys don’t change.',
    options: [
      'Pods see a changed key in mounted files after about a minute, and in environment variables once they are restarted.',
      'A Secret that Helm or Argo CD manages is written back by them: let them leave its data alone, or choose another name.',
    ],
  },
  keyRules: kubernetesKeyRules,
  limits: kubernetesLimits,
  rateLimits: kubernetesRateLimits,
  values: 'listed',
  targetKey: ({ namespace, secretName }) => `${namespace}/${secretName}`,
  targetLabel: ({ namespace, secretName }) => `${namespace}/${secretName}`,
  choices: { namespaces },
  flags: (given) => labelFlags(labelsOf(given)),
  open: ({ http }, { namespace, secretName: name }, given) =>
    kubernetesClient({ http, namespace, name }, { ...given, labels: labelsOf(given) }),
})
