import { audit } from '../audit.ts'
import { markWritten } from '@keyferry/db'
import { makeHead } from '../authority/folder-head.ts'
import type { Actor, Context } from '../context.ts'
import { maintain } from '../maintenance.ts'
import { findFolder } from '../vault/find-folder.ts'
import { lockProject } from '../vault/project-key.ts'

/**
 * Takes the secrets of a folder as they are now, after something outside Keyferry changed them: from here on they are those that were written last.
 * Throws `NotFound`.
 */
export function acceptSecrets(
  ctx: Context,
  actor: Actor,
  where: { projectId: string; environment: string; secretPath: string },
): Promise<void> {
  const { projectId, environment, secretPath } = where
  return maintain(ctx, async (tx) => {
    const key = await lockProject(ctx, tx, projectId)
    const { folder } = await findFolder(tx, where)
    markWritten(folder.id, await makeHead(ctx, tx, key, { id: folder.id, projectId }))
    await audit(ctx, tx, actor, 'folder.accept-secrets', projectId, { environment, secretPath })
  })
}
