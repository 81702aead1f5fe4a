import type { EmulatorOptions } from './emulator.ts'

export interface Bucket {
  /** False: one call too many. `cost`: the tokens that the call takes, 1 by default. */
  take(cost?: number): boolean
}

/**
 * An emulated vendor's rate limit: a token bucket that is filled every `intervalMs`. `sizes`: those of `rateLimit:
 * true`.
 */
export function bucket(
  limit: EmulatorOptions['rateLimit'],
  sizes: { burst: number; refill: number; intervalMs: number },
): Bucket {
  if (!limit) return { take: () => true }
  const { burst, refill, intervalMs } = limit === true ? sizes : limit
  let tokens = burst
  let filledAt = Date.now()
  return {
    take(cost = 1) {
      const times = Math.floor((Date.now() - filledAt) / intervalMs)
      filledAt += times * intervalMs
      tokens = Math.min(burst, tokens + times * refill)
      if (tokens < cost) return false
      tokens -= cost
      return true
    },
  }
}
