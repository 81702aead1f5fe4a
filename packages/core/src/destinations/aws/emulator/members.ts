/** Checks the members of a request as AWS's services do, and refuses them in AWS's words. */
import type { z } from 'zod'
import { Refused } from './refused.ts'

/**
 * `input` as `schema` has it. Throws `SerializationException` for a member of a wrong type, and `ValidationException`
 * for constraints. Both the words and the quoting of the refused value are AWS's: clients have to hide it.
 */
export function membersOf<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input, { reportInput: true })
  if (parsed.success) return parsed.data
  const { issues } = parsed.error
  const mistyped = issues.find(({ code, input: sent }) => code === 'invalid_type' && sent !== undefined)
  if (mistyped) throw new Refused('SerializationException', `${memberOf(mistyped.path)} has a wrong type`)
  const violations = issues.map(
    (issue) =>
      `Value ${shown(issue.input)} at '${memberOf(issue.path)}' failed to satisfy constraint: ${constraintOf(issue)}`,
  )
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected`
  throw new Refused('ValidationException', `${count}: ${violations.join('; ')}`)
}

/** `Names[0]` is `names.1.member`. */
const memberOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) =>
      typeof part === 'number' ? `${part + 1}.member` : String(part).replace(/^./, (c) => c.toLowerCase()),
    )
    .join('.')

const shown = (value: unknown): string => {
  if (value === undefined) return 'null'
  return `'${typeof value === 'string' ? value : JSON.stringify(value)}'`
}

function constraintOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return 'Member must not be null'
    case 'too_small':
      return `Member must have ${measureOf(issue.origin)} greater than or equal to ${issue.minimum}`
    case 'too_big':
      return `Member must have ${measureOf(issue.origin)} less than or equal to ${issue.maximum}`
    case 'invalid_value':
      return `Member must satisfy enum value set: [${issue.values.join(', ')}]`
    case 'invalid_format':
      return `Member must satisfy regular expression pattern: ${issue.pattern ?? ''}`
    default:
      return issue.message
  }
}

const measureOf = (origin: string): string => (origin === 'string' || origin === 'array' ? 'length' : 'value')
