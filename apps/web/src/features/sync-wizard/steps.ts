/** The steps of the wizard, in order, and what each has to know before the next one opens. */
import { description, keySchema, syncName } from '@keyferry/schemas'
import { z } from 'zod'
import { filled, schemaOf } from '../../lib/form-fields.ts'
import type { Destination } from '../../lib/types.ts'
import type { Draft } from './draft.ts'

export const STEPS = [
  { id: 'destination', title: 'Select destination' },
  { id: 'source', title: 'Source' },
  { id: 'target', title: 'Destination' },
  { id: 'initial', title: 'Initial sync behavior' },
  { id: 'options', title: 'Sync options' },
  { id: 'details', title: 'Details' },
  { id: 'review', title: 'Review' },
] as const
export type StepId = (typeof STEPS)[number]['id']

/** What is wrong with one field of the draft. */
export interface Problem {
  path: string
  message: string
}

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
        destinationConfig: schemaOf(destination?.target.fields ?? []),
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

/** The draft as the API takes it. */
export const toCreate = (projectId: string, draft: Draft, destination: Destination) => ({
  destination: draft.destination,
  projectId,
  name: draft.name.trim(),
  description: draft.description.trim() || null,
  connectionId: draft.connectionId,
  environment: draft.environment,
  secretPath: draft.secretPath,
  isAutoSyncEnabled: draft.autoSyncEnabled,
  syncOptions: {
    initialSyncBehavior: 'overwrite-destination' as const,
    deletionPolicy: draft.deletionPolicy,
    ...(draft.keySchema.trim() === '' ? {} : { keySchema: draft.keySchema.trim() }),
    ...filled(destination.options.fields, draft.own),
  },
  destinationConfig: filled(destination.target.fields, draft.destinationConfig),
})
