/**
 * Cloudflare's limit of all calls of a token: 1,200 in five minutes, and the next five minutes are refused
 * (developers.cloudflare.com, 2026-11-28).
 */
import type { EmulatorOptions } from '../../shared/emulators/emulator.ts'
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'
import { refused } from './answers.ts'

const CALLS = 1_200
const WINDOW = 300_000

export interface RateLimit {
  set(limit: EmulatorOptions['rateLimit']): void
  take(): { headers: Record<string, string>; refusal: ServedAnswer | null }
}

export function rateLimit(initial: EmulatorOptions['rateLimit']): RateLimit {
  let limit = initial
  let used = 0
  let endsAt = 0

  return {
    set(next) {
      limit = next
      endsAt = 0
    },
    take() {
      if (!limit) return { headers: {}, refusal: null }
      const { burst, intervalMs } = limit === true ? { burst: CALLS, intervalMs: WINDOW } : limit
      const now = Date.now()
      if (endsAt <= now) {
        used = 0
        endsAt = now + intervalMs
      }
      used += 1
      // The first call too many blocks the token for a whole window.
      if (used === burst + 1) endsAt = now + intervalMs
      const seconds = Math.ceil((endsAt - now) / 1000)
      const headers = { ratelimit: `"default";r=${Math.max(0, burst - used)};t=${seconds}` }
      if (used <= burst) return { headers, refusal: null }
      const { body } = refused(429, 971, 'Please wait and consider throttling your request speed')
      return { headers, refusal: { status: 429, headers: { ...headers, 'retry-after': String(seconds) }, body } }
    },
  }
}
