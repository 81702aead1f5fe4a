/** Lists of syncs: pages with what a row shows, all in brief, and a summary. */
import { z } from 'zod'
import { comparedText, destinationName, id } from '../names/names.ts'
import { SYNC_ORDERS } from './sync-order.ts'
import { sync } from './syncs.ts'

/** What lists show of a sync. */
export const listedSync = sync
  .pick({
    id: true,
    name: true,
    description: true,
    autoSync: true,
    projectId: true,
    connection: true,
    environment: true,
    folder: true,
    destination: true,
    destinationTitle: true,
    targetLabel: true,
    targetUrl: true,
    status: true,
    reason: true,
    since: true,
    outOfReach: true,
    blocked: true,
    leaving: true,
    removal: true,
    lastRun: true,
  })
  .extend({ environment: z.object({ slug: z.string() }).nullable() })
  .meta({ id: 'ListedSync' })

/** A sync as other screens refer to it: what it sends where, and how it is. */
export const briefSync = listedSync
  .pick({
    id: true,
    name: true,
    projectId: true,
    connection: true,
    environment: true,
    folder: true,
    destination: true,
    targetLabel: true,
    status: true,
  })
  .meta({ id: 'BriefSync' })

export const pageSyncs = z.object({
  projectId: id,
  search: comparedText(1000)
    .optional()
    .describe('Only those with this text in name, destination, source or connection'),
  status: comparedText(200).optional().describe('Only those with one of these statuses, with commas between them'),
  destination: destinationName.optional(),
  environment: comparedText(255).optional().describe('The slug of an environment: only those that read from it'),
  syncIds: z.string().max(4000).optional().describe('Only those with one of these ids, with commas between them'),
  orderBy: z.enum(SYNC_ORDERS).default('status'),
  descending: z.boolean().default(false),
  cursor: comparedText(4000).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(100).default(40),
})
export const syncsPage = z
  .object({
    syncs: z.array(listedSync),
    total: z.number().int().describe('How many there are on all pages'),
    nextCursor: z.string().nullable().describe('For `cursor`, to get those after these; null: there are none'),
  })
  .meta({ id: 'SyncsPage' })

/** What every page of a project shows of its syncs. */
export const syncsSummary = z
  .object({
    total: z.number().int(),
    needAttention: z.array(sync.pick({ id: true, name: true })).describe('Those that need attention'),
    destinations: z.array(z.string()).describe('Those that they have'),
    environments: z.array(z.string()).describe('The slugs of those that they read from'),
  })
  .meta({ id: 'SyncsSummary' })
