/**
 * The stored documents of one KV mount. Members keep their order and the text of their numbers, so that a client that
 * rewrites what is not its own is found out.
 */

/** The members of one document. A Map, because a member may be called `__proto__`. */
export type Members = ReadonlyMap<string, unknown>

interface Version {
  /** Null once it was destroyed. */
  members: Members | null
  createdAt: string
  /** Empty while it is live. */
  deletedAt: string
}

export interface Document {
  /** By number, from 1; the oldest leave when there are more than `MAX_VERSIONS`. */
  versions: Map<number, Version>
  current: number
  custom: Record<string, string> | null
}

/** Version 2 keeps ten by default; older ones are destroyed. */
export const MAX_VERSIONS = 10
/** `max_entry_size` of the integrated storage. */
const MAX_ENTRY_BYTES = 1_048_576

export type Documents = Map<string, Document>

export const newDocument = (): Document => ({ versions: new Map(), current: 0, custom: null })

/** The document's members as they can be read now; null when it was deleted, destroyed or never written. */
export function live(document: Document | undefined): Members | null {
  const version = document?.versions.get(document.current)
  return version === undefined || version.deletedAt !== '' ? null : version.members
}

/** Adds a version with these members. Answers its number. */
export function append(document: Document, members: Members): number {
  document.current += 1
  document.versions.set(document.current, { members, createdAt: new Date().toISOString(), deletedAt: '' })
  for (const number of document.versions.keys())
    if (number <= document.current - MAX_VERSIONS) document.versions.delete(number)
  return document.current
}

/** What the storage answers when an entry is too large for it; null when it fits. */
export function tooLarge(members: Members): string | null {
  const bytes = Buffer.byteLength(JSON.stringify(Object.fromEntries(members)))
  if (bytes <= MAX_ENTRY_BYTES) return null
  return `1 error occurred:\n\t* put failed due to value being too large; got ${bytes} bytes, max: ${MAX_ENTRY_BYTES} bytes\n\n`
}

/** The names below `directory` (`''` or with a slash at its end), those of directories with a slash at their end. */
export function namesBelow(documents: Documents, directory: string): string[] {
  const names = [...documents.keys()]
    .filter((path) => path.startsWith(directory))
    .map((path) => path.slice(directory.length).replace(/\/.*$/s, '/'))
  return [...new Set(names)].sort()
}
