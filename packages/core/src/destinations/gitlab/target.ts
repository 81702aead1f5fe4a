/** Where a sync writes: the variables of a project or a group, for one environment scope. */
import { z } from 'zod'
import { field } from '../destination.ts'
import { optionalTextField } from '../fields.ts'
import type { GitlabCredentials } from './connection.ts'

const id = (label: string) =>
  z
    .string()
    .trim()
    .max(20, `${label} must be at most 20 digits`)
    .regex(/^\d+$/, `${label} must be the number that GitLab shows`)

const nameField = (label: string, labelOf: string) =>
  optionalTextField({ label, help: 'Shown instead of the number.', labelOf }, { max: 500 })

const flag = (label: string, help: string) => z.boolean().default(false).meta(field({ label, help }))

const common = {
  targetEnvironment: z
    .string()
    .trim()
    .max(255, 'Environment must be at most 255 characters')
    .regex(/^[\w\-/${}. *]+$/, 'Environment may have letters, digits, spaces and - _ / $ { } . *')
    .default('*')
    .meta(
      field({
        label: 'Environment',
        placeholder: 'production',
        help: 'The name of an environment, a pattern such as review/*, or * for all. Variables of other scopes don’t change.',
      }),
    ),
  shouldProtectSecrets: flag('Protect variables', 'Only pipelines on protected branches and tags get them.'),
  shouldMaskSecrets: flag(
    'Mask variables',
    'Job logs do not show them. Each needs at least 8 characters without white space.',
  ),
  shouldHideSecrets: flag(
    'Hide variables',
    'Masked, and the value can no longer be seen in GitLab. Needs GitLab 17.4.',
  ),
}

const project = z.object({
  scope: z.literal('project').meta(field(scopeField())),
  projectId: id('Project').meta(field({ label: 'Project', choices: 'projects', placeholder: '1234' })),
  projectName: nameField('Project name', 'projectId'),
  ...common,
})

const group = z.object({
  scope: z.literal('group').meta(field(scopeField())),
  groupId: id('Group').meta(field({ label: 'Group', choices: 'groups', placeholder: '1234' })),
  groupName: nameField('Group name', 'groupId'),
  ...common,
})

function scopeField() {
  return { label: 'Scope', options: { project: 'Project', group: 'Group' } }
}

export const target = z.discriminatedUnion('scope', [project, group])
export type GitlabTarget = z.infer<typeof target>

/** The path of the project or group below the API. */
export const resourcePath = (at: GitlabTarget): string =>
  at.scope === 'project' ? `/projects/${at.projectId}` : `/groups/${at.groupId}`

export const resourceWords = (at: GitlabTarget): string =>
  at.scope === 'project' ? `project ${at.projectName ?? at.projectId}` : `group ${at.groupName ?? at.groupId}`

export const isMasked = (at: GitlabTarget): boolean => at.shouldMaskSecrets || at.shouldHideSecrets

export const targetKey = (at: GitlabTarget): string => JSON.stringify([resourcePath(at), at.targetEnvironment])

export const targetLabel = (at: GitlabTarget): string =>
  `${resourceWords(at)} · ${at.targetEnvironment === '*' ? 'all environments' : at.targetEnvironment}`

/** The page of the settings, where the name is a path; a project has a page by its number. */
export function targetUrl(at: GitlabTarget, { instanceUrl }: GitlabCredentials): string | null {
  const path = at.scope === 'project' ? at.projectName : `groups/${at.groupName}`
  const name = at.scope === 'project' ? at.projectName : at.groupName
  if (
    name !== undefined &&
    /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/.test(name) &&
    (at.scope === 'group' || name.includes('/'))
  ) {
    return `${instanceUrl}/${path}/-/settings/ci_cd`
  }
  return at.scope === 'project' ? `${instanceUrl}/projects/${at.projectId}` : null
}
