/** Where a sync writes: what GitHub keeps at one repository, environment or organization. */
import { z } from 'zod'
import { field } from '../destination.ts'
import { textField } from '../fields.ts'
import { type GithubCredentials, webUrl } from './connection.ts'

/** Each kind is a part of the path; the calls are the same. Dependabot and Codespaces have no variables. */
const KINDS = {
  secrets: { title: 'Actions secrets', path: 'actions/secrets' },
  variables: { title: 'Actions variables', path: 'actions/variables' },
  'dependabot-secrets': { title: 'Dependabot secrets', path: 'dependabot/secrets' },
  'codespaces-secrets': { title: 'Codespaces secrets', path: 'codespaces/secrets' },
  'agents-secrets': { title: 'Secrets of coding agents', path: 'agents/secrets' },
  'agents-variables': { title: 'Variables of coding agents', path: 'agents/variables' },
} as const

const titles = Object.fromEntries(Object.entries(KINDS).map(([name, { title }]) => [name, title]))
const kindField = field({
  label: 'Kind',
  help: 'What to write. An environment has secrets and variables of Actions only.',
  options: titles,
})
const kind = z
  .enum(Object.keys(KINDS) as (keyof typeof KINDS)[])
  .default('secrets')
  .meta(kindField)

const login = (label: string) =>
  z
    .string()
    .trim()
    .max(100, `${label} must be at most 100 characters`)
    .regex(/^[A-Za-z0-9_-]+$/, `${label} must be the login of an account, such as octo-org`)
const owner = login('Owner').meta(field({ label: 'Owner', choices: 'owners', placeholder: 'octo-org' }))
const repo = z
  .string()
  .trim()
  .max(100, 'Repository must be at most 100 characters')
  .regex(/^(?!\.{1,2}$)[A-Za-z0-9._-]+$/, 'Repository must be its name without the owner')
  .meta(field({ label: 'Repository', choices: 'repositories', placeholder: 'hello-world' }))

const organization = z
  .object({
    scope: z.literal('organization').meta(field(scopeField())),
    org: login('Organization').meta(
      field({ label: 'Organization', choices: 'organizations', placeholder: 'octo-org' }),
    ),
    kind,
    visibility: z.enum(['all', 'private', 'selected']).meta(
      field({
        label: 'Visibility',
        help: 'Which repositories of the organization may use them.',
        options: { all: 'All repositories', private: 'Private repositories', selected: 'Selected repositories' },
      }),
    ),
    selectedRepositoryIds: z
      .array(z.coerce.number().int().min(1))
      .max(500, 'At most 500 repositories')
      .optional()
      .meta(
        field({
          label: 'Selected repositories',
          help: 'Numeric IDs of the repositories.',
          showWhen: { field: 'visibility', in: ['selected'] },
        }),
      ),
  })
  .refine(
    ({ visibility, selectedRepositoryIds = [] }) => visibility !== 'selected' || selectedRepositoryIds.length > 0,
    {
      path: ['selectedRepositoryIds'],
      error: 'Name at least one repository, or choose another visibility',
    },
  )
  .refine(
    ({ visibility, selectedRepositoryIds = [] }) => visibility === 'selected' || selectedRepositoryIds.length === 0,
    {
      path: ['selectedRepositoryIds'],
      error: 'Repositories can only be named with the visibility "selected"',
    },
  )

const repository = z.object({ scope: z.literal('repository').meta(field(scopeField())), owner, repo, kind })

const environment = z.object({
  scope: z.literal('repository-environment').meta(field(scopeField())),
  owner,
  repo,
  env: textField({ label: 'Environment', choices: 'environments', placeholder: 'production' }).refine(
    (name) => name !== '.' && name !== '..',
    'Environment must be the name of an environment',
  ),
  kind: z
    .enum(['secrets', 'variables'], 'An environment has only secrets and variables of Actions')
    .default('secrets')
    .meta(kindField),
})

function scopeField() {
  return {
    label: 'Scope',
    options: {
      organization: 'Organization',
      repository: 'Repository',
      'repository-environment': 'Environment of a repository',
    },
  }
}

export const target = z.discriminatedUnion('scope', [organization, repository, environment])
export type GithubTarget = z.infer<typeof target>

export const areVariables = ({ kind: name }: GithubTarget): boolean => name.endsWith('variables')

/** The path of the collection. */
export function collectionPath(at: GithubTarget): string {
  const { path } = KINDS[at.kind]
  if (at.scope === 'organization') return `/orgs/${at.org}/${path}`
  const base = `/repos/${at.owner}/${at.repo}`
  return at.scope === 'repository' ? `${base}/${path}` : `${base}/environments/${encodeURIComponent(at.env)}/${at.kind}`
}

/** GitHub's names of accounts, repositories and environments are the same in any case. */
export const targetKey = (at: GithubTarget): string => collectionPath(at).toLowerCase()

export const targetLabel = (at: GithubTarget): string =>
  [placeLabel(at), at.scope === 'repository-environment' ? at.env : '', KINDS[at.kind].title]
    .filter(Boolean)
    .join(' · ')

const placeLabel = (at: GithubTarget): string => (at.scope === 'organization' ? at.org : `${at.owner}/${at.repo}`)

/** The place in a sentence, behind an article. */
export const placeWords = (at: GithubTarget): string => {
  if (at.scope === 'organization') return `organization ${at.org}`
  const words = `repository ${at.owner}/${at.repo}`
  return at.scope === 'repository' ? words : `environment "${at.env}" in the ${words}`
}

export function targetUrl(at: GithubTarget, credentials: GithubCredentials): string {
  const web = webUrl(credentials)
  if (at.scope === 'repository-environment') return `${web}/${at.owner}/${at.repo}/settings/environments`
  const base = at.scope === 'organization' ? `${web}/organizations/${at.org}` : `${web}/${at.owner}/${at.repo}`
  const [service, what] = KINDS[at.kind].path.split('/')
  return `${base}/settings/${what}/${service}`
}
