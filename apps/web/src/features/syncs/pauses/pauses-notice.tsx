import { Play } from 'lucide-react'
import { Time } from '../../../components/time.tsx'
import { Button } from '../../../components/ui/button.tsx'
import { Notice } from '../../../components/ui/notice.tsx'
import { trpc } from '../../../lib/server/trpc.ts'
import { usePauses } from './use-pauses.ts'
import { words } from '../words.ts'

/** The pauses that hold for every sync of the project: who, why, since and until when, and the way to end them. */
export function PausesNotice({ projectId }: { projectId: string }) {
  const { data: pauses } = trpc.syncs.pauses.useQuery({ projectId })
  return (
    <>
      {pauses?.map(({ scope, by, why, since, until }) =>
        scope === 'sync' ? null : (
          <Notice
            key={scope}
            title={scope === 'project' ? words.pausesNotice.project(by) : words.pausesNotice.instance(by)}
            action={<Resume scope={scope} projectId={projectId} />}
          >
            {why} · <Time iso={since} />
            {until !== null && (
              <>
                {words.pausesNotice.ends}
                <Time iso={until} until />
              </>
            )}
          </Notice>
        ),
      )}
    </>
  )
}

function Resume({ scope, projectId }: { scope: 'project' | 'instance'; projectId: string }) {
  const { resume, busy, denied } = usePauses({ scope, projectId })
  return (
    <Button size="sm" variant="primary" busy={busy} denied={denied} onClick={() => void resume()}>
      {!busy && <Play aria-hidden className="size-3.5" />} {words.pausesNotice.resume}
    </Button>
  )
}
