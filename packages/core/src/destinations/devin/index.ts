import { z } from 'zod'
import { bearer } from '../shared/http/authorization.ts'
import { defineConnection } from '../connection.ts'
import { defineDestination, field } from '../destination.ts'
import { tokenField, urlField } from '../fields.ts'
import { whoAmI } from './api.ts'
import { checkDevin } from './check.ts'
import { devinClient } from './client.ts'
import { devinKeyRules, devinLimits, devinRateLimits } from './limits.ts'

const credentials = z.object({
  apiKey: tokenField({
    label: 'API key',
    placeholder: 'cog_…',
    help: 'The key of a service user. Devin shows it once, when it is created.',
  }).startsWith('cog_', 'API key must start with "cog_": the older "apk_" keys do not work with version 3 of the API'),
  instanceUrl: urlField('https://api.devin.ai', {
    label: 'Instance URL',
    help: 'Only for a dedicated enterprise host, such as https://api.example.devinenterprise.com.',
  }),
})

const target = z.object({
  orgId: z
    .string()
    .trim()
    .max(255, 'Organization ID must be at most 255 characters')
    .regex(/^org-[^\s/\p{Cc}]+$/u, 'Organization ID must start with "org-" and contain neither spaces nor slashes')
    .meta(
      field({
        label: 'Organization ID',
        choices: 'organizations',
        placeholder: 'org-…',
        help: 'Devin shows it in the organization settings, under Service users.',
      }),
    ),
})

const connection = defineConnection({
  app: 'devin',
  title: 'Devin',
  methods: {
    'api-key': {
      title: 'API key',
      help: 'Create a service user under Settings > Service users in Devin and copy its key. It needs the permission to manage organization secrets (ManageOrgSecrets); on a Teams plan that is the Admin role.',
      credentials,
    },
  },
  baseUrl: ({ instanceUrl }) => instanceUrl,
  authorization: ({ apiKey }) => bearer(apiKey),
  check: checkDevin,
})

export default defineDestination({
  name: 'devin',
  title: 'Devin',
  docsUrl: 'https://docs.devin.ai/api-reference/v3/secrets/organizations-secrets',
  connection,
  target,
  options: z.object({}),
  notes: {
    initialSync:
      'Devin never returns the value of a secret, so existing secrets can’t be imported. The first sync overwrites them.',
    initialWarning:
      'Every secret is written as a key-value secret. A TOTP or cookie secret with the name of a synced key is replaced by a key-value secret. Unless secret deletion is disabled, TOTP and cookie secrets whose names match the key schema are removed, and all of them without a schema. The plan lists each of them first.',
    options: [
      'Devin can’t change a value: a changed secret is deleted and created again, with a new ID. Sessions have the values from when they started.',
    ],
  },
  keyRules: devinKeyRules,
  limits: devinLimits,
  rateLimits: devinRateLimits,
  values: 'hidden',
  targetKey: ({ orgId }) => orgId,
  targetLabel: ({ orgId }) => orgId,
  // docs.devin.ai/product-guides/secrets, 2026-11-28: the page of the organization that one is signed in to.
  targetUrl: (_target, { instanceUrl }) =>
    instanceUrl === 'https://api.devin.ai' ? 'https://app.devin.ai/secrets' : null,
  choices: {
    // The key of a service user belongs to one organization; that of an enterprise names none.
    organizations: {
      needs: [],
      list: async ({ http }) => {
        const { orgId, name } = await whoAmI(http)
        return orgId === null ? [] : [{ value: orgId, label: orgId, hint: name, row: { id: orgId, name } }]
      },
    },
  },
  // Everything is written as sensitive, so there is nothing to choose and nothing to compare.
  flags: () => ({}),
  open: ({ http }, { orgId }) => devinClient({ http, orgId }),
})
