import { issuesOf } from '../../lib/errors.ts'
import { filled } from '../../lib/form-fields.ts'
import { direct } from '../../lib/trpc.ts'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'
import type { Problem } from './steps.ts'

/**
 * What the destination's own rules say of the target, asked before the next step opens. Any other trouble is left to
 * the review, which has the room to show it.
 */
export async function targetProblems(
  projectId: string,
  draft: Draft,
  destination: Destination | undefined,
): Promise<Problem[]> {
  if (!destination) return []
  try {
    await direct.syncs.checkDestination.mutate({
      projectId,
      destination: destination.name,
      connectionId: draft.connectionId,
      target: filled(destination.target.fields, draft.target),
    })
    return []
  } catch (error) {
    return issuesOf(error)
      .filter(({ path }) => path[0] === 'target')
      .map(({ path, message }) => ({ path: path.join('.'), message }))
  }
}
