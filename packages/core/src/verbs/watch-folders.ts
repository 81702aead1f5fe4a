/** Changes of folders as their readers see them: also those of a folder that they import or refer to. */
import { placesOf, readAccess } from '@keyferry/access'
import { snapshot, type Actor, type Context } from '@keyferry/kernel'
import type * as schemas from '@keyferry/schemas'
import { allows, covers } from '@keyferry/schemas/policy'
import { dependentsOf } from '@keyferry/vault'
import type { z } from 'zod'
import { watchProject, type WatchCall } from './watch.ts'

type Watched = z.output<typeof schemas.watchFolders>

/** What changed, under the name that the subscriber chose for it. */
export interface FolderChange {
  event: Watched['register'][number]['event']
  environment: string
  secretPath: string
}

/**
 * The changes of the folders that `register` names, from the moment this resolves, as long as `watchProject` continues:
 * only of folders in reach. An event says that something changed, whatever of it: the subscriber reads the folder
 * again.
 */
export async function watchFolders(
  ctx: Context,
  actor: Actor,
  { projectId, register }: Watched,
  call: WatchCall,
): Promise<AsyncIterable<FolderChange>> {
  const events = await watchProject(ctx, actor, { projectId }, call)
  return (async function* () {
    for await (const event of events) {
      if (event.kind !== 'secrets') continue
      const places = await snapshot(ctx, async (tx) => placesOf(tx, await dependentsOf(tx, [event.folderId])))
      // A folder out of sight may import one that is in reach.
      const access = await readAccess(ctx.db, actor)
      const known = places.filter((place) => allows(access, 'secrets.read-names', place))
      for (const { environment, path: secretPath } of known.filter((place) => place.projectId === projectId)) {
        const wanted = register.find(({ conditions }) => isMeant(conditions, environment, secretPath))
        if (wanted) yield { event: wanted.event, environment, secretPath }
      }
    }
  })()
}

function isMeant(
  conditions: Watched['register'][number]['conditions'],
  environment: string,
  secretPath: string,
): boolean {
  if (conditions === undefined) return true
  const { environmentSlug, secretPath: pattern } = conditions
  return (environmentSlug === undefined || environmentSlug === environment) && covers(pattern, secretPath)
}
