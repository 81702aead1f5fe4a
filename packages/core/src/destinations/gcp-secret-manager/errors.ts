/** Google's errors: a status of gRPC, and details that sometimes say more (API design guide, 2026-11-28). */
import { z } from 'zod'
import type { Meaning } from '../connection.ts'
import type { HttpAnswer } from '../shared/http/http.ts'

const problem = z.object({
  error: z.object({
    status: z.string(),
    details: z.array(z.object({ reason: z.string().optional() })).default([]),
  }),
})

/** Such as `NOT_FOUND`; null for what Secret Manager did not answer itself. */
export const statusIn = (body: unknown): string | null => problem.safeParse(body).data?.error.status ?? null

/** What an error means where its HTTP status says less. */
export function meaningOf({ body }: HttpAnswer): Meaning | null {
  const { data } = problem.safeParse(body)
  if (!data) return null
  const { status: code, details } = data.error
  if (code === 'ABORTED') return { kind: 'unavailable', code }
  if (code !== 'PERMISSION_DENIED') return { code }
  if (details.some(({ reason }) => reason === 'SERVICE_DISABLED'))
    return { message: 'the Secret Manager API is off in this project; enable it in Google Cloud', code }
  return {
    message:
      'the service account lacks a permission, or the project doesn’t exist. Grant it the role Secret Manager Admin in the project',
    code,
  }
}
