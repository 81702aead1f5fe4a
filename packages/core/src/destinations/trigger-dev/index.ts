import { z } from 'zod'
import { bearer } from '../shared/http/authorization.ts'
import { defineConnection } from '../connection.ts'
import { defineDestination, field } from '../destination.ts'
import { optionalTextField, textField, tokenField, urlField } from '../fields.ts'
import { checkTriggerDev } from './check.ts'
import { triggerDevChoices } from './choices.ts'
import { triggerDevClient } from './client.ts'
import { refuseForeignKey, storedSlug } from './keys.ts'
import { triggerDevKeyRules, triggerDevLimits, triggerDevRateLimits } from './limits.ts'
import { hasReadableValues, readTriggerDevValues } from './values.ts'
import type { Place } from './api.ts'

const credentials = z.object({
  apiKey: tokenField(
    {
      label: 'API key',
      placeholder: 'tr_pat_…',
      help: 'A personal access token, or a key of one environment.',
    },
    { max: 255 },
  ),
  instanceUrl: urlField('https://api.trigger.dev', {
    label: 'Instance URL',
    help: 'Only for a self-hosted Trigger.dev: the address of its web application.',
  }),
})

const target = z.object({
  projectRef: textField({
    label: 'Project',
    placeholder: 'proj_…',
    choices: 'projects',
    help: 'The Trigger.dev project that receives the secrets.',
  }),
  projectName: optionalTextField({
    label: 'Project name',
    help: 'Shown instead of its reference.',
    labelOf: 'projectRef',
  }),
  environment: z
    .enum(['prod', 'staging', 'stg', 'dev', 'preview'], 'Environment must be one of prod, staging, dev or preview')
    .meta(
      field({
        label: 'Environment',
        choices: 'environments',
        help: 'The Trigger.dev environment that receives the secrets.',
      }),
    ),
  branch: z
    .string()
    .trim()
    .max(255, 'Branch must be at most 255 characters')
    // The server would take it for no branch at all, and write into the parent environment.
    .refine((name) => !withoutRefs(name).startsWith('refs/'), 'Branch must be the name of a branch, without refs/')
    .regex(/^[\x21-\x7e]*$/, 'Branch must not contain white space or characters outside ASCII')
    .optional()
    .meta(
      field({
        label: 'Branch',
        placeholder: 'feature/login',
        help: 'Only this branch of the environment. Empty: the environment that all branches inherit from.',
        showWhen: { field: 'environment', in: ['preview', 'dev'] },
      }),
    ),
})

const options = z.object({
  markAsSecret: z
    .boolean()
    .default(true)
    .meta(
      field({
        label: 'Mark variables as secret',
        help: 'Synced variables are redacted: their values can’t be read in Trigger.dev.',
      }),
    ),
  markAsSecretExcept: z
    .string()
    .max(10_000, 'At most 10,000 characters')
    .default('')
    .meta(
      field({
        label: 'Except these variables',
        placeholder: 'LOG_LEVEL, REGION',
        help: 'Names, separated by commas, of variables that should be the other way round.',
      }),
    ),
})

const connection = defineConnection({
  app: 'trigger-dev',
  title: 'Trigger.dev',
  methods: {
    'api-key': {
      title: 'API key',
      help: 'Create a personal access token under Account > Personal Access Tokens in Trigger.dev. It lists projects and environments. A key of one environment that can read and write its variables works too; the project is then entered by hand.',
      credentials,
    },
  },
  baseUrl: ({ instanceUrl }) => instanceUrl,
  authorization: ({ apiKey }) => bearer(apiKey),
  check: checkTriggerDev,
})

export default defineDestination({
  name: 'trigger-dev',
  title: 'Trigger.dev',
  docsUrl: 'https://trigger.dev/docs/deploy-environment-variables',
  connection,
  target,
  options,
  notes: {
    initialSync:
      'Trigger.dev redacts the values of secrets, so existing secrets can’t be imported. The first sync overwrites them.',
    options: [
      'A branch inherits the variables of its environment, which cannot be deleted from the branch. For a branch, delete only what this sync wrote.',
      'Trigger.dev runs read their variables when they start; a started run keeps the previous values.',
    ],
  },
  keyRules: triggerDevKeyRules,
  limits: triggerDevLimits,
  rateLimits: triggerDevRateLimits,
  values: 'hidden',
  targetKey: (config) => {
    const { projectRef, environment, branch } = placeOf(config)
    return JSON.stringify([projectRef, storedSlug(environment), branch])
  },
  targetLabel: (config) => {
    const { projectRef, environment, branch } = placeOf(config)
    return [config.projectName || projectRef, environment, branch].filter(Boolean).join(' · ')
  },
  // The link that its command line prints (4.8.3): the page of an environment needs the slugs of project and account.
  targetUrl: ({ projectRef }, { instanceUrl }) =>
    `${instanceUrl === 'https://api.trigger.dev' ? 'https://cloud.trigger.dev' : instanceUrl}/projects/v3/${encodeURIComponent(projectRef)}`,
  flags: ({ markAsSecret, markAsSecretExcept }, key) => ({
    secret: namesIn(markAsSecretExcept).has(key) ? !markAsSecret : markAsSecret,
  }),
  choices: triggerDevChoices,
  open: ({ http, credentials: { apiKey } }, config) => {
    const place = placeOf(config)
    const client = triggerDevClient(http, place)
    return {
      list: async () => {
        refuseForeignKey(apiKey, place.environment)
        return client.list()
      },
      apply: async (changes, report) => {
        refuseForeignKey(apiKey, place.environment)
        return client.apply(changes, report)
      },
      ...(hasReadableValues(place)
        ? {
            readValues: async () => {
              refuseForeignKey(apiKey, place.environment)
              return readTriggerDevValues(http, place, apiKey)
            },
          }
        : {}),
    }
  },
})

/** A branch counts only where the vendor honours it; at `prod` its header would lead to a preview branch instead. */
function placeOf({ projectRef, environment, branch }: z.infer<typeof target>): Place {
  const named = environment === 'preview' || environment === 'dev' ? withoutRefs(branch ?? '') : ''
  const isRoot = named === '' || (environment === 'dev' && named === 'default')
  return { projectRef, environment, branch: isRoot ? null : named }
}

/** The prefixes of git that the server cuts off (source, 2026-08-21). */
function withoutRefs(branch: string): string {
  return branch.replace(/^refs\/(heads|remotes|tags|pull|merge|release)\//, '')
}

function namesIn(list: string): Set<string> {
  return new Set(list.split(/[\s,]+/).filter(Boolean))
}
