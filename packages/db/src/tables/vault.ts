/**
 * What a team keeps (sealed columns change with `amend` only, so they are fixed for everything else): the tree, its
 * secrets with versions, imports and references.
 */
import type { ColumnType, Generated } from 'kysely'
import type { Fixed, Flag, Timestamp } from './column.ts'

export interface OrganizationTable {
  id: Fixed<string>
  name: string
  slug: string
  /** Data key of connections, wrapped by the root key. */
  dataKey: string
  /** Sealed with it: up to where the audit log went at least. */
  auditMark: string | null
  createdAt: Fixed<Timestamp>
}

export interface ProjectTable {
  id: Fixed<string>
  name: string
  slug: Fixed<string>
  description: string | null
  /** Data key of this project's secrets and digests, wrapped by the root key. */
  dataKey: string
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

export interface EnvironmentTable {
  id: Fixed<string>
  projectId: Fixed<string>
  name: string
  slug: Fixed<string>
  position: number
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

export interface FolderTable {
  id: Fixed<string>
  environmentId: Fixed<string>
  parentId: Fixed<string | null>
  /** Empty for the root folder. */
  name: Fixed<string>
  /** The secret path, `/` for the root; unique in its environment. */
  path: Fixed<string>
  description: string | null
  /** Moves with every change of the folder's own secrets or imports. */
  revision: number
  /** Sealed: which secrets and imports it has (kernel/authority/folder-head.ts); null before the first. */
  secretsHead: ColumnType<string | null, string | null | undefined>
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

export interface SecretTable {
  id: Fixed<string>
  folderId: Fixed<string>
  key: string
  version: number
  /** Sealed; bound to project, folder, key and version. */
  value: string
  /** Sealed like the value; empty for none. */
  comment: string
  /** Sealed JSON of `{key, value, isEncrypted}`, empty for none. */
  metadata: string
  /** 1 when the value is empty or only white space, so that lists can say so without opening it. */
  blank: Flag
  skipMultilineEncoding: Flag
  /** 1: references in it are text. The stored value has them escaped; it is shown without the escapes. */
  isLiteral: Generated<Flag>
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
  updatedBy: string
}

/** Every version ever written, the present one included. It outlives the secret, not the folder. */
export interface SecretVersionTable {
  id: Fixed<string>
  secretId: Fixed<string>
  folderId: Fixed<string>
  key: string
  version: number
  value: string
  /** As in the secret; null when it was written before this was kept. */
  comment: string | null
  metadata: string | null
  /** JSON array of the slugs of its tags. */
  tags: string | null
  /** As in the secret. */
  isLiteral: Generated<Flag>
  deleted: Flag
  /** 1: its folder's head counts it. Versions of Keyferry that keep no heads can't write it. */
  counted: Flag
  /** 1: that head covers its texts. Versions of Keyferry whose heads don't can't write it. */
  textsCounted: Flag
  createdAt: Fixed<Timestamp>
  createdBy: Fixed<string>
}

/** `folderId` imports `sourceFolderId`; the highest position wins. */
export interface ImportTable {
  id: Fixed<string>
  folderId: Fixed<string>
  sourceFolderId: Fixed<string>
  position: Fixed<number>
  /** 1: its folder's head covers it. Versions of Keyferry whose heads don't can't write it. */
  counted: Flag
  createdAt: Fixed<Timestamp>
  updatedAt: Timestamp
}

/**
 * An edge of the fan-out graph: a secret of `folderId` mentions a key elsewhere. The target is kept as text, because it
 * may not exist yet, and its creation must wake the same syncs as its change.
 */
export interface ReferenceTable {
  secretId: Fixed<string>
  folderId: Fixed<string>
  projectId: Fixed<string>
  environmentSlug: string
  path: string
  key: string
}

/** A label for secrets of one project. */
export interface TagTable {
  id: Fixed<string>
  projectId: Fixed<string>
  slug: string
  name: string
  color: string
  createdAt: Fixed<Timestamp>
  /** Null: never changed. */
  updatedAt: Timestamp | null
}

export interface SecretTagTable {
  secretId: Fixed<string>
  tagId: Fixed<string>
}

/** A deleted secret, folder or environment that may still come back. */
export interface TrashTable {
  id: Fixed<string>
  projectId: Fixed<string>
  environmentId: Fixed<string>
  kind: Fixed<'secret' | 'folder' | 'environment'>
  /** The folder it was in; of an environment its root. */
  folderId: Fixed<string>
  /** Its own id. */
  subjectId: Fixed<string>
  /** Path of the folder it was in. */
  path: Fixed<string>
  name: Fixed<string>
  /** How many secrets are in it. */
  secrets: Fixed<number>
  deletedAt: Fixed<Timestamp>
  deletedBy: Fixed<string>
  expiresAt: Fixed<Timestamp>
}

/** A row as it was when it was deleted, sealed texts and all. */
export interface TrashRowTable {
  trashId: Fixed<string>
  position: Fixed<number>
  kind: Fixed<'environment' | 'folder' | 'secret' | 'version' | 'import' | 'reference' | 'tag'>
  /** JSON. */
  content: string
  /** Keyed, over the row. */
  mark: string
}

/** What a project holds, for its quotas; without a row nobody has counted yet. */
export interface ProjectUseTable {
  projectId: Fixed<string>
  secrets: number
  /** Of versions and trash. Postgres answers a text. */
  bytes: ColumnType<number | string, number>
  /** 1: something went since, and the bytes are an upper bound. */
  freed: Flag
}
