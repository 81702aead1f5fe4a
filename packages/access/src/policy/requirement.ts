/** What a verb needs: an action at a place. Places are given as inputs name them; `resolve.ts` finds where they are. */
import type { Action } from '@keyferry/schemas/policy'

export interface FolderAt {
  projectId: string
  /** Slug. */
  environment: string
  path: string
}

/** Where a folder is to be after a rename or a move; what is left out stays. */
export interface NewPlace {
  environment?: string | undefined
  /** The target folder. */
  parent?: string | undefined
  name?: string | undefined
}

/** A folder that a caller names by its path or by its id. */
export type FolderName =
  | ({ kind: 'folder' } & FolderAt)
  | { kind: 'folder-id'; folderId: string }
  /** By its id, or by its name in the folder at `path`. */
  | ({ kind: 'folder-in'; idOrName: string } & FolderAt)

/** A place as an input names it. */
export type Where =
  | { kind: 'instance' }
  /** What belongs to no project. */
  | { kind: 'organization' }
  | { kind: 'project'; projectId: string }
  | { kind: 'project-slug'; slug: string }
  /** `below`: with everything in it. `becomes`: the place it will have, instead of the one it has. */
  | (FolderName & { below?: boolean; becomes?: NewPlace })
  /** What has an id of its own and stands in a folder, or is its root: `environment`. */
  | { kind: 'environment'; environmentId: string }
  | { kind: 'secret'; secretId: string }
  | { kind: 'import'; importId: string }
  /** The project that somebody is a member of. */
  | { kind: 'membership'; membershipId: string }
  /** The sources of the syncs that read the folder or one below it; `becomes`: where they will be. */
  | { kind: 'syncs-of'; folder: FolderName; becomes?: NewPlace }
  /**
   * Every folder whose values show through those of the folder: its imports, and what its values refer to,
   * transitively.
   */
  | { kind: 'shown-by'; folder: FolderName; below?: boolean }
  /** The source of a sync. */
  | { kind: 'sync'; syncId: string }
  /** Every folder whose values the sync sends; `moved`: after it was pointed at another source. */
  | { kind: 'sent-by'; syncId: string; moved?: { environment?: string | undefined; secretPath?: string | undefined } }
  /** The source that a sync is pointed at by an edit. */
  | { kind: 'sync-source'; syncId: string; environment?: string | undefined; secretPath?: string | undefined }
  | { kind: 'connection'; connectionId: string }
  /** The connection that a sync uses. */
  | { kind: 'connection-of'; syncId: string }
  | { kind: 'connection-name'; name: string }
  /** Where a deleted thing comes back to. */
  | { kind: 'trash'; projectId: string; trashId: string }
  /** Every folder that shows through an import; what is not given is as the import has it now. */
  | {
      kind: 'import-source'
      projectId: string
      importId: string
      environment?: string | undefined
      path?: string | undefined
    }

export interface Requirement {
  action: Action
  at: Where
}

/** At least one: a verb that needs nothing does not compile. */
export type Requirements = readonly [Requirement, ...Requirement[]]

/** One requirement: `requirement('secrets.write', folder(input))`. */
export const requirement = (action: Action, at: Where): Requirement => ({ action, at })

export const INSTANCE: Where = { kind: 'instance' }
/** What anybody may who is signed in. */
export const SIGNED_IN: Requirements = [requirement('instance.use', INSTANCE)]
/** What only instance admins may. */
export const RUNS_INSTANCE: Requirements = [requirement('instance.manage', INSTANCE)]

/** The project that an input names. */
export const project = ({ projectId }: { projectId: string }): Where => ({ kind: 'project', projectId })

/** The folder that an input names with `secretPath` or `path`. */
export const folder = (
  input: { projectId: string; environment: string } & ({ secretPath: string } | { path: string }),
): { kind: 'folder' } & FolderAt => ({
  kind: 'folder',
  projectId: input.projectId,
  environment: input.environment,
  path: 'secretPath' in input ? input.secretPath : input.path,
})

/** The source folder of the sync that an input names. */
export const syncAt = ({ syncId }: { syncId: string }): Where => ({ kind: 'sync', syncId })

/** The connection that an input names. */
export const connectionAt = ({ connectionId }: { connectionId: string }): Where => ({
  kind: 'connection',
  connectionId,
})
