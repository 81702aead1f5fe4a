/** What a refusal looks like over REST, as Infisical's clients read it. */
import { z } from 'zod'
import type { Failure } from '../trpc/errors.ts'

export const errorBody = z
  .object({
    reqId: z.string(),
    statusCode: z.number().int(),
    message: z.union([
      z.string(),
      z.array(z.looseObject({ path: z.array(z.union([z.string(), z.number()])), message: z.string() })),
    ]),
    error: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: 'Error' })

/** `message`: that of the failure, short enough to be sent. A list of issues takes its place. */
export const writeErrorBody = (reqId: string, message: string, { status, error, issues, details }: Failure) => ({
  reqId,
  statusCode: status,
  // `details.summary` is the same for people.
  message: issues ?? message,
  error,
  ...(issues ? { details: { ...details, summary: message } } : details ? { details: details.denied ?? details } : {}),
})
