/** Accounts, repositories and environments in the shapes of GitHub's OpenAPI document, which require every URL. */
import type { Repository } from './places.ts'

const API = 'https://api.github.com'
const SINCE = '2026-01-02T03:04:05Z'

/** Members of one value. */
const all = <T>(names: string, value: T): Record<string, T> =>
  Object.fromEntries(names.split(' ').map((name) => [name, value]))

const urls = (names: string, path: string): Record<string, string> =>
  Object.fromEntries(names.split(' ').map((name) => [`${name}_url`, `${API}/${path}/${name}`]))

const accountRow = (login: string, type: 'User' | 'Organization'): Record<string, unknown> => ({
  login,
  id: 583_231,
  node_id: 'MDQ6VXNlcjU4MzIzMQ==',
  gravatar_id: '',
  url: `${API}/users/${login}`,
  ...urls(
    'avatar events followers following gists html organizations received_events repos starred subscriptions',
    `users/${login}`,
  ),
  type,
  site_admin: false,
})

/** `GET /user`. */
export const userRow = (login: string): Record<string, unknown> => ({
  ...accountRow(login, 'User'),
  user_view_type: 'public',
  ...all('name company location email hireable bio', null),
  ...all('public_repos public_gists followers following', 0),
  blog: '',
  created_at: SINCE,
  updated_at: SINCE,
})

export const organizationRow = (login: string): Record<string, unknown> => ({
  login,
  id: 9_919,
  node_id: 'MDEyOk9yZ2FuaXphdGlvbjk5MTk=',
  url: `${API}/orgs/${login}`,
  ...urls('repos events hooks issues members public_members avatar', `orgs/${login}`),
  description: null,
})

/** `permissions`: those of the caller. */
export const repositoryRow = ({ id, owner, name }: Repository): Record<string, unknown> => ({
  id,
  node_id: `R_${id}`,
  name,
  full_name: `${owner}/${name}`,
  owner: accountRow(owner, 'Organization'),
  private: true,
  fork: false,
  description: null,
  url: `${API}/repos/${owner}/${name}`,
  ...urls(
    'archive assignees blobs branches collaborators comments commits compare contents contributors deployments downloads events forks git_commits git_refs git_tags hooks html issue_comment issue_events issues keys labels languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams trees clone git ssh svn',
    `repos/${owner}/${name}`,
  ),
  ...all('homepage language mirror_url license', null),
  ...all('forks forks_count stargazers_count watchers watchers_count size open_issues open_issues_count', 0),
  ...all('has_downloads has_issues has_projects has_wiki', true),
  ...all('has_pages archived disabled', false),
  default_branch: 'main',
  pushed_at: SINCE,
  created_at: SINCE,
  updated_at: SINCE,
  permissions: all('admin maintain push triage pull', true),
})

export const environmentRow = ({ owner, name: repository }: Repository, name: string): Record<string, unknown> => ({
  id: 161_088_068,
  node_id: 'MDExOkVudmlyb25tZW50MTYxMDg4MDY4',
  name,
  url: `${API}/repos/${owner}/${repository}/environments/${encodeURIComponent(name)}`,
  html_url: `https://github.com/${owner}/${repository}/deployments/activity_log`,
  created_at: SINCE,
  updated_at: SINCE,
  protection_rules: [],
  deployment_branch_policy: null,
})

/** `GET /app`. */
export const appRow = (id: number, slug: string, owner: string, permissions: object): Record<string, unknown> => ({
  id,
  slug,
  node_id: 'MDExOkludGVncmF0aW9uMQ==',
  client_id: `Iv1.${id}`,
  owner: accountRow(owner, 'Organization'),
  name: 'Keyferry Test',
  description: null,
  external_url: 'https://keyferry.example',
  html_url: `https://github.com/apps/${slug}`,
  created_at: SINCE,
  updated_at: SINCE,
  permissions,
  events: [],
})
