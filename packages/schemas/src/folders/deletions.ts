/** Deletions that wait for syncs to remove what they wrote. */
import { z } from 'zod'
import { id, timestamp } from '../names/names.ts'

/** What becomes of the syncs that read something which is deleted. */
export const deletedSyncs = z
  .enum(['refuse', 'keep-secrets', 'remove-secrets'])
  .describe(
    'What happens to the syncs that read it: `refuse` (default) deletes nothing while there are any; `keep-secrets` deletes them and keeps the keys at their destinations; `remove-secrets` first deletes the keys that they wrote',
  )

export const deletionPending = z
  .string()
  .optional()
  .describe('Set while the deletion waits for syncs that remove what they wrote')

/** Deleted once the syncs that read it have removed what they wrote. */
export const pendingDeletion = z
  .object({
    kind: z.enum(['folder', 'environment', 'project']),
    subjectId: id,
    environment: z.string().nullable().describe('Slug; null for a project'),
    secretPath: z.string().nullable().describe('Null unless it is a folder'),
    askedAt: timestamp,
    askedBy: z.string(),
    syncs: z.array(z.object({ id, name: z.string(), destination: z.string() })).describe('That it still waits for'),
  })
  .meta({ id: 'PendingDeletion' })
