import { Time } from '../../../components/time.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import type { PauseSubject } from './use-pauses.ts'
import { words } from '../words.ts'

/** Pauses of somebody that a new one takes the place of: who, why and until when. */
export function ReplacedPauses({ subject }: { subject: PauseSubject }) {
  const projectId = subject.scope === 'syncs' ? '' : subject.projectId
  const { data } = trpc.syncs.pauses.useQuery({ projectId }, { enabled: subject.scope !== 'syncs' })
  const replaced =
    subject.scope === 'syncs'
      ? subject.syncs.flatMap(({ id, reason }) =>
          reason?.code === 'paused' && reason.scope === 'sync' ? [{ id, ...reason }] : [],
        )
      : (data ?? []).filter(({ scope }) => scope === subject.scope).map((pause) => ({ id: pause.scope, ...pause }))
  if (replaced.length === 0) return null
  return (
    <Notice kind="warn" title={words.replacedPauses.title(replaced.length)}>
      <ul className="max-h-40 overflow-y-auto">
        {replaced.map(({ id, by, why, until }) => (
          <li key={id} className="break-words">
            {words.replacedPauses.pausedBy(by, why)}
            {until !== null && (
              <>
                {words.pausesNotice.ends}
                <Time iso={until} until />
              </>
            )}
          </li>
        ))}
      </ul>
    </Notice>
  )
}
