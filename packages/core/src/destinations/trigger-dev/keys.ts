/** Trigger.dev's credentials, distinguished by their prefix as its server does (source, 2026-08-21). */
import { DestinationError } from '../destination-error.ts'

export type KeyKind = 'personal' | 'organization' | 'environment'

const ENVIRONMENT_KEY = /^tr_(dev|stg|prod|preview)_/

/** An unknown prefix is treated as a personal token: that is the kind with the fewest surprises. */
export function kindOf(apiKey: string): KeyKind {
  if (apiKey.startsWith('tr_oat_')) return 'organization'
  return ENVIRONMENT_KEY.test(apiKey) ? 'environment' : 'personal'
}

/** The stored slug: `staging` is another word for `stg`. */
export const storedSlug = (environment: string): string => (environment === 'staging' ? 'stg' : environment)

/**
 * Throws when the key belongs to another environment than the target. The server would not: it ignores the slug of the
 * address and writes into the key's own environment.
 */
export function refuseForeignKey(apiKey: string, environment: string): void {
  const own = ENVIRONMENT_KEY.exec(apiKey)?.[1]
  if (own === undefined || own === storedSlug(environment)) return
  throw new DestinationError(
    'auth',
    `The API key of this connection belongs to the environment "${own}", not to "${environment}". Use a key of "${environment}" or a personal access token`,
  )
}
