/** The destinations: their registry and their contract. */
export { DestinationError } from './destination-error.ts'
export { connectionOf, destination, destinations } from './registry.ts'
export type { Http } from './http.ts'
export type { RateLimit } from './rate-limit.ts'
