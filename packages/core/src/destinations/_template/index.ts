import { z } from 'zod'
import { bearer } from '../shared/http/authorization.ts'
import { defineConnection } from '../connection.ts'
import { defineDestination } from '../destination.ts'
import { textField, tokenField, urlField } from '../fields.ts'
import { exampleVendorClient } from './client.ts'
import { exampleVendorKeyRules, exampleVendorLimits, exampleVendorRateLimits } from './limits.ts'
import { whoAmI } from './api.ts'

const credentials = z.object({
  apiToken: tokenField({ label: 'API token' }),
  instanceUrl: urlField('https://api.provider.example', {
    label: 'Instance URL',
    help: 'Only for a self-hosted instance.',
  }),
})

const target = z.object({
  app: textField({ label: 'App', help: 'Its ID, as the address of its page shows it.' }, { max: 100 }),
})

const connection = defineConnection({
  app: 'example-vendor',
  title: 'Example Provider',
  methods: {
    'api-key': {
      title: 'API token',
      help: 'Create an API token under Settings > Tokens. It needs the right to write variables.',
      credentials,
    },
  },
  baseUrl: ({ instanceUrl }) => instanceUrl,
  authorization: ({ apiToken }) => bearer(apiToken),
  check: async ({ http }) => ({ label: await whoAmI(http) }),
})

export default defineDestination({
  name: 'example-vendor',
  title: 'Example Provider',
  docsUrl: 'https://docs.provider.example/variables',
  connection,
  target,
  options: z.object({}),
  notes: { initialSync: 'The first sync overwrites variables of the same name.', options: [] },
  keyRules: exampleVendorKeyRules,
  limits: exampleVendorLimits,
  rateLimits: exampleVendorRateLimits,
  values: 'listed',
  targetKey: ({ app }) => app,
  targetLabel: ({ app }) => app,
  flags: () => ({}),
  open: ({ http }, { app }) => exampleVendorClient({ http, app }),
})
