import type { DeletionTable, Selectable } from '@keyferry/db'
import type { deletedSyncs } from '@keyferry/schemas'
import type { z } from 'zod'
import type { Actor, Context, Tx } from './context.ts'

/**
 * What the vault, access and connections report to the syncs, and ask of them. Syncs are built on them, so they do not
 * import syncs; every context has all of these functions. Each runs in the reporter's transaction: nothing changes
 * without the syncs that depend on it.
 */
export interface Hooks {
  /** Values in these folders may have changed, also through an import or a reference. */
  onFoldersChanged(ctx: Context, tx: Tx, actor: Actor, folderIds: readonly string[]): Promise<AfterCommit>
  /** Called before the folders are deleted. While the answer has `pending`, the caller deletes nothing. */
  onFoldersDelete(ctx: Context, tx: Tx, actor: Actor, deletion: FolderDeletion): Promise<FolderRelease>
  /**
   * What destinations would refuse of the values that folders show, by key: the predicate of a sentence. Of a value
   * null only the key is judged. Names only syncs that the caller may know.
   */
  refusedByTargets(
    ctx: Pick<Context, 'caller'>,
    tx: Tx,
    folderIds: readonly string[],
    values: ReadonlyMap<string, string | null>,
  ): Promise<ReadonlyMap<string, string>>
  /** Somebody lost rights in a project, or in any project (null). */
  onAccessLost(ctx: Context, tx: Tx, projectId: string | null): Promise<AfterCommit>
  /** A connection has other credentials, or leads elsewhere. */
  onConnectionChanged(ctx: Context, tx: Tx, actor: Actor, connectionId: string): Promise<AfterCommit>
}

/**
 * Wakes the queue and publishes events. Not inside the transaction: a job could run before the change is visible to it.
 */
export type AfterCommit = () => void | Promise<void>

export interface FolderDeletion {
  /** For people, such as `Folder "/api"`. */
  what: string
  kind: Selectable<DeletionTable>['kind']
  subjectId: string
  projectId: string
  folderIds: readonly string[]
  /** Under `refuse` the caller has made sure that no sync reads the folders. */
  syncs: z.output<typeof deletedSyncs> | undefined
}

export interface FolderRelease {
  /** A sentence that says what the deletion waits for; `completeDeletions` carries it out later. */
  pending?: string
  afterCommit: AfterCommit
}
