/** What the overview of a project shows beside its syncs. */
import { z } from 'zod'
import { id, timestamp } from '../names/names.ts'
import { syncStatus } from './sync-status.ts'

/** Days whose deliveries count. */
export const DELIVERY_DAYS = 7
/** Hours whose runs are counted, the present one included. */
export const ACTIVITY_HOURS = 24

const sourceFolder = z
  .object({
    id,
    environment: z.string().describe('The slug of its environment'),
    path: z.string(),
    secrets: z.number().int().describe('Secrets of its own'),
  })
  .meta({ id: 'SourceFolder' })

/** `folderId` gets values of `sourceFolderId`. */
const folderLink = z
  .object({ folderId: id, sourceFolderId: id, kind: z.enum(['import', 'reference']) })
  .meta({ id: 'FolderLink' })

const runsOfHour = z
  .object({
    from: timestamp.describe('The beginning of the hour'),
    succeeded: z.number().int(),
    failed: z.number().int().describe('Failed, blocked, or finished with keys that could not be written'),
  })
  .meta({ id: 'RunsOfHour' })

const deliveryTimes = z
  .object({
    deliveries: z.number().int().describe('Runs that delivered a change'),
    p50Ms: z.number().int().nullable(),
    p95Ms: z.number().int().nullable(),
  })
  .meta({ id: 'DeliveryTimes' })

export const projectOverview = z
  .object({
    folders: z.array(sourceFolder).describe('Those that syncs read, directly or through imports and references'),
    links: z.array(folderLink).describe('Imports and references between them'),
    hours: z.array(runsOfHour).describe(`Runs of the last ${ACTIVITY_HOURS} hours, the oldest hour first`),
    delivery: deliveryTimes.describe(
      `How long changes took from the vault to their destination, over the last ${DELIVERY_DAYS} days`,
    ),
  })
  .meta({ id: 'ProjectOverview' })

export const projectHealth = z
  .object({
    id,
    name: z.string(),
    description: z.string().nullable(),
    syncs: z
      .array(z.object({ status: syncStatus, count: z.number().int() }))
      .describe('How many have each status, worst first; those that none has are left out'),
    changedAt: timestamp.nullable().describe('When a folder that you can read last changed'),
  })
  .meta({ id: 'ProjectHealth' })
