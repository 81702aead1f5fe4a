/** What the wizard has to know before a plan can be made, and before the sync can be created. */
import { description, keySchema, syncName } from '@keyferry/schemas'
import { z } from 'zod'
import { schemaOf } from '../../lib/forms/form-rules.ts'
import type { Destination } from '../../lib/server/types.ts'
import type { Draft } from './draft.ts'
import { words } from './words.ts'

/** What is missing or wrong in one field of the draft. */
export interface Problem {
  path: string
  message: string
}

const chosen = (message: string) => z.string().min(1, message)

/** What a plan needs, in the order of the page. */
export function planProblems(draft: Draft, destination: Destination): Problem[] {
  const schema = z.object({
    environment: chosen(words.checks.chooseEnvironment),
    secretPath: chosen(words.checks.chooseSecretPath),
    connectionId: chosen(words.checks.chooseConnection),
    target: schemaOf(destination.target.fields),
    keySchema: z.literal('').or(keySchema),
    own: schemaOf(destination.options.fields),
  })
  return problemsIn(schema, { ...draft, keySchema: draft.keySchema.trim() })
}

/** What else the sync needs. */
export const detailProblems = (draft: Draft): Problem[] => problemsIn(z.object({ name: syncName, description }), draft)

function problemsIn(schema: z.ZodObject, draft: Draft): Problem[] {
  // Of a union, the last member's words are the ones that help: the key schema's own.
  const messageOf = (issue: z.core.$ZodIssue) =>
    issue.code === 'invalid_union' ? (issue.errors.at(-1)?.[0]?.message ?? issue.message) : issue.message
  const issues = schema.safeParse(draft).error?.issues ?? []
  return issues.map((issue) => ({ path: issue.path.map(String).join('.'), message: messageOf(issue) }))
}
