export interface FolderRef {
  /** Slug. */
  environment: string
  path: string
}

/** What is about to get another name or place. */
export interface Relocation {
  /** Folders, by id, with the place they will have. */
  folders?: ReadonlyMap<string, FolderRef>
  /** Secrets, by `keyOf`, with the place and the key they will have. */
  secrets?: ReadonlyMap<string, FolderRef & { folderId: string; key: string }>
  /** Something else is overwritten, so values may well come out differently. */
  overwrites?: boolean
}

/** A secret’s name in `Relocation.secrets`. */
export const keyOf = (folderId: string, key: string): string => `${folderId} ${key}`

/** Folders that move, and those that a secret leaves or is renamed in, by id. */
export const foldersIn = ({ secrets, folders }: Relocation): string[] => [
  ...new Set([...parts(secrets).map(([folderId]) => folderId), ...(folders?.keys() ?? [])]),
]

/** Keys of secrets that move. */
export const keysIn = ({ secrets }: Relocation): ReadonlySet<string> => new Set(parts(secrets).map(([, key]) => key))

const parts = (secrets: Relocation['secrets']): [folderId: string, key: string][] =>
  [...(secrets?.keys() ?? [])].map((id) => [id.slice(0, id.indexOf(' ')), id.slice(id.indexOf(' ') + 1)])

/** Whether both are one folder. */
export const samePlace = (a: FolderRef, b: FolderRef): boolean => a.environment === b.environment && a.path === b.path
