import type { folderVersions } from '@keyferry/schemas'
import type { z } from 'zod'

type Version = z.output<typeof folderVersions>['versions'][number]

/** Versions that one person wrote at one moment. */
export interface Write {
  at: string
  by: string
  versions: Version[]
}

/** Puts together what was written together. `versions`: latest first, as the writes will be. */
export function writesOf(versions: readonly Version[]): Write[] {
  const writes: Write[] = []
  for (const version of versions) {
    const last = writes.at(-1)
    if (last && last.at === version.createdAt && last.by === version.createdBy) last.versions.push(version)
    else writes.push({ at: version.createdAt, by: version.createdBy, versions: [version] })
  }
  return writes
}
