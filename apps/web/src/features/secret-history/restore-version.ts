import { messageOf } from '../../lib/server/errors.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { direct } from '../../lib/server/trpc.ts'
import type { FolderRef, SecretVersion } from '../../lib/server/types.ts'
import { words } from './words.ts'

async function write(place: FolderRef, secretKey: string, { key, version }: SecretVersion): Promise<void> {
  await direct.history.restoreVersion.mutate({ ...place, key: secretKey, version, versionKey: key })
  await markStale('history.restoreVersion')
}

/** Writes an old version of a secret as its newest one; the message about it offers the way back to `current`. */
export async function restoreVersion(
  place: FolderRef,
  secretKey: string,
  old: SecretVersion,
  current: SecretVersion | undefined,
): Promise<void> {
  await write(place, secretKey, old)
  const undo = async (to: SecretVersion) => {
    try {
      await write(place, secretKey, to)
      toast.success(words.historyDrawer.undone(secretKey, to.version))
    } catch (error) {
      toast.error(messageOf(error))
    }
  }
  toast.success(
    words.historyDrawer.restoredVersion(old.version, secretKey),
    current && !current.deleted ? { label: words.historyDrawer.undo, onClick: () => void undo(current) } : undefined,
  )
}

/** Goes back by one version. Throws when there is no other. */
export async function restorePrevious(place: FolderRef, secretKey: string): Promise<void> {
  const versions = await direct.secrets.versions.query({ ...place, key: secretKey })
  const [current, previous] = versions.filter(({ deleted }) => !deleted)
  if (!previous) throw new Error(words.historyDrawer.noEarlier)
  await restoreVersion(place, secretKey, previous, current)
}
