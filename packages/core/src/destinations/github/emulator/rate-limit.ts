/**
 * GitHub's rate limits of one account: 5,000 requests an hour, and 900 points a minute in which a write counts five
 * (docs.github.com, 2026-11-28). Both are refused with 403 as well as with 429.
 */
import type { EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { bucket } from '../../shared/emulators/emulator-bucket.ts'
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'
import { refuse } from './answers.ts'

export interface Refusals {
  status: 403 | 429
  /** `primary`: only `x-ratelimit-reset` says when. `secondary`: `retry-after` does. `silent`: nothing does. */
  form: 'primary' | 'secondary' | 'silent'
}

export interface RateLimits {
  /** GitHub's refusal, or null when the call may go ahead. */
  take(method: string): ServedAnswer | null
  /** The headers of every answer; none while there is no limit. */
  headers(): Record<string, string>
}

const PRIMARY = { burst: 5_000, refill: 5_000, intervalMs: 3_600_000 }
const POINTS = { burst: 900, refill: 900, intervalMs: 60_000 }
/** Whether writes of secrets count as "content-generating" calls is not documented. */
const CONTENT = { burst: 80, refill: 80, intervalMs: 60_000 }

/** Sizes other than GitHub's are one bucket for all calls, refused as `refusals` says. */
export function createRateLimits(
  limit: EmulatorOptions['rateLimit'],
  { refusals, countsContent }: { refusals: Refusals; countsContent: boolean },
): RateLimits {
  const sizes = typeof limit === 'object' ? limit : PRIMARY
  const primary = bucket(limit, PRIMARY)
  const isReal = limit === true
  const points = bucket(isReal, POINTS)
  const content = bucket(isReal && countsContent, CONTENT)
  const startedAt = Date.now()
  let used = 0
  const resetAt = (): number => {
    const passed = Math.floor((Date.now() - startedAt) / sizes.intervalMs)
    return Math.ceil((startedAt + (passed + 1) * sizes.intervalMs) / 1_000)
  }
  const headers = (remaining: number): Record<string, string> => ({
    'x-ratelimit-limit': String(sizes.burst),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-used': String(sizes.burst - remaining),
    'x-ratelimit-reset': String(resetAt()),
    'x-ratelimit-resource': 'core',
  })
  const secondary = (seconds: number | null): ServedAnswer =>
    refuse(
      refusals.status,
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      seconds === null ? {} : { 'retry-after': String(seconds) },
    )

  return {
    take(method) {
      const isWrite = method !== 'GET'
      if (!primary.take()) {
        if (isReal || refusals.form === 'primary') {
          return refuse(refusals.status, 'API rate limit exceeded for user ID 583231.', headers(0))
        }
        return secondary(refusals.form === 'silent' ? null : Math.ceil(sizes.intervalMs / 1_000))
      }
      used += 1
      const isContent = isWrite && method !== 'DELETE'
      if (points.take(isWrite ? 5 : 1) && (!isContent || content.take())) return null
      return secondary(refusals.form === 'silent' ? null : 60)
    },
    headers: () => (isReal ? headers(Math.max(0, sizes.burst - used)) : {}),
  }
}
