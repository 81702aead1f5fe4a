/**
 * What Vercel accepts as a variable (schema of api.vercel.com and vercel.com/docs, 2026-11-28), with the error codes of
 * Vercel's CLI.
 */
import { z } from 'zod'
import { Refused, badRequest } from './answers.ts'

export type Type = 'plain' | 'encrypted' | 'sensitive' | 'system' | 'secret'

const environments = z.array(z.enum(['production', 'preview', 'development']))

const settable = z.object({
  key: z.string(),
  value: z.string(),
  type: z.enum(['plain', 'encrypted', 'sensitive', 'system']),
  target: environments.default([]),
  customEnvironmentIds: z.array(z.string()).default([]),
  gitBranch: z.string().nullable().default(null),
  comment: z.string().max(500).optional(),
})

/** One variable of a create. */
export type Entry = z.infer<typeof settable>

/** A body with one variable or with an array of them. Throws for a wrong shape: then nothing is carried out. */
export function entriesOf(body: unknown): { entries: Entry[]; isArray: boolean } {
  const result = z.union([z.array(settable), settable.transform((entry) => [entry])]).safeParse(body)
  if (!result.success) throw malformed(result.error)
  return { entries: result.data, isArray: Array.isArray(body) }
}

const edits = z.object({
  key: z.string().optional(),
  value: z.string().optional(),
  type: settable.shape.type.optional(),
  target: environments.optional(),
  customEnvironmentIds: z.array(z.string()).optional(),
  gitBranch: z.string().nullable().optional(),
  comment: z.string().max(500).optional(),
})

/** The fields that an edit sets. */
export function editsOf(body: unknown): z.infer<typeof edits> {
  const result = edits.safeParse(body)
  if (!result.success) throw malformed(result.error)
  return result.data
}

const malformed = (error: z.ZodError): Refused =>
  new Refused(400, 'bad_request', `Invalid request: \`${error.issues[0]?.path.join('.') ?? ''}\` is not valid`)

/** Environments and branches of a project, and what its team demands. */
export interface Place {
  customEnvironmentIds: readonly string[]
  branches: readonly string[]
  /** `on`: variables of production and preview must be sensitive. */
  sensitivePolicy: 'on' | 'off'
}

const MAX_KEY = 256
const MAX_VALUE = 65_536
/** Names that a function's runtime sets. Vercel publishes no complete list. */
const RESERVED =
  /^(VERCEL_|NOW_|AWS_(REGION|LAMBDA_|EXECUTION_ENV|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|LAMBDA_)/

/** Throws when Vercel does not take this variable, whatever else the project holds. */
export function check(entry: Entry, place: Place, options: { underscoreFirst: boolean }): void {
  const { key, value, target, customEnvironmentIds, gitBranch } = entry
  const about = { key, envVarKey: key }
  if (key.length === 0 || key.length > MAX_KEY)
    throw new Refused(400, 'KEY_INVALID_LENGTH', `The name must have 1 to ${MAX_KEY} characters.`, about)
  if (!(options.underscoreFirst ? /^[A-Za-z_][A-Za-z0-9_]*$/ : /^[A-Za-z][A-Za-z0-9_]*$/).test(key)) {
    const message = 'The name contains invalid characters. Only letters, digits, and underscores are allowed.'
    throw new Refused(400, 'KEY_INVALID_CHARACTERS', message, about)
  }
  if (RESERVED.test(key)) throw new Refused(400, 'RESERVED_ENV_VARIABLE', `The name of "${key}" is reserved.`, about)
  // Vercel quotes the value: a client has to hide it.
  if (value.length > MAX_VALUE || value.includes('\0'))
    throw new Refused(400, 'VALUE_INVALID_LENGTH', `The value of "${key}" is not valid.`, { ...about, value })
  if (target.length === 0 && customEnvironmentIds.length === 0)
    throw new Refused(400, 'MISSING_TARGET', 'At least one environment is needed.', about)
  const unknown = customEnvironmentIds.find((id) => !place.customEnvironmentIds.includes(id))
  if (unknown !== undefined) throw badRequest(`The custom environment "${unknown}" was not found.`, about)
  if (gitBranch !== null) {
    if (target.join() !== 'preview' || customEnvironmentIds.length > 0)
      throw badRequest('A Git branch can only be set for the environment preview.', about)
    if (!place.branches.includes(gitBranch))
      throw badRequest(`The branch "${gitBranch}" was not found in the connected Git repository.`, about)
  }
  if (entry.type !== 'sensitive') return
  if (target.includes('development'))
    throw badRequest('You cannot set a Sensitive Environment Variable for development.', about)
}
