import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Confirm } from '../../components/confirm.tsx'
import { Time } from '../../components/time.tsx'
import { Badge } from '../../components/ui/badge.tsx'
import { Button } from '../../components/ui/button.tsx'
import { Card } from '../../components/ui/card.tsx'
import { IconButton } from '../../components/ui/icon-button.tsx'
import { Notice } from '../../components/ui/notice.tsx'
import { messageOf } from '../../lib/server/errors.ts'
import { isPlainHttp, PLAIN_HTTP } from '../../lib/forms/plain-http.ts'
import { markStale } from '../../lib/server/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/server/trpc.ts'
import type { NoticeTarget } from '../../lib/server/types.ts'
import { KINDS } from './kinds.ts'
import { words } from './words.ts'

/** One target: whether it arrives there, a test, and the way to remove it. */
export function TargetCard({ target }: { target: NoticeTarget }) {
  const { id, kind, name, address, projectId, problem, deliveredAt, createdAt } = target
  const shown = name ?? address
  const [removing, setRemoving] = useState(false)
  const remove = trpc.notifications.delete.useMutation()
  const test = trpc.notifications.test.useMutation({
    onSuccess: ({ delivered }) => {
      if (delivered) toast.success(words.targetCard.testArrived(shown))
      else toast.error(words.targetCard.testFailed(shown))
    },
    onError: (error) => toast.error(words.targetCard.testRefused(messageOf(error))),
    onSettled: () => markStale('notifications.test'),
  })
  const { icon: Icon, title } = KINDS[kind]
  const state =
    problem !== null
      ? words.targetCard.failing
      : deliveredAt === null
        ? words.targetCard.nothingSentYet
        : words.targetCard.delivers

  const removeTarget = async () => {
    await remove.mutateAsync({ targetId: id })
    await markStale('notifications.delete')
    toast.success(words.targetCard.removed(shown))
  }
  return (
    <Card className="grid h-full content-start gap-3 p-4">
      <div className="flex items-start gap-3">
        <Icon aria-hidden className="mt-0.5 size-5 shrink-0 text-soft" />
        <div className="grid min-w-0 flex-1 gap-0.5">
          <h2 className="text-base font-semibold wrap-anywhere">{shown}</h2>
          {name !== null && <p className="text-sm break-all">{address}</p>}
          <p className="text-sm text-soft">
            {title} · {projectId === null ? words.targetCard.everyProject : words.targetCard.thisProject}
          </p>
        </div>
        <Badge tone={problem !== null ? 'bad' : deliveredAt === null ? 'neutral' : 'good'}>{state}</Badge>
      </div>
      {problem !== null && (
        <Notice kind="bad" title={words.targetCard.problem}>
          {words.targetCard.problemText(problem)}
        </Notice>
      )}
      {isPlainHttp(address) && <Notice kind="warn">{PLAIN_HTTP}</Notice>}
      <div className="mt-auto flex flex-wrap items-center gap-x-4 gap-y-2 border-t border-line pt-3 text-sm text-soft">
        <span>
          {deliveredAt === null ? (
            <>
              {words.targetCard.added} <Time iso={createdAt} />
            </>
          ) : (
            <>
              {words.targetCard.lastArrived} <Time iso={deliveredAt} />
            </>
          )}
        </span>
        <span className="ml-auto flex items-center gap-1.5">
          <Button
            size="sm"
            busy={test.isPending}
            aria-label={words.targetCard.sendTestNamed(shown)}
            onClick={() => test.mutate({ targetId: id })}
          >
            {words.targetCard.sendTest}
          </Button>
          <IconButton icon={Trash2} label={words.targetCard.removeNamed(shown)} onClick={() => setRemoving(true)} />
        </span>
      </div>
      {removing && (
        <Confirm
          title={words.targetCard.removeTitle(shown)}
          label={words.targetCard.remove}
          onConfirm={removeTarget}
          onClose={() => setRemoving(false)}
        >
          <p>{words.targetCard.removeText}</p>
        </Confirm>
      )}
    </Card>
  )
}
