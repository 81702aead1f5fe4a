import { Eye, EyeOff, RotateCcw } from 'lucide-react'
import { useEffect, useState } from 'react'
import { toast } from '../../lib/toast.ts'
import { Failure } from '../../components/failure.tsx'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Drawer } from '../../components/ui/dialog.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { messageOf } from '../../lib/errors.ts'
import { trpc } from '../../lib/trpc.ts'
import { inFolder, useWhyNot } from '../../lib/rights.ts'
import type { Place } from '../../lib/types.ts'
import { readValue } from '../../lib/read-value.ts'

const SHOWN_MS = 30_000

/** Every version of one secret. An old one can be looked at and made the newest again. */
export function HistoryDrawer({ place, secretKey, onClose }: { place: Place; secretKey: string; onClose: () => void }) {
  const utils = trpc.useUtils()
  const whyNot = useWhyNot(place.projectId)
  const versions = trpc.secrets.versions.useQuery({ ...place, secretName: secretKey })
  const restoreVersion = trpc.history.restoreVersion.useMutation()
  const [shown, setShown] = useState<{ version: number; value: string }>()

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
  const reveal = (version: number) =>
    attempt(async () => setShown({ version, value: await readValue(place, secretKey, version) }))
  const restore = (version: number) =>
    attempt(async () => {
      await restoreVersion.mutateAsync({ ...place, secretName: secretKey, version })
      await Promise.all([
        utils.secrets.rows.invalidate(place),
        utils.secrets.versions.invalidate(),
        utils.history.invalidate(),
      ])
      toast.success(`${secretKey} has the value of version ${version} again.`)
    })

  return (
    <Drawer
      open
      onClose={onClose}
      title={secretKey}
      description="Versions, newest first. Restoring writes a new version."
    >
      {versions.error ? (
        <Failure what="The versions could not be read" error={versions.error} retry={versions.refetch} />
      ) : !versions.data ? (
        <SkeletonRows label="Loading versions" rows={4} />
      ) : (
        <ol className="grid gap-2">
          {versions.data.map(({ version, deleted, createdAt, createdBy }, index) => {
            const open = shown?.version === version
            return (
              <li key={version} className="grid gap-2 rounded-lg border border-line p-3">
                <div className="flex flex-wrap items-center gap-2">
                  <span className="font-medium tabular-nums">Version {version}</span>
                  {index === 0 && !deleted && <Badge tone="good">Current</Badge>}
                  {deleted && <Badge tone="bad">Deleted</Badge>}
                  <span className="ml-auto text-sm text-soft">
                    <Time iso={createdAt} />
                  </span>
                </div>
                <p className="text-sm break-all text-soft">by {createdBy}</p>
                {open && (
                  <code className="max-h-48 overflow-auto rounded-md bg-sunken p-2 font-mono text-sm break-all whitespace-pre-wrap">
                    {shown.value === '' ? '(blank)' : shown.value}
                  </code>
                )}
                {!deleted && (
                  <div className="flex gap-2">
                    <Button
                      size="sm"
                      denied={whyNot('secrets.read-values', inFolder(place))}
                      onClick={() => (open ? setShown(undefined) : void reveal(version))}
                    >
                      {open ? <EyeOff aria-hidden className="size-3.5" /> : <Eye aria-hidden className="size-3.5" />}
                      {open ? 'Hide' : 'Reveal'}
                    </Button>
                    {index > 0 && (
                      <Button
                        size="sm"
                        busy={restoreVersion.isPending}
                        denied={whyNot('secrets.write', inFolder(place))}
                        onClick={() => void restore(version)}
                      >
                        <RotateCcw aria-hidden className="size-3.5" /> Restore
                      </Button>
                    )}
                  </div>
                )}
              </li>
            )
          })}
        </ol>
      )}
    </Drawer>
  )
}
