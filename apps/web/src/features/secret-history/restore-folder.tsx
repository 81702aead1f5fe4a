import { markStale } from '../../lib/server/stale.ts'
import { useQuery } from '@tanstack/react-query'
import { Confirm } from '../../components/confirm.tsx'
import { Failure } from '../../components/failure.tsx'
import { Time } from '../../components/time.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { ScrollList } from '../../components/ui/scroll-list.tsx'
import { SkeletonRows } from '../../components/ui/skeleton.tsx'
import { toast } from '../../lib/toast.ts'
import { direct, trpc } from '../../lib/server/trpc.ts'
import type { FolderRef } from '../../lib/server/types.ts'
import type { Write } from '../secrets/table/writes.ts'
import { words } from './words.ts'

const ACTIONS = [
  { action: 'create', tone: 'text-good' },
  { action: 'update', tone: 'text-warn' },
  { action: 'delete', tone: 'text-bad' },
] as const

/** Shows what going back to the moment after a write would change, and does it: exactly that, or nothing. */
export function RestoreFolder({ place, write, onClose }: { place: FolderRef; write: Write; onClose: () => void }) {
  const restore = trpc.history.restoreFolder.useMutation()
  // A mutation by its route, and with `dryRun` a question by what it does.
  const preview = useQuery({
    queryKey: ['restore-folder', place, write.at],
    queryFn: () => direct.history.restoreFolder.mutate({ ...place, at: write.at, dryRun: true }),
    staleTime: 0,
    gcTime: 0,
  })
  const changes = preview.data?.changes ?? []
  const confirm = async () => {
    await restore.mutateAsync({ ...place, at: write.at, expected: preview.data?.hash })
    await markStale('history.restoreFolder')
    toast.success(words.restoreFolder.restored(changes.length))
  }
  return (
    <Confirm
      title={words.restoreFolder.title}
      label={changes.length === 0 ? words.restoreFolder.restoreLabel : words.restoreFolder.restore(changes.length)}
      danger={changes.some(({ action }) => action === 'delete')}
      ready={changes.length > 0}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="text-sm text-soft">
        {words.restoreFolder.text(place.environment, place.secretPath)} <Time iso={write.at} />
        {words.restoreFolder.textEnd}
      </p>
      {preview.error ? (
        <Failure what={words.restoreFolder.unreadable} error={preview.error} retry={preview.refetch} />
      ) : !preview.data ? (
        <SkeletonRows label={words.restoreFolder.loading} rows={2} />
      ) : (
        <div aria-live="polite" className="grid gap-3">
          {changes.length === 0 && <p className="text-base">{words.restoreFolder.nothing}</p>}
          {ACTIONS.map(({ action, tone }) => {
            const keys = changes.filter((change) => change.action === action)
            if (keys.length === 0) return null
            const { one, many } = words.restoreFolder[action]
            const word = keys.length === 1 ? one : many
            return (
              <div key={action}>
                <p className={`text-sm font-medium ${tone}`}>
                  <span className="text-xl font-semibold tabular-nums">{keys.length}</span> {word}
                </p>
                <ScrollList aria-label={word} className="max-h-32 font-mono text-sm wrap-anywhere">
                  {keys.map(({ key, version }) => (
                    <li key={key}>
                      {key}{' '}
                      {version !== null && (
                        <span className="font-sans text-xs text-soft">{words.restoreFolder.version(version)}</span>
                      )}
                    </li>
                  ))}
                </ScrollList>
              </div>
            )
          })}
          {preview.data.unrestorable.length > 0 && (
            <Notice kind="warn" title={words.restoreFolder.refused}>
              <ul>
                {preview.data.unrestorable.map(({ key, reason }) => (
                  <li key={key}>
                    <span className="font-mono">{key}</span>: {reason}
                  </li>
                ))}
              </ul>
            </Notice>
          )}
          <p className="text-sm text-soft">{words.restoreFolder.unchanged(preview.data.unchanged)}</p>
        </div>
      )}
    </Confirm>
  )
}
