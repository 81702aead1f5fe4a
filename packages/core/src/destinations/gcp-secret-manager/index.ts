import { z } from 'zod'
import { defineDestination, field } from '../destination.ts'
import { gcpChoices } from './choices.ts'
import { gcpClient } from './client.ts'
import { gcpConnection } from './connection.ts'
import { secretsHost } from './hosts.ts'
import { gcpKeyRules, gcpLimits, gcpRateLimits } from './limits.ts'

const projectId = z
  .string()
  .trim()
  .max(100, 'Project must be at most 100 characters')
  .regex(/^[a-z][a-z0-9.:-]*[a-z0-9]$/, 'Project must be the ID of a project, such as my-project-123, not its number')
  .meta(field({ label: 'Project', placeholder: 'my-project-123', choices: 'secret-manager-projects' }))

const location = z
  .string()
  .trim()
  .max(50, 'Location must be at most 50 characters')
  .regex(/^[a-z]+-[a-z]+[0-9]+$/, 'Location must be the name of a region, such as europe-west3')

const scope = field({
  label: 'Scope',
  options: { global: 'Global secrets', region: 'Secrets of one region' },
  help: 'The two are separate: a regional secret is not found among the global ones.',
})

const target = z.discriminatedUnion('scope', [
  z.object({
    scope: z.literal('global').meta(scope),
    projectId,
    userReplicaLocationIds: z
      .array(location)
      .max(20, 'At most 20 replica locations')
      .default([])
      .meta(
        field({
          label: 'Replica locations',
          choices: 'secret-manager-project-locations',
          help: 'Where the values of new secrets are kept. Empty: Google decides. Secrets that exist stay where they are.',
        }),
      ),
  }),
  z.object({
    scope: z.literal('region').meta(scope),
    projectId,
    locationId: location.meta(
      field({ label: 'Location', placeholder: 'europe-west3', choices: 'secret-manager-project-locations' }),
    ),
  }),
])

const options = z.object({
  oldVersions: z
    .enum(['keep', 'disable', 'destroy'])
    .default('keep')
    .meta(
      field({
        label: 'Old versions',
        options: { keep: 'Keep', disable: 'Disable', destroy: 'Destroy' },
        help: 'What happens to the version before the one that a sync writes. Programs that read a fixed version number stop working when it is disabled or destroyed.',
      }),
    ),
})

const locationOf = (config: z.infer<typeof target>): string | null =>
  config.scope === 'region' ? config.locationId : null

export default defineDestination({
  name: 'gcp-secret-manager',
  title: 'Google Secret Manager',
  docsUrl: 'https://cloud.google.com/secret-manager/docs',
  connection: gcpConnection,
  target,
  options,
  notes: {
    initialSync:
      'Existing secrets can be imported first: the newest version of each. Binary values and disabled versions are not.',
    options: [
      'A changed secret is a new version. The older ones stay readable, and cost money, unless the sync destroys them.',
      'A deleted secret cannot be restored in Google Cloud.',
      'Secrets that Google manages or that have an expiry are not touched.',
    ],
  },
  keyRules: gcpKeyRules,
  limits: gcpLimits,
  rateLimits: gcpRateLimits,
  values: 'read',
  targetKey: (config) => JSON.stringify([config.projectId, locationOf(config)]),
  targetLabel: (config) => [config.projectId, locationOf(config)].filter(Boolean).join(' · '),
  targetUrl: ({ projectId: project }) =>
    `https://console.cloud.google.com/security/secret-manager?project=${encodeURIComponent(project)}`,
  sharedPlace: (config) => (config.scope === 'global' ? 'a whole project' : 'a whole region of a project'),
  flags: () => ({}),
  choices: gcpChoices,
  open: ({ credentials, http }, config, { oldVersions }) =>
    gcpClient(
      {
        http: http.at(secretsHost(credentials, locationOf(config))),
        projectId: config.projectId,
        location: locationOf(config),
        replicas: config.scope === 'global' ? config.userReplicaLocationIds : [],
      },
      oldVersions,
    ),
})
