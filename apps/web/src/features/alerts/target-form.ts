/** The form of a new recipient: its fields, how it begins, and what it sends. */
import { createNoticeTarget } from '@keyferry/schemas'
import { z } from 'zod'
import type { NoticeTarget } from '../../lib/server/types.ts'
import { PAGERDUTY_REGIONS } from './kinds.ts'
import { words } from './words.ts'

export type Kind = NoticeTarget['kind']

export const targetForm = createNoticeTarget
  .pick({ kind: true, address: true })
  .extend({
    name: z.string().trim().max(64),
    projects: z.enum(['this', 'every']),
    integrationKey: z.string().trim(),
    deliveries: z.boolean(),
  })
  .refine(({ kind, integrationKey }) => kind !== 'pagerduty' || integrationKey.length >= 16, {
    path: ['integrationKey'],
    message: words.addTarget.keyMissing,
  })

export type TargetFields = z.input<typeof targetForm>

export const emptyOf = (kind: Kind): TargetFields => ({
  kind,
  address: kind === 'pagerduty' ? PAGERDUTY_REGIONS[0].url : '',
  name: '',
  projects: 'this',
  integrationKey: '',
  deliveries: false,
})

export const inputOf = (
  { kind, address, name, projects, integrationKey, deliveries }: TargetFields,
  projectId: string,
): z.input<typeof createNoticeTarget> => ({
  kind,
  address,
  projectId: projects === 'this' ? projectId : null,
  ...(kind === 'pagerduty' && { secret: integrationKey }),
  ...(kind === 'webhook' && deliveries && { deliveries }),
  ...(name !== '' && { name }),
})
