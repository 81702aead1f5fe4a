/** What each step of the wizard has to know before the next one opens. */
import { deletionPolicy, description, initialSyncBehavior, keySchema, syncName } from '@keyferry/schemas'
import { z } from 'zod'
import { schemaOf } from '../../lib/form-rules.ts'
import type { Destination } from '../../lib/types.ts'
import { EMPTY, type Draft } from './draft.ts'
import { STEPS, type Problem, type StepId } from './steps.ts'

const chosen = (message: string) => z.string().min(1, message)

function schemaFor(step: StepId, destination: Destination | undefined) {
  switch (step) {
    case 'destination':
      return z.object({ destination: chosen('Choose a destination') })
    case 'source':
      return z.object({ environment: chosen('Choose an environment'), secretPath: chosen('Choose a secret path') })
    case 'target':
      return z.object({
        connectionId: chosen('Choose a connection'),
        target: schemaOf(destination?.target.fields ?? []),
      })
    case 'options':
      return z.object({ keySchema: z.literal('').or(keySchema), own: schemaOf(destination?.options.fields ?? []) })
    case 'details':
      return z.object({ name: syncName, description })
    case 'initial':
    case 'review':
      return z.object({})
  }
}

/** What is missing or wrong in one step. */
export function problemsOf(step: StepId, draft: Draft, destination: Destination | undefined): Problem[] {
  const trimmed = { ...draft, keySchema: draft.keySchema.trim() }
  // Of a union, the last member's words are the ones that help: the key schema's own.
  const words = (issue: z.core.$ZodIssue) =>
    issue.code === 'invalid_union' ? (issue.errors.at(-1)?.[0]?.message ?? issue.message) : issue.message
  const issues = schemaFor(step, destination).safeParse(trimmed).error?.issues ?? []
  return issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: words(issue) }))
}

/** How far one may go: the index of the first step that is not complete. */
export function reachable(draft: Draft, destination: Destination | undefined): number {
  const first = STEPS.findIndex(({ id }) => id === 'review' || problemsOf(id, draft, destination).length > 0)
  return first === -1 ? STEPS.length - 1 : first
}

const draftSchema: z.ZodType<Draft> = z.object({
  destination: z.string(),
  environment: z.string(),
  secretPath: z.string(),
  connectionId: z.string(),
  target: z.record(z.string(), z.unknown()),
  initialSyncBehavior,
  keySchema: z.string(),
  deletionPolicy,
  autoSync: z.boolean(),
  own: z.record(z.string(), z.unknown()),
  name: z.string(),
  description: z.string(),
})

/** What was stored by whatever version of this page, or an empty draft. */
export function readDraft(stored: string): Draft {
  try {
    return draftSchema.catch(EMPTY).parse(JSON.parse(stored))
  } catch {
    return EMPTY
  }
}
