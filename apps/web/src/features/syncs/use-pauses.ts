import { messageOf } from '../../lib/errors.ts'
import { atSource, useWhyNot } from '../../lib/rights.ts'
import { markStale } from '../../lib/stale.ts'
import { toast } from '../../lib/toast.ts'
import { trpc } from '../../lib/trpc.ts'
import type { Sync } from '../../lib/types.ts'

/** What is paused: one sync, every sync of a project, or of the instance. */
export type PauseSubject = { scope: 'sync'; sync: Sync } | { scope: 'project' | 'instance'; projectId: string }

interface Terms {
  reason: string
  until?: string
}

/** Pausing and resuming a subject, and why they may not. `resume` says by a toast when it is refused. */
export function usePauses(subject: PauseSubject) {
  const projectId = subject.scope === 'sync' ? subject.sync.projectId : subject.projectId
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
    subject.scope === 'sync'
      ? whyNot('syncs.run', atSource(subject.sync))
      : whyNot(subject.scope === 'project' ? 'project.manage' : 'instance.manage')

  const pause = async (terms: Terms): Promise<void> => {
    if (subject.scope === 'sync') {
      const { destination, id: syncId } = subject.sync
      await calls.pauseSync.mutateAsync({ destination, syncId, ...terms })
    } else if (subject.scope === 'project') await calls.pauseProject.mutateAsync({ projectId, ...terms })
    else await calls.pauseInstance.mutateAsync(terms)
    await markStale('syncs.pause')
  }
  const resume = async (): Promise<void> => {
    try {
      if (subject.scope === 'sync') {
        const { destination, id: syncId } = subject.sync
        await calls.resumeSync.mutateAsync({ destination, syncId })
      } else if (subject.scope === 'project') await calls.resumeProject.mutateAsync({ projectId })
      else await calls.resumeInstance.mutateAsync()
    } catch (error) {
      toast.error(`Not resumed: ${messageOf(error)}`)
    }
    await markStale('syncs.resume')
  }
  return { pause, resume, denied, busy: Object.values(calls).some(({ isPending }) => isPending) }
}
