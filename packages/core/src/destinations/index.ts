/** The destinations: their registry and their contract. */
export { DestinationError } from './destination-error.ts'
export { connectionOf, destination, destinations } from './registry.ts'
export type { Http } from './shared/http/http.ts'
export type { RateLimit } from './shared/rate-limits/rate-limit.ts'
