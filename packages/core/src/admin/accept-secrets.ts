import { audit, maintain, type Actor, type Context } from '@keyferry/kernel'
import { makeHead } from '@keyferry/kernel/authority'
import { findFolder, lockProject } from '@keyferry/vault'

/**
 * Takes the secrets and imports of a folder as they are now, after something outside Keyferry changed them: from here
 * on they are those that were written last. Throws `NotFound`.
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
    await makeHead(ctx, tx, { key, projectId, folder })
    await audit(ctx, tx, actor, 'folder.accept-secrets', projectId, { environment, secretPath })
  })
}
