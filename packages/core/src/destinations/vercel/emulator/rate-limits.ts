/**
 * Vercel's rate limits of variables (vercel.com/docs/limits, 2026-11-28): a fixed window per kind of call, shown in
 * `x-ratelimit-*` headers, with the reset in seconds since 1970.
 */
import type { EmulatorOptions } from '../../shared/emulators/emulator.ts'
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'

const MINUTE = 60_000
const CALLS_PER_MINUTE = { create: 120, update: 120, delete: 60, read: 500 }
type Kind = keyof typeof CALLS_PER_MINUTE

const KINDS: Readonly<Record<string, Kind>> = { POST: 'create', PATCH: 'update', DELETE: 'delete' }

export interface RateLimits {
  set(limit: EmulatorOptions['rateLimit']): void
  take(method: string): { headers: Record<string, string>; refusal: ServedAnswer | null }
}

export function rateLimits(initial: EmulatorOptions['rateLimit']): RateLimits {
  let limit = initial
  const windows = new Map<Kind, { used: number; endsAt: number }>()

  return {
    set(next) {
      limit = next
      windows.clear()
    },
    take(method) {
      if (!limit) return { headers: {}, refusal: null }
      const kind = KINDS[method] ?? 'read'
      const total = limit === true ? CALLS_PER_MINUTE[kind] : limit.burst
      const length = limit === true ? MINUTE : limit.intervalMs
      const now = Date.now()
      let window = windows.get(kind)
      if (window === undefined || window.endsAt <= now) window = { used: 0, endsAt: now + length }
      windows.set(kind, window)
      const isRefused = window.used >= total
      if (!isRefused) window.used += 1
      const remaining = total - window.used
      const reset = Math.ceil(window.endsAt / 1000)
      const headers = {
        'x-ratelimit-limit': String(total),
        'x-ratelimit-remaining': String(remaining),
        'x-ratelimit-reset': String(reset),
      }
      if (!isRefused) return { headers, refusal: null }
      const seconds = Math.max(1, reset - Math.floor(now / 1000))
      const message = `Too many requests - try again in ${seconds} seconds (more than ${total}, code: "env-${kind}").`
      const error = { code: 'rate_limited', message, limit: { remaining, reset, resetMs: window.endsAt, total } }
      return { headers, refusal: { status: 429, headers, body: { error } } }
    },
  }
}
