import { z } from 'zod'
import { bearer } from '../shared/http/authorization.ts'
import { defineConnection } from '../connection.ts'
import { defineDestination, field, type Field } from '../destination.ts'
import { optionalTextField, textField, tokenField, urlField } from '../fields.ts'
import { checkVercel, teamOf } from './account.ts'
import { meaningOf } from './api.ts'
import { vercelChoices } from './choices.ts'
import { vercelClient } from './client.ts'
import { resolveProject, resolveTeam } from './resolve.ts'
import { vercelKeyRules, vercelLimits, vercelRateLimits } from './limits.ts'

const credentials = z.object({
  apiToken: tokenField({ label: 'API token', help: 'An access token of Account Settings > Tokens.' }, { max: 255 }),
  instanceUrl: urlField('https://api.vercel.com', {
    label: 'API URL',
    help: 'Only for a proxy in front of the Vercel API.',
  }),
})

const idField = (meta: Field) =>
  textField(meta).regex(
    /^(?!\.{1,2}$)[\w.-]+$/,
    `${meta.label} must have only letters, digits, dots, dashes and underscores`,
  )

const target = z
  .object({
    scope: z
      .literal('project', 'Scope must be "project": variables that a team shares between projects are not synced')
      .default('project')
      .meta(field({ label: 'Scope', options: { project: 'A project' } })),
    teamId: idField({
      label: 'Team',
      placeholder: 'team_…',
      choices: 'teams',
      help: 'A team, or your personal account.',
    }),
    app: idField({ label: 'Project', placeholder: 'prj_…', choices: 'projects' }),
    appName: optionalTextField({ label: 'Project name', help: 'Shown instead of its ID.', labelOf: 'app' }),
    env: idField({
      label: 'Environment',
      choices: 'environments',
      help: 'production, preview, development, or the ID of a custom environment.',
    }),
    branch: optionalTextField({
      label: 'Branch',
      placeholder: 'feature/login',
      help: 'Only this branch of preview. Empty: all branches.',
      showWhen: { field: 'env', in: ['preview'] },
    }),
    sensitive: z
      .boolean()
      .default(false)
      .meta(field({ label: 'Sensitive', help: 'The values can’t be read in Vercel. Not for development.' })),
  })
  .refine(({ env, sensitive }) => !sensitive || env !== 'development', {
    path: ['sensitive'],
    message: 'Vercel has no sensitive variables for development',
  })

const branchOf = ({ env, branch }: z.infer<typeof target>): string | null =>
  env === 'preview' && branch ? branch : null

export default defineDestination({
  name: 'vercel',
  title: 'Vercel',
  docsUrl: 'https://vercel.com/docs/environment-variables',
  connection: defineConnection({
    app: 'vercel',
    title: 'Vercel',
    methods: {
      'api-token': {
        title: 'API token',
        help: 'Create a token under Account Settings > Tokens in Vercel, for the team that owns the project. Its owner must be an Owner, a Member, or a Developer with access to the project and its production variables.',
        credentials,
      },
    },
    baseUrl: ({ instanceUrl }) => instanceUrl,
    authorization: ({ apiToken }) => bearer(apiToken),
    classify: meaningOf,
    check: ({ http }) => checkVercel(http),
  }),
  target,
  options: z.object({}),
  notes: {
    initialSync:
      'Vercel shows all values but those of sensitive variables. The first sync overwrites variables of the same name in this environment.',
    options: [
      'Running deployments keep what they have: only new deployments see a change.',
      'A variable that other environments share is split: they keep its value, and this environment gets its own.',
      'Vercel cannot change a variable to or from sensitive: it is removed and created again.',
    ],
  },
  keyRules: vercelKeyRules,
  limits: vercelLimits,
  rateLimits: vercelRateLimits,
  values: 'listed',
  async resolve({ http }, config) {
    const teamId = await resolveTeam(http, config.teamId)
    if (config.app.startsWith('prj_')) return { ...config, teamId }
    const { id, name } = await resolveProject(http, teamId, config.app)
    return { ...config, teamId, app: id, appName: config.appName || name }
  },
  targetKey: (config) => JSON.stringify([config.teamId, config.app, config.env, branchOf(config)]),
  targetLabel: (config) =>
    [config.appName || config.app, config.env, branchOf(config)].filter((part) => part !== null).join(' · '),
  // Pages have the slugs of team and project, which the target does not know; Vercel's own link lets one choose them
  // (vercel.com/docs/environment-variables, 2026-11-28).
  targetUrl: () => 'https://vercel.com/d?to=%2F%5Bteam%5D%2F%5Bproject%5D%2Fsettings%2Fenvironment-variables',
  flags: (_options, _key, { sensitive }) => ({ sensitive }),
  choices: vercelChoices,
  open: ({ http }, config) =>
    vercelClient(
      { http, teamId: teamOf(config.teamId), project: config.app },
      { environment: config.env, branch: branchOf(config) },
    ),
})
