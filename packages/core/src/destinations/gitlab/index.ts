import { z } from 'zod'
import { defineDestination, field } from '../destination.ts'
import { gitlabChoices } from './choices.ts'
import { gitlabClient } from './client.ts'
import { connection } from './connection.ts'
import { gitlabKeyRules, gitlabLimits, gitlabRateLimits } from './limits.ts'
import { isMasked, target, targetKey, targetLabel, targetUrl } from './target.ts'

const options = z.object({
  raw: z
    .boolean()
    .default(true)
    .meta(
      field({
        label: 'Don’t expand $',
        help: 'Otherwise GitLab replaces $NAME in a value by the variable of that name.',
      }),
    ),
})

export default defineDestination({
  name: 'gitlab',
  title: 'GitLab',
  docsUrl: 'https://docs.gitlab.com/ci/variables/',
  connection,
  target,
  options,
  notes: {
    initialSync:
      'GitLab shows the values of variables that are not hidden, so existing ones can be imported, or the first sync overwrites them.',
    options: [
      'A protected variable exists only in pipelines on protected branches and tags.',
      'A hidden variable can never be shown again. To turn hiding on or off, each variable is removed and created again.',
      'A variable of a project goes before one of its group, and a more specific environment before *.',
    ],
  },
  keyRules: gitlabKeyRules,
  limits: gitlabLimits,
  rateLimits: gitlabRateLimits,
  values: 'listed',
  targetKey,
  targetLabel,
  targetUrl,
  sharedPlace: ({ scope }) => (scope === 'group' ? 'a whole group of GitLab' : null),
  flags: ({ raw }, _key, at) => ({
    protected: at.shouldProtectSecrets,
    masked: isMasked(at),
    hidden: at.shouldHideSecrets,
    raw,
  }),
  choices: gitlabChoices,
  open: ({ http }, at) => gitlabClient({ http, target: at }),
})
