import { z } from 'zod'
import { MAX_OPEN_FIELDS, TOO_MANY_FIELDS, isSmallEnough, keySchema } from '../names/names.ts'

export const deletionPolicy = z.enum(['mirror', 'owned', 'none'])

/** How often a target is checked for drift. */
export const driftCheck = z.enum(['off', '15m', '1h', '24h'])

const driftOptions = {
  driftCheck: driftCheck.optional().describe('How often the destination is checked for drift; default 1h'),
  driftRepair: z.boolean().optional().describe('Repair drift; default: only show it'),
  driftReadsValues: z.boolean().optional().describe('Also compare the values, if the provider can return them'),
}

/** Which value wins where the vault and the target both have a key: the vault's, or the target's. */
export const importPriority = z.enum(['prioritize-source', 'prioritize-destination'])

export type ImportPriority = z.infer<typeof importPriority>

/** What the first run does with what the target holds: overwrite it, or import it into the vault first. */
export const initialSyncBehavior = z.enum([
  'overwrite-destination',
  'import-prioritize-source',
  'import-prioritize-destination',
])

export type InitialSyncBehavior = z.infer<typeof initialSyncBehavior>

const commonOptions = {
  initialSyncBehavior: initialSyncBehavior
    .optional()
    .describe('What the first run does with the secrets at the destination; default overwrite-destination'),
  keySchema: keySchema.optional(),
  deletionPolicy: deletionPolicy.optional(),
  ...driftOptions,
}

const limited = <T extends z.ZodType<object>>(options: T) =>
  options.refine(isSmallEnough, TOO_MANY_FIELDS).meta({ maxProperties: MAX_OPEN_FIELDS })

/** Options every destination has; a destination's own (such as `markAsSecret`) are beside them. */
export const syncOptions = limited(z.looseObject(commonOptions))

/** The same in a change: what is left out stays, and null takes off what has no default. */
export const changedSyncOptions = limited(
  z.looseObject({ ...commonOptions, keySchema: commonOptions.keySchema.nullable() }),
)
