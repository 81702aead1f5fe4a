import { markStale } from '../../lib/server/stale.ts'
import { direct } from '../../lib/server/trpc.ts'
import { toast } from '../../lib/toast.ts'
import { offerUndo } from '../../lib/server/undo.ts'
import type { FolderRef, SecretVersion } from '../../lib/server/types.ts'
import { words } from './words.ts'

/** Returns the number of the version that it wrote. `over`: the version that it may overwrite; without it any. */
async function write(
  place: FolderRef,
  secretKey: string,
  { key, version }: SecretVersion,
  over: number | undefined,
): Promise<number> {
  try {
    const input = { ...place, key: secretKey, version, versionKey: key, ifVersion: over }
    return (await direct.history.restoreVersion.mutate(input)).version
  } finally {
    await markStale('history.restoreVersion')
  }
}

/** Writes an old version of a secret over `current`; the message about it offers the way back. Throws `Conflict`. */
export async function restoreVersion(
  place: FolderRef,
  secretKey: string,
  old: SecretVersion,
  current: SecretVersion,
): Promise<void> {
  const { version, deleted } = current
  const written = await write(place, secretKey, old, deleted ? 0 : version)
  const done = words.historyDrawer.restoredVersion(old.version, secretKey)
  if (deleted) return toast.success(done)
  offerUndo(done, async (overwrites) => {
    await write(place, secretKey, current, overwrites ? undefined : written)
    return words.historyDrawer.restoredVersion(version, secretKey)
  })
}

/** Goes back by one version. Throws when there is no other. */
export async function restorePrevious(place: FolderRef, secretKey: string): Promise<void> {
  const versions = await direct.secrets.versions.query({ ...place, key: secretKey })
  const [current, previous] = versions.filter(({ deleted }) => !deleted)
  if (!current || !previous) throw new Error(words.historyDrawer.noEarlier)
  await restoreVersion(place, secretKey, previous, current)
}
