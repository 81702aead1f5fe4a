import { z } from 'zod'
import { bearer } from '../shared/http/authorization.ts'
import { defineConnection } from '../connection.ts'
import { field } from '../destination.ts'
import { tokenField, urlField } from '../fields.ts'
import { accountOf, listScripts, meaningOf } from './api.ts'

const credentials = z.object({
  accountId: z
    .string()
    .trim()
    .regex(/^[0-9a-f]{32}$/, 'Account ID must have 32 hexadecimal digits')
    .max(32)
    .meta(
      field({ label: 'Account ID', help: 'Shown on the overview of Workers & Pages in the Cloudflare dashboard.' }),
    ),
  apiToken: tokenField({ label: 'API token', help: 'Not the global API key.' }, { max: 255 }),
  instanceUrl: urlField('https://api.cloudflare.com/client/v4', {
    label: 'API URL',
    help: 'Only for a proxy in front of the Cloudflare API.',
  }),
})

export const cloudflareConnection = defineConnection({
  app: 'cloudflare',
  title: 'Cloudflare',
  methods: {
    'api-token': {
      title: 'API token',
      help: 'Create a token under My Profile > API Tokens, or under Manage Account > API Tokens, with the permission Account > Workers Scripts > Edit. With Account Settings > Read as well, the connection shows the name of the account.',
      credentials,
    },
  },
  baseUrl: ({ instanceUrl }) => instanceUrl,
  authorization: ({ apiToken }) => bearer(apiToken),
  classify: meaningOf,
  // The list of Workers proves token, account and permission at once; what `verify` proves, only the token.
  check: async ({ http, credentials: { accountId } }) => {
    await listScripts(http, accountId)
    return accountOf(http, accountId)
  },
})
