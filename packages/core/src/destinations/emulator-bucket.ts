import type { EmulatorOptions } from './emulator.ts'

export interface Bucket {
  /** False: one call too many. */
  take(): boolean
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
    take() {
      const times = Math.floor((Date.now() - filledAt) / intervalMs)
      filledAt += times * intervalMs
      tokens = Math.min(burst, tokens + times * refill)
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
