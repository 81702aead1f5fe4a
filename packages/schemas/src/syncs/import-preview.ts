import { z } from 'zod'
import { importReason } from './import-reasons.ts'

export const IMPORT_ACTIONS = ['new', 'changed', 'same', 'kept', 'left-out'] as const

const importAction = z.enum(IMPORT_ACTIONS)

export type ImportAction = z.infer<typeof importAction>

/** What an import changes in the source folder, without values. */
export const importPreview = z
  .object({
    hash: z.string(),
    summary: z.record(importAction, z.number().int()),
    keys: z.array(
      z.object({
        name: z.string().describe('The name at the destination'),
        key: z.string().nullable().describe('The key of the secret; null when none can be told'),
        action: importAction,
        reason: z.string().nullable().describe('Why it is kept or left out: `cause` in words'),
        cause: importReason.nullable(),
      }),
    ),
  })
  .meta({ id: 'ImportPreview' })
