import { z } from 'zod'
import { planReason } from './plan-reasons.ts'

export const ACTIONS = ['create', 'update', 'delete', 'keep', 'foreign', 'reject'] as const

export const action = z.enum(ACTIONS)

export type Action = z.infer<typeof action>

export const outOfReach = z
  .literal(true)
  .optional()
  .describe('Results per key and sums are left out: they concern folders whose names you can’t read')

export const planSummary = z.object({
  create: z.number().int(),
  update: z.number().int(),
  delete: z.number().int(),
  keep: z.number().int(),
  foreign: z.number().int(),
  reject: z.number().int(),
})

export const plannedChange = z
  .object({
    key: z.string().describe('The name at the destination'),
    action,
    reason: planReason,
    takesOver: z.boolean().optional().describe('Overwrites a key that this sync did not write'),
  })
  .meta({ id: 'PlannedChange' })

export const plan = z
  .object({
    hash: z.string(),
    summary: planSummary,
    changes: z.array(plannedChange),
    fuse: z.string().nullable().describe('Why this plan needs an approval before it runs; null when it does not'),
    outOfReach,
  })
  .meta({ id: 'Plan' })
