import { markStale } from '../../lib/server/stale.ts'
import { RotateCcw } from 'lucide-react'
import { Failure } from '../../components/failure.tsx'
import { Refusal } from '../../components/refusal.tsx'
import { Time } from '../../components/time.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Section } from '../../components/ui/card.tsx'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import { words } from './words.ts'

/** Deleted environments, for users who can restore them. */
export function DeletedEnvironments({ projectId }: { projectId: string }) {
  const deleted = trpc.history.deletedEnvironments.useQuery({ projectId })
  const restore = trpc.history.restoreEnvironment.useMutation()
  const bringBack = async (trashId: string) => {
    const back = await restore.mutateAsync({ projectId, trashId }).catch(() => null)
    if (!back) return
    const without = back.leftOut.length === 0 ? '' : words.deletedEnvironments.without(back.leftOut.join(', '))
    toast.success(words.deletedEnvironments.restored(back.environment.name, without))
    await markStale('history.restoreEnvironment')
  }
  if (deleted.error)
    return <Failure what={words.deletedEnvironments.unreadable} error={deleted.error} retry={deleted.refetch} />
  if (!deleted.data || deleted.data.length === 0) return null
  return (
    <Section title={words.deletedEnvironments.title} text={words.deletedEnvironments.text}>
      <div className="grid gap-3">
        <Refusal error={restore.error} />
        <ul aria-label={words.deletedEnvironments.title} className="divide-y divide-line">
          {deleted.data.map(({ id, slug, secrets, deletedAt, deletedBy, expiresAt }) => (
            <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-2 first:pt-0 last:pb-0">
              <span className="grid min-w-0 flex-1 basis-52 gap-0.5">
                <span className="font-mono text-sm font-medium break-all">{slug}</span>
                <span className="text-xs break-words text-soft">
                  {words.deletedEnvironments.secrets(secrets)} · {words.deletedEnvironments.deletedBy(deletedBy)}{' '}
                  <Time iso={deletedAt} /> · {words.deletedEnvironments.deletesPermanently}{' '}
                  <Time iso={expiresAt} until />
                </span>
              </span>
              <Button
                size="sm"
                aria-label={words.deletedEnvironments.restoreNamed(slug)}
                onClick={() => void (restore.isPending || bringBack(id))}
              >
                <RotateCcw aria-hidden className="size-3.5" /> {words.deletedEnvironments.restore}
              </Button>
            </li>
          ))}
        </ul>
      </div>
    </Section>
  )
}
