import { onDemand } from '../../components/on-demand.tsx'
import type { Rights } from '../../lib/session/rights.ts'
import { useDismissed } from './dismissed-steps.ts'

const OpenSteps = onDemand(async () => (await import('./open-steps.tsx')).OpenSteps)

/** What is left to set up after the first sync, for those who can do it. */
export function SetupSteps({ projectId, rights }: { projectId: string; rights: Rights }) {
  const { dismissed, dismiss } = useDismissed()
  return <OpenSteps projectId={projectId} rights={rights} dismissed={dismissed} onDismiss={dismiss} />
}
