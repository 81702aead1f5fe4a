/** gitlab.com's limit of authenticated calls: 2,000 a minute, refused with a text (docs.gitlab.com, 2026-11-28). */
import type { EmulatorOptions } from '../../shared/emulators/emulator.ts'
import { bucket } from '../../shared/emulators/emulator-bucket.ts'
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'

export const RATE_LIMIT = { burst: 2_000, refill: 2_000, intervalMs: 60_000 }

export interface RateLimit {
  take(): ServedAnswer | null
  /** None while throttling is off, as on a server of one's own. */
  headers(): Record<string, string>
}

export function createRateLimit(limit: EmulatorOptions['rateLimit']): RateLimit {
  const { burst, intervalMs } = typeof limit === 'object' ? limit : RATE_LIMIT
  const tokens = bucket(limit, RATE_LIMIT)
  const startedAt = Date.now()
  let observed = 0
  let window = 0
  const resetAt = (): number => Math.ceil((startedAt + (window + 1) * intervalMs) / 1_000)
  const headers = (): Record<string, string> =>
    limit
      ? {
          'ratelimit-limit': String(burst),
          'ratelimit-observed': String(observed),
          'ratelimit-remaining': String(Math.max(0, burst - observed)),
          'ratelimit-reset': String(resetAt()),
          'ratelimit-name': 'throttle_authenticated_api',
        }
      : {}
  return {
    take() {
      const current = Math.floor((Date.now() - startedAt) / intervalMs)
      if (current !== window) observed = 0
      window = current
      observed += 1
      if (tokens.take()) return null
      const seconds = Math.max(1, resetAt() - Math.floor(Date.now() / 1_000))
      return { status: 429, headers: { ...headers(), 'retry-after': String(seconds) }, body: 'Retry later\n' }
    },
    headers,
  }
}
