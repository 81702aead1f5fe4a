import { withoutTrailingSlashes } from '@keyferry/schemas'
import { z } from 'zod'
import { defineDestination, field } from '../destination.ts'
import { exampleVendorClient } from './client.ts'
import { exampleVendorKeyRules, exampleVendorLimits, exampleVendorRateLimits } from './limits.ts'
import { whoAmI } from './api.ts'

const credentials = z.object({
  apiToken: z
    .string()
    .trim()
    .min(1, 'API token must not be empty')
    .max(1000, 'API token must be at most 1000 characters')
    // It becomes a header, and a header with a line break in it is another header.
    .regex(/^[\x21-\x7e]*$/, 'API token must not contain white space or characters outside ASCII')
    .meta(field({ label: 'API token', secret: true })),
  instanceUrl: z
    .url({ protocol: /^https?$/, error: 'Instance URL must be a URL such as https://api.vendor.example' })
    .max(255, 'Instance URL must be at most 255 characters')
    .default('https://api.vendor.example')
    .meta(field({ label: 'Instance URL', help: 'Only for a self-hosted instance.' })),
})

const target = z.object({
  app: z
    .string()
    .trim()
    .min(1, 'App must not be empty')
    .max(100, 'App must be at most 100 characters')
    .meta(field({ label: 'App', help: 'Its ID, as the address of its page shows it.' })),
})

export default defineDestination({
  name: 'example-vendor',
  title: 'Example Vendor',
  docsUrl: 'https://docs.vendor.example/variables',
  connection: {
    method: 'api-key',
    help: 'Create an API token under Settings > Tokens. It needs the right to write variables.',
    credentials,
  },
  target,
  options: z.object({}),
  notes: { initialSync: 'The first sync overwrites variables of the same name.', options: [] },
  keyRules: exampleVendorKeyRules,
  limits: exampleVendorLimits,
  rateLimits: exampleVendorRateLimits,
  baseUrl: ({ instanceUrl }) => withoutTrailingSlashes(instanceUrl),
  authorization: ({ apiToken }) => ({ authorization: `Bearer ${apiToken}` }),
  targetKey: ({ app }) => app,
  targetLabel: ({ app }) => app,
  flags: () => ({}),
  check: async ({ http }) => ({ label: await whoAmI(http) }),
  open: ({ http }, { app }) => exampleVendorClient({ http, app }),
})
