import { z } from 'zod'
import { defineDestination } from '../destination.ts'
import { textField } from '../fields.ts'
import { listScripts } from './api.ts'
import { cloudflareWorkersClient } from './client.ts'
import { cloudflareConnection } from './connection.ts'
import { cloudflareRateLimits, cloudflareWorkersKeyRules, cloudflareWorkersLimits } from './limits.ts'

const target = z.object({
  scriptId: textField({
    label: 'Worker',
    choices: 'scripts',
    help: "The Worker's name. An environment of wrangler is a Worker of its own, such as shop-staging.",
  }).regex(/^[\w-]+$/, 'Worker must have only letters, digits, dashes and underscores'),
})

export default defineDestination({
  name: 'cloudflare-workers',
  title: 'Cloudflare Workers',
  docsUrl: 'https://developers.cloudflare.com/workers/configuration/secrets/',
  connection: cloudflareConnection,
  target,
  options: z.object({}),
  notes: {
    initialSync:
      'Cloudflare never shows the value of a secret, so existing secrets cannot be imported. The first sync overwrites secrets of the same name.',
    options: [
      'Every run that changes something deploys a new version of the Worker to all of its traffic, one for each 100 changes.',
      'If the newest version of the Worker is not deployed (gradual deployment), Cloudflare refuses all changes until it is.',
      'A change of a value in Cloudflare does not show as drift, because only names are listed. The next change in the source overwrites it.',
    ],
  },
  keyRules: cloudflareWorkersKeyRules,
  limits: cloudflareWorkersLimits,
  rateLimits: cloudflareRateLimits,
  values: 'hidden',
  targetKey: ({ scriptId }) => scriptId,
  targetLabel: ({ scriptId }) => scriptId,
  targetUrl: ({ scriptId }, { accountId }) =>
    `https://dash.cloudflare.com/${accountId}/workers/services/view/${scriptId}/production/settings`,
  flags: () => ({}),
  choices: {
    scripts: {
      needs: [],
      list: async ({ http, credentials: { accountId } }) =>
        (await listScripts(http, accountId)).map((row) => ({ value: row.id, label: row.id, hint: null, row })),
    },
  },
  open: ({ http, credentials: { accountId } }, { scriptId }) => cloudflareWorkersClient({ http, accountId, scriptId }),
})
