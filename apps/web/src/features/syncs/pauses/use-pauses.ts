import { messageOf } from '../../../lib/server/errors.ts'
import { atSource, useWhyNot } from '../../../lib/session/rights.ts'
import { markStale } from '../../../lib/server/stale.ts'
import { toast } from '../../../lib/toast.ts'
import { trpc } from '../../../lib/server/trpc.ts'
import type { BriefSync, ListedSync } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

/** A sync, and its pause where the page knows of it. */
type PausedSync = BriefSync & Partial<Pick<ListedSync, 'reason'>>

/** What is paused: single syncs, every sync of a project, or of the instance. */
export type PauseSubject =
  | { scope: 'syncs'; syncs: readonly [PausedSync, ...PausedSync[]] }
  | { scope: 'project' | 'instance'; projectId: string }

interface Terms {
  reason: string
  until?: string
}

const refOf = ({ destination, id: syncId }: BriefSync) => ({ destination, syncId })

/** Pausing and resuming a subject, and why they may not. `resume` says by a toast when it is refused. */
export function usePauses(subject: PauseSubject) {
  const projectId = subject.scope === 'syncs' ? subject.syncs[0].projectId : subject.projectId
  const whyNot = useWhyNot(projectId)
  const calls = {
    pauseSync: trpc.syncs.pause.useMutation(),
    resumeSync: trpc.syncs.resume.useMutation(),
    pauseProject: trpc.syncs.pauseProject.useMutation(),
    resumeProject: trpc.syncs.resumeProject.useMutation(),
    pauseInstance: trpc.syncs.pauseInstance.useMutation(),
    resumeInstance: trpc.syncs.resumeInstance.useMutation(),
  }
  const denied =
    subject.scope === 'syncs'
      ? subject.syncs.map((sync) => whyNot('syncs.run', atSource(sync))).find((reason) => reason !== undefined)
      : whyNot(subject.scope === 'project' ? 'project.manage' : 'instance.manage')

  const pause = async (terms: Terms): Promise<void> => {
    if (subject.scope === 'syncs')
      for (const sync of subject.syncs) await calls.pauseSync.mutateAsync({ ...refOf(sync), ...terms })
    else if (subject.scope === 'project') await calls.pauseProject.mutateAsync({ projectId, ...terms })
    else await calls.pauseInstance.mutateAsync(terms)
    await markStale('syncs.pause')
  }
  const resume = async (): Promise<void> => {
    try {
      if (subject.scope === 'syncs') for (const sync of subject.syncs) await calls.resumeSync.mutateAsync(refOf(sync))
      else if (subject.scope === 'project') await calls.resumeProject.mutateAsync({ projectId })
      else await calls.resumeInstance.mutateAsync()
      // What was paused alone says so where it is shown.
      if (subject.scope !== 'syncs') toast.success(words.usePauses.resumed)
    } catch (error) {
      toast.error(words.usePauses.notResumed(messageOf(error)))
    }
    await markStale('syncs.resume')
  }
  return { pause, resume, denied, busy: Object.values(calls).some(({ isPending }) => isPending) }
}
