/**
 * Names that Infisical's older versions and its SDKs send, and ours. Read only where the input has no field of that
 * name.
 */
export const OLDER_NAMES: readonly (readonly [older: string, name: string])[] = [
  ['workspaceId', 'projectId'],
  ['includeImports', 'include_imports'],
  ['directory', 'path'],
]

/** Name a project by its slug, where the input wants its `projectId`. */
export const SLUG_NAMES: readonly string[] = ['workspaceSlug', 'projectSlug']
