import { chunks } from '../../../lib/server/chunks.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { direct } from '../../../lib/server/trpc.ts'
import type { FolderRef } from '../../../lib/server/types.ts'
import { createFolders } from '../folders/create-folders.ts'
import { words } from '../words.ts'

interface Written {
  key: string
  version: number
}

/**
 * Writes secrets of one folder to another as they are written, with comment, tags and metadata, 2,000 in one write;
 * those that are there get the value as a new version. Folders that are missing on the way are created. The values pass
 * through this page's memory only. Throws for a key whose value may not be read, and for one that was changed there.
 *
 * @param seen the versions that are to be overwritten, by key
 */
export async function copySecrets(
  from: FolderRef,
  to: FolderRef,
  keys: readonly string[],
  seen: ReadonlyMap<string, number>,
): Promise<Written[]> {
  const secrets = await Promise.all(keys.map((key) => direct.secrets.get.query({ ...from, key })))
  await createFolders(to)
  const copies = secrets.map(({ key, value, comment, metadata, isLiteral, skipMultilineEncoding, tags }) => {
    if (value === null) throw new Error(words.copySecrets.denied(key))
    const tagIds = tags.map(({ id }) => id)
    const ifVersion = seen.get(key) ?? 0
    return { key, ifVersion, value, comment, metadata, isLiteral, skipMultilineEncoding, tagIds }
  })
  const written: Written[] = []
  try {
    for (const some of chunks(copies))
      written.push(...(await direct.secrets.updateMany.mutate({ ...to, mode: 'upsert', secrets: some })))
    return written
  } finally {
    await markStale('secrets.updateMany')
  }
}
