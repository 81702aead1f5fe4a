import { z } from 'zod'
import { pathPattern } from '../access/scopes.ts'
import { id } from '../names/names.ts'
import { syncState } from './syncs.ts'

/** The groups of the audit log whose changes are announced: lists and settings that screens show. */
export const settingsSubject = z.enum(['project', 'environments', 'people', 'machines', 'connections', 'instance'])

/** What the live feed says. It names what to look at again; the truth is fetched. */
export const liveEvent = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sync'),
    projectId: id,
    syncId: id,
    state: syncState,
    done: z.number().int(),
    total: z.number().int(),
  }),
  z.object({ kind: z.literal('sync-deleted'), projectId: id, syncId: id }),
  z.object({ kind: z.literal('secrets'), projectId: id, folderId: id }),
  z.object({ kind: z.literal('pauses'), projectId: id }),
  /** `projectId` null: what belongs to no project, such as the machines of the instance. */
  z.object({ kind: z.literal('settings'), projectId: id.nullable(), about: settingsSubject, actorId: z.string() }),
  /**
   * A deletion that waited for syncs to remove what they wrote. `given-up`: its subject stays, because a sync still
   * reads it.
   */
  z.object({
    kind: z.literal('deletion-ended'),
    projectId: id,
    subject: z.enum(['folder', 'environment', 'project']),
    subjectId: id,
    environment: z.string().nullable(),
    secretPath: z.string().nullable(),
    outcome: z.enum(['deleted', 'given-up']),
  }),
])

export type LiveEvent = z.infer<typeof liveEvent>

/** Infisical's names for what can happen to a folder. */
const folderEvent = z.enum(['secret:create', 'secret:update', 'secret:delete', 'secret:import-mutation'])

export const watchFolders = z.object({
  projectId: id,
  register: z
    .array(
      z.object({
        event: z
          .preprocess((name) => (typeof name === 'string' ? name.replace(/^infisical:/, '') : name), folderEvent)
          .describe('Any change of the folder is sent under the first of these names whose conditions it meets'),
        conditions: z
          .object({
            environmentSlug: z.string().trim().min(1).max(64).optional(),
            secretPath: pathPattern.default('/'),
          })
          .optional()
          .describe('Left out: every folder'),
      }),
    )
    .min(1)
    .max(100),
  lastEventId: z.string().max(64).nullish(),
})
