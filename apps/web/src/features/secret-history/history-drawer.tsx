import { useEffect, useState } from 'react'
import { toast } from '../../lib/toast.ts'
import { Failure } from '../../components/failure.tsx'
import { Drawer } from '../../components/ui/dialog.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { inFolder, useWhyNot } from '../../lib/session/rights.ts'
import type { FolderRef, SecretVersion } from '../../lib/server/types.ts'
import { readValue } from '../../lib/server/read-value.ts'
import { DeliveringRuns } from '../delivery/delivering-runs.tsx'
import { restoreVersion } from './restore-version.ts'
import { VersionCard } from './version-card.tsx'
import { words } from './words.ts'

const SHOWN_MS = 30_000

/** Every version of one secret. An old one can be viewed and restored. */
export function HistoryDrawer({
  place,
  secretKey,
  onClose,
}: {
  place: FolderRef
  secretKey: string
  onClose: () => void
}) {
  const whyNot = useWhyNot(place.projectId)
  const versions = trpc.secrets.versions.useQuery({ ...place, key: secretKey })
  const [isRestoring, setRestoring] = useState(false)
  const [shown, setShown] = useState<{ id: string; value?: string; compared?: { before: string; after: string } }>()

  useEffect(() => {
    if (shown === undefined) return
    const timer = setTimeout(() => setShown(undefined), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [shown])

  const attempt = async (what: () => Promise<void>) => {
    try {
      await what()
    } catch (error) {
      toast.error(messageOf(error))
    }
  }
  const reveal = (of: SecretVersion) =>
    attempt(async () => setShown({ id: idOf(of), value: await readValue(place, of.key, of.version) }))
  const compare = (of: SecretVersion) =>
    attempt(async () => {
      const [before, after] = await Promise.all([readValue(place, of.key, of.version), readValue(place, secretKey)])
      setShown({ id: idOf(of), compared: { before, after } })
    })
  const restore = (of: SecretVersion, newest: SecretVersion) =>
    attempt(async () => {
      setRestoring(true)
      await restoreVersion(place, secretKey, of, newest).finally(() => setRestoring(false))
    })

  return (
    <Drawer open onClose={onClose} title={words.historyDrawer.title(secretKey)} description={words.historyDrawer.text}>
      {versions.error ? (
        <Failure what={words.historyDrawer.unreadable} error={versions.error} retry={versions.refetch} />
      ) : !versions.data ? (
        <SkeletonRows label={words.historyDrawer.loading} rows={4} />
      ) : (
        <ol className="grid gap-2">
          {versions.data.map((version, index, [newest = version]) => (
            <VersionCard
              key={idOf(version)}
              version={version}
              secretKey={secretKey}
              newest={index === 0}
              value={shown?.id === idOf(version) ? shown.value : undefined}
              compared={shown?.id === idOf(version) ? shown.compared : undefined}
              restoring={isRestoring}
              mayNotRead={whyNot('secrets.read-values', inFolder(place))}
              mayNotRestore={whyNot('secrets.write', inFolder(place))}
              onReveal={() => void reveal(version)}
              onCompare={() => void compare(version)}
              onHide={() => setShown(undefined)}
              onRestore={() => void restore(version, newest)}
              delivered={<DeliveringRuns place={place} secretKey={secretKey} version={version.version} />}
            />
          ))}
        </ol>
      )}
    </Drawer>
  )
}

/** Two versions of a number there may be: of the name's earlier owner, and of the secret under its earlier name. */
const idOf = ({ key, version }: SecretVersion): string => `${version} ${key}`
