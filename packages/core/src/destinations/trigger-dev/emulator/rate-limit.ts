import type { EmulatorOptions } from '../../shared/emulators/emulator.ts'
import type { ServedAnswer } from '../../shared/emulators/emulator-server.ts'

interface Sizes {
  burst: number
  refill: number
  intervalMs: number
}

/** Default sizes of a self-hosted server and of the documented service (Trigger.dev server source, 2026-08-21). */
const VENDOR: Record<BucketName, Sizes> = {
  api: { burst: 750, refill: 250, intervalMs: 10_000 },
  deployment: { burst: 1_500, refill: 500, intervalMs: 10_000 },
}
/** The vendor sends the headers with every answer, so "no limit" is a bucket nobody empties. */
const ENDLESS: Sizes = { burst: 1_000_000, refill: 1_000_000, intervalMs: 10_000 }

type BucketName = 'api' | 'deployment'

const DEPLOYMENT_PATH =
  /^\/api\/(v1\/projects\/[^/]+\/(envvars(\/[^/]+\/import)?|dev|staging|prod|preview|branches(\/archive)?)|v\d+\/deployments.*)$/

export interface RateLimit {
  set(limit: EmulatorOptions['rateLimit']): void
  /** Takes one token of the path's bucket for `holder`. `refusal` is set when there is none. */
  take(holder: string, path: string): { headers: Record<string, string>; refusal: ServedAnswer | null }
}

/**
 * Token buckets that refill in steps, one pair per holder; once empty, refused until the next step without looking
 * again.
 */
export function createRateLimit(initial: EmulatorOptions['rateLimit']): RateLimit {
  let limit = initial
  const buckets = new Map<string, { tokens: number; refilledAt: number }>()

  const sizesOf = (name: BucketName): Sizes => {
    if (limit === undefined || limit === false) return ENDLESS
    return limit === true ? VENDOR[name] : limit
  }

  return {
    set: (next) => {
      limit = next
      buckets.clear()
    },
    take: (holder, path) => {
      const name: BucketName = DEPLOYMENT_PATH.test(path) ? 'deployment' : 'api'
      const sizes = sizesOf(name)
      const now = Date.now()
      const key = `${name} ${holder}`
      const bucket = buckets.get(key) ?? { tokens: sizes.burst, refilledAt: now }
      buckets.set(key, bucket)
      const steps = Math.floor((now - bucket.refilledAt) / sizes.intervalMs)
      bucket.tokens = Math.min(sizes.burst, bucket.tokens + steps * sizes.refill)
      bucket.refilledAt += steps * sizes.intervalMs
      const reset = bucket.refilledAt + sizes.intervalMs
      const granted = bucket.tokens > 0
      if (granted) bucket.tokens -= 1
      const headers = {
        'x-ratelimit-limit': String(sizes.burst),
        'x-ratelimit-remaining': String(bucket.tokens),
        'x-ratelimit-reset': String(reset),
      }
      return { headers, refusal: granted ? null : refusal(sizes.burst, reset, headers) }
    },
  }
}

function refusal(limit: number, reset: number, headers: Record<string, string>): ServedAnswer {
  const secondsUntilReset = Math.max(0, (reset - Date.now()) / 1000)
  const words = `Rate limit exceeded 0/${limit} requests remaining. Retry in ${secondsUntilReset} seconds.`
  const body = {
    title: 'Rate Limit Exceeded',
    status: 429,
    type: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/429',
    detail: words,
    reset,
    limit,
    remaining: -1,
    secondsUntilReset,
    error: words,
  }
  return {
    status: 429,
    headers: { ...headers, 'content-type': 'application/problem+json' },
    body: JSON.stringify(body, null, 2),
  }
}
