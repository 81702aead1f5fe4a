/** Vercel's answers: an error is `{ error: { code, message, … } }` at every status (`@vercel/sdk` 1.28.35). */
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'

/** What Vercel says about a refused request or about one refused variable of many. */
export interface VercelError {
  code: string
  message: string
  [detail: string]: unknown
}

/** Ends the handling of a request or of one variable. */
export class Refused extends Error {
  readonly status: number
  readonly error: VercelError

  constructor(status: number, code: string, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.error = { code, message, ...details }
  }

  get answer(): ServedAnswer {
    return { status: this.status, body: { error: this.error } }
  }
}

export const ok = (body: unknown): ServedAnswer => ({ status: 200, body })

export const badRequest = (message: string, details?: Record<string, unknown>): Refused =>
  new Refused(400, 'BAD_REQUEST', message, details)
export const notAuthorized = (details?: Record<string, unknown>): Refused =>
  new Refused(403, 'forbidden', 'Not authorized', details)
export const notFound = (what: string): Refused => new Refused(404, 'not_found', `${what} not found.`)
export const noSuchEndpoint = (): Refused => new Refused(404, 'not_found', 'The requested API endpoint was not found')

/** The JSON body of a request. Throws Vercel's 400 for anything else. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Refused(400, 'bad_request', 'Invalid JSON')
  }
}
