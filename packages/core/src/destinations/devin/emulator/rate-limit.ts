import type { EmulatorOptions } from '../../emulator.ts'

/** Devin documents no numbers (2026-11-22): these only make refusals happen. */
const SOME = { burst: 100, refill: 100, intervalMs: 10_000 }

export interface Bucket {
  /** False: one call too many. */
  take(): boolean
}

/** A token bucket that is filled every `intervalMs`. */
export function bucket(limit: EmulatorOptions['rateLimit']): Bucket {
  if (!limit) return { take: () => true }
  const { burst, refill, intervalMs } = limit === true ? SOME : limit
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
