/** An account at GitLab: a personal, project or group access token (docs.gitlab.com, 2026-11-28). */
import { z } from 'zod'
import { fixedHeaders } from '../shared/http/authorization.ts'
import { type Account, type CredentialsOf, defineConnection, type Meaning, type Session } from '../connection.ts'
import { DestinationError } from '../destination-error.ts'
import { field } from '../destination.ts'
import { tokenField, urlField } from '../fields.ts'
import type { HttpAnswer } from '../shared/http/http.ts'

const methods = {
  'access-token': {
    title: 'Access token',
    help: 'Create an access token in GitLab with the scope api: a personal one under Edit profile > Access tokens, or one of the project (role Maintainer) or group (role Owner) under Settings > Access tokens.',
    credentials: z.object({
      accessToken: tokenField({ label: 'Access token', placeholder: 'glpat-…' }),
      accessTokenType: z
        .enum(['personal', 'project', 'group'], 'Access token type must be personal, project or group')
        .default('personal')
        .meta(
          field({ label: 'Access token type', options: { personal: 'Personal', project: 'Project', group: 'Group' } }),
        ),
      instanceUrl: urlField('https://gitlab.com', {
        label: 'Instance URL',
        help: 'Only for a GitLab server of your own, such as https://gitlab.example.com.',
      }),
    }),
  },
} as const

export type GitlabCredentials = CredentialsOf<typeof methods>

export const connection = defineConnection({
  app: 'gitlab',
  title: 'GitLab',
  methods,
  baseUrl: ({ instanceUrl }) => `${instanceUrl}/api/v4`,
  authorization: ({ accessToken }) => fixedHeaders({ 'private-token': accessToken }),
  classify,
  check,
})

const self = z.object({ name: z.string(), scopes: z.array(z.string()), expires_at: z.string().nullish() })
const user = z.object({ username: z.string().min(1) })

/** A token that can only read would fail at the first write, so its scopes are read. */
async function check({ http }: Session<GitlabCredentials>): Promise<Account> {
  const get = { method: 'GET', repeatable: true } as const
  const [token, owner] = await Promise.all([
    http.request({ ...get, path: '/personal_access_tokens/self' }),
    http.request({ ...get, path: '/user' }),
  ])
  const [about, { data: account }] = [self.safeParse(token.body), user.safeParse(owner.body)]
  if (!about.success || !account) {
    throw new DestinationError('rejected', 'This does not look like the API of GitLab; check the instance URL')
  }
  const { scopes, expires_at: expiry } = about.data
  if (!scopes.includes('api')) throw new DestinationError('auth', NO_SCOPE)
  return { label: expiry ? `${account.username} (until ${expiry})` : account.username }
}

const NO_SCOPE = 'this access token lacks the scope api; create one that has it'

const insufficient = z.object({ error: z.literal('insufficient_scope') })

function classify({ status, body }: HttpAnswer): Meaning | null {
  if (status === 401)
    return { message: 'GitLab does not accept this access token (401): it is wrong, expired or revoked' }
  if (status !== 403) return null
  if (insufficient.safeParse(body).success) return { message: NO_SCOPE }
  return { message: 'GitLab lets only Maintainers of a project and Owners of a group write its variables (403)' }
}
